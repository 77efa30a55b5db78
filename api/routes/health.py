"""Health, metrics, and what this server is."""

from __future__ import annotations

from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import Connection, func, select
from starlette.responses import Response

import migrations
from api.auth import AnyKey
from api.clock import clock_shown
from api.desk import AtDesk, InSandbox
from api.models.about import About, Alive, Ready, WorldShown
from api.openapi import problems
from api.problems import Problem
from pos_sim.domain.calendar import business_date
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.database import StoreError
from pos_sim.store.tables import cards, service_points, terminals
from pos_sim.store.world import read_world
from risk.monitor import RiskMonitor
from risk.store.register import read_register

router = APIRouter(tags=["运行 Operation"])


@router.get("/health/live", summary="Is the process alive", responses=problems(405, 500))
async def live() -> Alive:
    """Answers as long as the process does; asks nobody."""
    return Alive(status="live")


@router.get("/health/ready", summary="Can it do business", responses=problems(405, 500, 503))
async def ready(sandbox: InSandbox) -> Ready:
    """Database reachable, at the newest revision, and seeded."""
    try:
        is_ready = await sandbox.database.read(is_migrated_and_seeded)
    except StoreError:
        is_ready = False
    if not is_ready:
        raise Problem("not-ready")
    return Ready(status="ready", database=sandbox.database.url.get_backend_name())


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={
        **problems(405, 500),
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
async def metrics(desk: AtDesk) -> Response:
    """Transactions by business and code, latency, queue length, groups; of this process."""
    return Response(desk.metrics.page(), media_type=CONTENT_TYPE_LATEST)


@router.get(
    "/v1/about", summary="关于 Versions, world, clock", responses=problems(401, 403, 405, 500, 503)
)
async def about(_key: AnyKey, sandbox: InSandbox) -> About:
    """What this is: versions, policy, rulebook, world size and seed, clock."""
    now = sandbox.clock.now()
    world, revision, rulebook = await sandbox.database.read(partial(look_around, sandbox=sandbox))
    return About(
        name="pos-sim",
        version=version("pos-sim"),
        api_version="v1",
        schema_revision=revision,
        policy_version=sandbox.policies.on(business_date(now)).version,
        policy_versions=[policy.version for policy in sandbox.policies.policies],
        rulebook=rulebook,
        world=world,
        clock=clock_shown(now),
    )


def is_migrated_and_seeded(connection: Connection) -> bool:
    """Say so; an empty database has no revision."""
    return revision_of(connection) == newest_revision() and read_world(connection) is not None


@cache
def newest_revision() -> str | None:
    folder = Path(migrations.__file__).parent
    return ScriptDirectory(str(folder)).get_current_head()


def look_around(
    connection: Connection, sandbox: Sandbox
) -> tuple[WorldShown, str | None, str | None]:
    """Return the world, the revision of its tables, and the checksum of its rules."""
    shown = WorldShown(
        size=sandbox.world.size,
        seed=sandbox.world.seed,
        service_points=connection.scalar(select(func.count()).select_from(service_points)) or 0,
        terminals=connection.scalar(select(func.count()).select_from(terminals)) or 0,
        cards=connection.scalar(select(func.count()).select_from(cards)) or 0,
    )
    return shown, revision_of(connection), rulebook_of(connection, sandbox)


def rulebook_of(connection: Connection, sandbox: Sandbox) -> str | None:
    """Return the checksum of the rules in force today, None where nobody watches."""
    monitor = sandbox.monitor
    if not isinstance(monitor, RiskMonitor):
        return None
    register = read_register(connection, monitor.memory.register)
    return register.release(business_date(sandbox.clock.now()).toordinal()).checksum


def revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
