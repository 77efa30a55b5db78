"""Which world this is: facts that survive a restart and are shared by all processes."""

from __future__ import annotations

from datetime import timedelta

import pytest

import migrations
from pos_sim.store.database import Database
from pos_sim.store.world import WorldFacts, read_world, write_world
from tests.worlds import FACTS


def test_an_empty_database_is_no_world(empty_database: Database) -> None:
    migrations.upgrade(empty_database.sync_engine)
    assert empty_database.read_now(read_world) is None


def test_the_small_world_is_found(still_database: Database) -> None:
    assert still_database.read_now(read_world) == FACTS


@pytest.mark.parametrize(
    "facts",
    [
        WorldFacts("village", 0, timedelta(0)),
        WorldFacts("province", 2**63, timedelta(days=-400, microseconds=1)),
        WorldFacts("county", 20260101, timedelta(days=400), is_demo=False),
    ],
    ids=lambda facts: facts.size,
)
def test_facts_survive_and_the_last_ones_count(empty_database: Database, facts: WorldFacts) -> None:
    migrations.upgrade(empty_database.sync_engine)
    for written in (FACTS, facts):
        empty_database.run_now(lambda connection, w=written: write_world(connection, w))  # type: ignore[misc]
        assert empty_database.read_now(read_world) == written
