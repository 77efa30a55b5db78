"""The first days of a year for tests: a run as a new process finds it, and as one is killed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

from sqlalchemy import text

import migrations
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.decision import Decision
from pos_sim.domain.requests import Request
from pos_sim.engine.sandbox import Sandbox
from pos_sim.engine.transaction_engine import TransactionEngine
from pos_sim.policies import shipped
from pos_sim.store.database import Database
from pos_sim.store.world import read_world
from risk.monitor import RiskMonitor
from seeds.progress import Silent
from seeds.sizes import Size
from seeds.traffic.day import shipped_rhythm
from seeds.year.opening import plan_for, prepare_year
from seeds.year.run import YearRun
from seeds.year.seasons import shipped_seasons

SEED, YEAR = 7, 2025
NEW_YEAR = date(YEAR, 1, 1)
LAST = NEW_YEAR + timedelta(days=2)


class Killed(Exception):
    """The process is gone."""


class Fragile(TransactionEngine):
    """An engine whose process is killed before its so manieth group."""

    def __init__(self, engine: TransactionEngine, groups: int) -> None:
        self.inner, self.left = engine, groups

    def perform_now(self, requests: Sequence[Request]) -> list[Decision]:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return self.inner.perform_now(requests)


@contextmanager
def year_in(
    url: str,
    size: Size = Size.VILLAGE,
    *,
    seed: int = SEED,
    groups: int | None = None,
    most: int = 128,
) -> Iterator[YearRun]:
    """Give the run of a year as a new process finds it; it is killed after so many groups."""
    database = Database(url)
    try:
        migrations.upgrade(database.sync_engine)
        clock = prepare_year(database, size, SEED, YEAR, DEMO_START, Silent())
        world = database.read_now(read_world)
        assert world is not None
        monitor = RiskMonitor(shipped())
        sandbox = Sandbox.of(database, world, shipped(), clock=clock, monitor=monitor)
        if groups is not None:
            sandbox.engine = Fragile(sandbox.engine, groups)
        rhythm = shipped_rhythm()
        work = partial(plan_for, year=YEAR, record=rhythm.record, seasons=shipped_seasons())
        yield YearRun(sandbox, database.read_now(work), rhythm, seed, group_max=most)
    finally:
        database.close_now()


def number(sandbox: Sandbox, query: str) -> int:
    found = sandbox.database.read_now(lambda connection: connection.execute(text(query)).scalar())
    return int(found or 0)
