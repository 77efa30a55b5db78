"""Two small runs, each a seeded county with four episodes of each sort, on SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

import migrations
from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from seeds.load import seed_database
from seeds.patterns import run
from seeds.patterns.report import RiskReport
from seeds.patterns.write import Play
from seeds.progress import Silent
from seeds.sizes import Size
from tests.patterns.records import Record, read_points, read_records
from tests.patterns.recount_cards import Points

SEEDS = (pytest.param(1, marks=pytest.mark.long), 20260101)
PER_RULE = 4
EVERY_DAYS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A play that was performed: what was decided, what was said."""

    play: Play
    report: RiskReport
    records: list[Record]
    points: Points
    serials: dict[str, str]


@pytest.fixture(scope="session", params=SEEDS)
def performed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("patterns")
    database = new_county(folder, request.param)
    try:
        yield perform(database, request.param)
    finally:
        database.close_now()
        shutil.rmtree(folder)


def new_county(folder: Path, seed: int) -> Database:
    database = Database(f"sqlite:///{folder}/bank.db")
    migrations.upgrade(database.sync_engine)
    seed_database(database, Size.COUNTY, seed, now=DEMO_START, clock_shows=DEMO_START)
    return database


def perform(database: Database, seed: int) -> Run:
    with database.sync_engine.connect() as connection:
        found = connection.execute(text("select terminal_id, serial from terminals"))
        serials = {row[0]: row[1] for row in found}
    play = run.prepared(database, seed, PER_RULE)
    sandbox = run.sandbox_of(database)
    run.perform(sandbox, play, Silent(), patrol_every=EVERY_DAYS)
    return Run(
        play=play,
        report=run.reckoned(database, play, seed, PER_RULE, 0.0, is_patrolled=True),
        records=database.read_now(read_records),
        points=database.read_now(read_points),
        serials=serials,
    )
