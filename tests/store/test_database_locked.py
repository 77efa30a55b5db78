"""A lock held too long is told; of two that wait for each other one is begun again."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, text

from pos_sim.store.database import (
    Database,
    StoreCrossed,
    StoreLocked,
)
from tests.conftest import NewDatabase
from tests.store.putting import LOCK, PUT, has, pg_error, put

WAIT_S = 0.4


@pytest.fixture
async def impatient(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A database that waits for locks as long as a test can wait."""
    database = Database(new_database(), lock_wait_s=WAIT_S)
    yield database
    await database.close()


@contextmanager
def somebody_holds(database: Database) -> Iterator[None]:
    """Another process writes and doesn't come to an end."""
    engine = create_engine(database.url)
    with engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("begin immediate")
        else:
            LOCK.rows(connection)
        yield
    engine.dispose()


async def test_reads_do_not_wait_for_writers(database: Database) -> None:
    with somebody_holds(database):
        async with asyncio.timeout(5):
            assert not await database.read(has("a"))


def hold_and_put(connection: Connection) -> None:
    LOCK.rows(connection)
    put("a")(connection)


async def test_a_lock_held_too_long_is_told_and_nothing_was_done(impatient: Database) -> None:
    with somebody_holds(impatient):
        started = time.monotonic()
        with pytest.raises(StoreLocked):
            await impatient.run(hold_and_put)
        assert time.monotonic() - started < WAIT_S + 2
        with pytest.raises(StoreLocked):
            impatient.run_now(hold_and_put)
    assert not await impatient.read(has("a"))
    await impatient.run(hold_and_put)  # it recovers by itself


async def test_a_lock_held_for_a_moment_is_waited_for(impatient: Database) -> None:
    with somebody_holds(impatient):
        waiting = asyncio.create_task(impatient.run(hold_and_put))
        await asyncio.sleep(WAIT_S / 4)
    await waiting
    assert await impatient.read(has("a"))


class Crossing:
    """Transactions that take two locks in the wrong order, the first time at the same moment."""

    def __init__(self) -> None:
        self.meets = threading.Barrier(2)
        self.begun = 0

    def work(self, *locks: int) -> Callable[[Connection], int]:
        def take(connection: Connection) -> int:
            self.begun += 1
            connection.execute(LOCK_NUMBER, {"number": locks[0]})
            if self.begun <= 2:
                self.meets.wait(5)
            connection.execute(LOCK_NUMBER, {"number": locks[1]})
            return PUT.run(connection, name=f"crossed {locks}", value="1")

        return take


LOCK_NUMBER = text("select pg_advisory_xact_lock(:number)")


@pytest.mark.parametrize("run", ["run_now", "run_brief_now"])
def test_the_one_that_gave_way_is_begun_again(shared: Database, run: str) -> None:
    crossing = Crossing()
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(getattr(shared, run), [crossing.work(1, 2), crossing.work(2, 1)]))
    assert (done, crossing.begun) == ([1, 1], 3)
    assert shared.read_now(has("crossed (1, 2)"))
    assert shared.read_now(has("crossed (2, 1)"))


async def test_one_that_gives_way_every_time_says_so(impatient: Database) -> None:
    begun: list[int] = []

    def gives_way(connection: Connection) -> None:
        begun.append(1)
        raise pg_error(psycopg.errors.DeadlockDetected)

    for run in (impatient.run_now, impatient.run_brief_now):
        with pytest.raises(StoreCrossed):
            run(gives_way)
    with pytest.raises(StoreCrossed):
        await impatient.run(gives_way)
    assert len(begun) == 3 * Database.tries
    if not impatient.is_sqlite:  # there a group is never begun twice: nobody can cross it
        with pytest.raises(StoreCrossed):
            await impatient.run_brief(gives_way)
        assert len(begun) == 4 * Database.tries
