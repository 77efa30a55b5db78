"""The composition root: from settings to a sandbox over a migrated and seeded database."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import migrations
from api.settings import Settings, data_folder
from pos_sim.domain.calendar import Clock
from pos_sim.engine.following import follow_policies_now
from pos_sim.engine.monitor import Monitor
from pos_sim.engine.sandbox import Sandbox
from pos_sim.policies import shipped
from pos_sim.store.database import Database
from pos_sim.store.world import WorldFacts, read_world
from risk.monitor import RiskMonitor
from seeds.load import seed_database
from seeds.progress import Progress
from seeds.sizes import Size


class NotReady(Exception):
    """The database has no world yet, or its tables are older than this program."""


EMPTY = "数据库是空的，请先运行 pos-sim seed · The database is empty: run pos-sim seed first"
BEHIND = "表结构较旧，请先运行 pos-sim migrate · The tables are older: run pos-sim migrate first"


def open_sandbox(
    settings: Settings, *, clock: Clock | None = None, monitor: Monitor | None = None
) -> Sandbox:
    """Return a sandbox over the database of the settings. Raises `NotReady`."""
    database = Database(settings.database_url)
    world = world_in(database)
    if world is None:
        is_behind = migrations.has_tables(database.sync_engine)
        database.close_now()
        raise NotReady(BEHIND if is_behind else EMPTY)
    return sandbox_over(database, world, settings, clock=clock, monitor=monitor)


def sandbox_over(
    database: Database,
    world: WorldFacts,
    settings: Settings,
    *,
    clock: Clock | None = None,
    monitor: Monitor | None = None,
) -> Sandbox:
    """Return a sandbox over an open database with this world, by the policies published in it."""
    if monitor is None and settings.watch:
        monitor = RiskMonitor(shipped())
    sandbox = Sandbox.of(
        database,
        world,
        shipped(),
        secret=None if world.is_demo else own_secret(settings),
        clock=clock,
        monitor=monitor,
        group_max=settings.group_max,
        queue_max=settings.queue_max,
    )
    follow_policies_now(sandbox)
    return sandbox


def prepare(settings: Settings, progress: Progress | None = None) -> bool:
    """Migrate the database, and seed it when it is empty; say whether it was."""
    database = Database(settings.database_url)
    try:
        migrations.upgrade(database.sync_engine)
        if world_in(database) is not None:
            return False
        seed_database(
            database,
            Size(settings.size),
            settings.seed,
            now=datetime.now(UTC),
            secret=own_secret(settings) if settings.no_demo else None,
            demo=not settings.no_demo,
            progress=progress,
        )
        return True
    finally:
        database.close_now()


def world_in(database: Database) -> WorldFacts | None:
    """Return the facts of the world, None where there is none, or no tables either."""
    if not migrations.is_current(database.sync_engine):
        return None
    return database.read_now(read_world)


def own_secret(settings: Settings) -> str:
    """Return the secret of a world that is no demo: the setting's, or one kept in a file."""
    return settings.secret or _secret_in(data_folder() / "secret")


def _secret_in(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32), "utf-8")
    return file.read_text("utf-8").strip()
