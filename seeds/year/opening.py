"""How a world is taken for a year: seeded for it, claimed by one run, its clock where it stood."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from pos_sim.domain.calendar import CUT_OFF, SHANGHAI, StoppedClock
from pos_sim.engine.day_end import GRACE
from pos_sim.store.database import Database
from pos_sim.store.world import read_world
from seeds.load import seed_database
from seeds.progress import Progress
from seeds.sizes import Size
from seeds.traffic.stock import POINTS, last_day
from seeds.traffic.volumes import YearVolumes
from seeds.year.progress import Reached, Stage, read_reached, read_run, write_run
from seeds.year.seasons import ONE_DAY, Seasons, YearPlan

RUN_IN_DAYS = 1
"""On the days before the year begins every point has one customer: else the watch would
take the whole network for one that nobody ever used."""


class YearRefused(Exception):
    """This world cannot live through this year; nothing was done."""


def prepare_year(
    database: Database, size: Size, seed: int, year: int, now: datetime, progress: Progress
) -> StoppedClock:
    """Seed a migrated, empty database for the year, and return the clock to build a sandbox with.

    ``now`` is real time. A world that is there already is used as it is.
    """
    if database.read_now(read_world) is None:
        eve = clock_of(None, year).now()
        seed_database(database, size, seed, now=now, clock_shows=eve, progress=progress)
    return clock_of(database.read_now(read_reached), year)


def plan_for(connection: Connection, year: int, record: YearVolumes, seasons: Seasons) -> YearPlan:
    """Return what each day of a year does in this world; the size decides how much."""
    return YearPlan(year, len(POINTS.rows(connection)), record, seasons)


def claim(connection: Connection, name: str) -> Reached | None:
    """Take the world for this year, or find how far it has come; raises `YearRefused`."""
    known = read_run(connection)
    if known is None:
        seen = last_day(connection)
        if seen is not None:
            raise YearRefused(f"这一世界已有 {seen} 的交易 · There are transactions of {seen}")
        write_run(connection, name)
        return None
    if known != name:
        raise YearRefused(f"这里正过着另一年 · This world lives through another year: {known}")
    return read_reached(connection)


def clock_of(reached: Reached | None, year: int) -> StoppedClock:
    """Return the clock as it stood when the last day was closed."""
    day = date(year, 1, 1) - RUN_IN_DAYS * ONE_DAY
    if reached is not None:
        day = reached.day + ONE_DAY * (reached.stage is Stage.DONE)
    return StoppedClock(end_of(day - ONE_DAY))


def end_of(day: date) -> datetime:
    """Return the moment when a business date is closed: a little after its cut-off."""
    return datetime.combine(day, CUT_OFF, SHANGHAI) + GRACE
