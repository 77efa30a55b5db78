"""Seeded worlds, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

import migrations
from pos_sim.store.database import Database
from seeds.load import seed_database
from seeds.sizes import Size

SEED = 20260101
REAL_TIME = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
"""What real time is while these tests seed; no world may depend on it."""


def seeded(url: str, size: Size = Size.VILLAGE, seed: int = SEED) -> Database:
    """Return a database that holds a world."""
    database = Database(url)
    migrations.upgrade(database.sync_engine)
    seed_database(database, size, seed, now=REAL_TIME)
    return database


@pytest.fixture(scope="module")
def village(new_empty_database: Callable[[], str]) -> Iterator[Database]:
    """A village for tests that change nothing, or put back what they changed."""
    database = seeded(new_empty_database())
    yield database
    database.close_now()


@pytest.fixture
def fresh_village(new_empty_database: Callable[[], str]) -> Iterator[Database]:
    """A village of one's own."""
    database = seeded(new_empty_database())
    yield database
    database.close_now()
