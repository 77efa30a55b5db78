"""The application: one sandbox behind HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.auth import Keyring
from api.console import site
from api.console.armor import Armor, is_console
from api.console.errors import answer_console_error
from api.console.house import Console
from api.desk import Desk
from api.lines import follow_the_lines
from api.metrics import Metrics
from api.middleware import OuterRing
from api.openapi import document_of, list_of_problems
from api.problems import HANDLED, answer_error
from api.routes import (
    audit_log,
    cards,
    cases,
    docs,
    finds,
    health,
    holds,
    incentives,
    onboarding,
    payments,
    reports,
    risk_alerts,
    risk_approvals,
    risk_backtests,
    risk_lists,
    risk_rules,
    service_points,
    sim,
    tariff,
    teaching,
    testdata,
)
from api.routes.transactions import transaction_routes
from api.settings import Settings
from pos_sim.engine.following import follow_policies
from pos_sim.engine.sandbox import Sandbox, SandboxClock
from pos_sim.store.keys import ApiKey, find_key
from pos_sim.store.world import read_world
from risk.walk import WorkFailed, keep_up

log = structlog.get_logger()

DESCRIPTION = """
助农取款服务点的模拟银行主机 · A simulated bank host behind rural cash service points.

Money is an integer in fen; times are RFC 3339 with +08:00. Send `Authorization: Bearer KEY`.
Errors are `application/problem+json` with one of these types:

"""

ROUTERS = (
    audit_log.router,
    docs.router,
    finds.router,
    holds.router,
    payments.router,
    tariff.router,
    service_points.router,
    onboarding.router,
    cards.router,
    cases.router,
    reports.router,
    incentives.router,
    risk_alerts.router,
    risk_approvals.router,
    risk_backtests.router,
    risk_lists.router,
    risk_rules.router,
    sim.router,
    teaching.router,
    testdata.router,
    health.router,
)


COPY_LOG_EVERY_S = 0.5
"""A busy second writes 20,000 pages into SQLite's log; a commit that meets 40,000 copies them."""


class Bank(FastAPI):
    """FastAPI inside the outer ring."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            title="助农取款模拟主机 · pos-sim",
            version=version("pos-sim"),
            description=DESCRIPTION + list_of_problems(),
            lifespan=lambda app: living(desk, app.state.console),
            docs_url=None,
            redoc_url=None,
            generate_unique_id_function=lambda route: route.name,
            redirect_slashes=False,
        )
        self.state.desk = desk
        quick = transaction_routes(desk)
        self.router.routes.extend(quick)
        self._ring = OuterRing(
            Armor(super().__call__), {route.path: route.app for route in quick}, desk
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._ring(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the document, built once."""
        if self.openapi_schema is None:
            self.openapi_schema = document_of(self)
        return self.openapi_schema


def create_app(sandbox: Sandbox, settings: Settings) -> FastAPI:
    """Return the application over a migrated and seeded sandbox, which it closes at its end."""
    app = Bank(desk_for(sandbox, settings))
    app.mount(docs.ASSETS_AT, docs.assets())
    for router in ROUTERS:
        app.include_router(router)
    site.mount(app, app.state.desk)
    for kind in (*HANDLED, Exception):
        app.add_exception_handler(kind, answer_any_error)
    return app


async def answer_any_error(request: Request, error: Exception) -> Response:
    """Answer a program with a problem, and who looks at the console with a page."""
    if is_console(request.url.path):
        return await answer_console_error(request, error)
    return await answer_error(request, error)


def desk_for(sandbox: Sandbox, settings: Settings) -> Desk:
    """Return the desk of an application over this sandbox."""

    async def look(api_key: str) -> ApiKey | None:
        find = partial(find_key, key_bytes=sandbox.secrets.key, api_key=api_key)
        return await sandbox.database.read(find)

    keyring = Keyring(sandbox.secrets.key, look, fresh_s=settings.key_cache_s)
    return Desk(sandbox, settings, keyring, Metrics(sandbox.engine))


@asynccontextmanager
async def living(desk: Desk, console: Console) -> AsyncIterator[None]:
    """Do the work of the clock while the application lives; close the sandbox after it."""
    settings = desk.settings
    background = [
        asyncio.create_task(again_and_again(work, desk, every_s))
        for work, every_s in (
            (follow, settings.follow_every_s),
            (keep_log_short, COPY_LOG_EVERY_S),
            (do_due_work, settings.background_every_s),
        )
    ]
    try:
        async with site.opened(console):
            yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await desk.sandbox.close()


async def again_and_again(
    work: Callable[[Desk], Awaitable[None]], desk: Desk, every_s: float
) -> None:
    """Do a piece of work for as long as the application lives; a mistake does not end it."""
    while True:
        try:
            await work(desk)
        except Exception as error:
            log.error("background work failed", work=work.__name__, error=type(error).__name__)
        await asyncio.sleep(every_s)


async def follow(desk: Desk) -> None:
    """Take over what other processes did: policies first, so that none begins unread."""
    await follow_policies(desk.sandbox)
    await follow_the_clock(desk.sandbox)
    await follow_the_lines(desk)


async def keep_log_short(desk: Desk) -> None:
    """Spare the groups what the database has to tidy up."""
    await desk.sandbox.database.keep_log_short()


async def do_due_work(desk: Desk) -> None:
    """Do what is due now, and say what failed."""

    def failed(error: WorkFailed) -> None:
        log.error(
            "due work failed", kind=error.due.kind, error=type(error.__cause__ or error).__name__
        )

    await keep_up(desk.sandbox, failed)


async def follow_the_clock(sandbox: Sandbox) -> None:
    """Take over the clock's offset, which another process may have moved."""
    clock = sandbox.clock
    if not isinstance(clock, SandboxClock):
        return
    before = clock.offset
    facts = await sandbox.database.read(read_world)
    # Somebody in this process may have moved it while we read.
    if facts is not None and clock.offset == before:
        clock.offset = facts.clock_offset
