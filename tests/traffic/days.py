"""Days of the traffic for tests: a seeded world, its sandbox, its stock, and its report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import text

import migrations
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.requests import Business, Request
from pos_sim.engine.monitor import Monitor
from pos_sim.engine.sandbox import Sandbox
from pos_sim.policies import shipped
from pos_sim.store.database import Database
from pos_sim.store.world import read_world
from seeds.sizes import Size
from seeds.traffic.day import prepare, shipped_rhythm
from seeds.traffic.lines import BusinessLine, DayReport, Timing
from seeds.traffic.plan import plan_day
from seeds.traffic.stock import Stock, read_stock

DAY = date(2025, 6, 18)
SEED = 7
RHYTHM = shipped_rhythm()
POLICY = shipped().on(DAY)


@contextmanager
def sandbox_of(
    url: str, size: Size = Size.VILLAGE, day: date = DAY, monitor: Monitor | None = None
) -> Iterator[Sandbox]:
    """Give the sandbox of a world that is made for ``day`` in an empty database."""
    database = Database(url)
    try:
        migrations.upgrade(database.sync_engine)
        clock = prepare(database, size, SEED, day, now=DEMO_START)
        world = database.read_now(read_world)
        assert world is not None
        yield Sandbox.of(database, world, shipped(), clock=clock, monitor=monitor)
    finally:
        database.close_now()


def stock_of(sandbox: Sandbox, day: date = DAY) -> Stock:
    return sandbox.database.read_now(partial(read_stock, day=day))


def plan_of(stock: Stock, day: date = DAY, seed: int = SEED) -> list[Request]:
    """Return the plan of a plain day."""
    return plan_day(stock, RHYTHM, RHYTHM.record.quota(stock.network), day, POLICY, seed)


def line_of(report: DayReport, business: Business) -> BusinessLine:
    return next(line for line in report.businesses if line.business == business.value)


def untimed(report: DayReport) -> DayReport:
    return replace(report, timing=Timing(engine_s=0.0, requests_per_s=0))


def number(sandbox: Sandbox, query: str) -> int:
    """Return the one number that a query gives."""
    found = sandbox.database.read_now(lambda connection: connection.execute(text(query)).scalar())
    return int(found or 0)
