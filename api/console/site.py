"""The console as a whole: put together, and added to the application."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from hashlib import blake2b, sha256
from types import FrameType

import structlog
from fastapi import FastAPI
from itsdangerous import URLSafeTimedSerializer

from api.console.assets import AT, Assets
from api.console.class_sheet import seats
from api.console.house import Console
from api.console.navigation import PLACES, ROOMS
from api.console.once import forget_old_forms
from api.console.pages import ROUTERS
from api.console.session import Sessions
from api.console.shared import Shared
from api.console.stream.feed import Feed
from api.console.templating import environment
from api.console.together import Together
from api.desk import Desk
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.keys import ApiKey, find_named
from pos_sim.store.outbox import prune_outbox

log = structlog.get_logger()

SWEEP_EVERY_S = 30.0
KNOWN = {place.path for place in PLACES} | ROOMS.keys()
"""Pages that others ask for: is it built?"""


def mount(app: FastAPI, desk: Desk) -> None:
    """Add the console to the application."""
    routes = [route for router in ROUTERS for route in router.routes]
    built = {getattr(route, "path", "") for route in routes}
    app.state.console = console_for(desk, frozenset(built & KNOWN))
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.add_route(f"{AT}/{{version}}/{{name:path}}", app.state.console.assets.answer)


def console_for(desk: Desk, built: frozenset[str]) -> Console:
    """Return the console over a desk; its secrets follow from the sandbox's, in every process."""
    sandbox, settings = desk.sandbox, desk.settings
    secret = blake2b(sandbox.secrets.key, digest_size=32, person=b"console").digest()

    async def look(names: Collection[str]) -> Mapping[str, ApiKey]:
        return await sandbox.database.read(partial(find_named, names=names))

    return Console(
        sandbox=sandbox,
        keyring=desk.keyring,
        sessions=Sessions(
            secret, look, lasts_s=settings.console_session_s, fresh_s=settings.key_cache_s
        ),
        flashes=URLSafeTimedSerializer(
            secret, salt="console flash", signer_kwargs={"digest_method": sha256}
        ),
        assets=Assets(),
        templates=environment(),
        feed=Feed(sandbox),
        seats=Shared(partial(sandbox.database.read, seats)),
        lists=Together(sandbox.database),
        built=built,
    )


@asynccontextmanager
async def opened(console: Console) -> AsyncIterator[None]:
    """Keep house while the server runs, and end the streams when it is told to stop.

    The server waits for open streams before it says that it stops, so we hear the signal ourselves.
    """
    sweeping = asyncio.create_task(sweep(console.sandbox))
    loop = asyncio.get_running_loop()
    with suppress(ValueError):  # only the main thread hears signals; elsewhere nobody waits long
        for number in (signal.SIGTERM, signal.SIGINT):
            hear(number, partial(loop.call_soon_threadsafe, console.feed.end))
    try:
        yield
    finally:
        await console.feed.close()
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping


def hear(number: signal.Signals, do: Callable[[], object]) -> None:
    """Do something at a signal, and then what was done before."""
    before = signal.getsignal(number)

    def heard(received: int, frame: FrameType | None) -> None:
        do()
        if callable(before):
            before(received, frame)

    signal.signal(number, heard)


async def sweep(sandbox: Sandbox) -> None:
    """Forget old rows of the outbox and old forms, now and then."""
    while True:
        await asyncio.sleep(SWEEP_EVERY_S)
        for work in (prune_outbox, forget_old_forms):
            try:
                await sandbox.database.run(work)
            except Exception as error:
                log.error("sweeping failed", work=work.__name__, error=type(error).__name__)
