"""One transaction, one commit; and a read sees one moment."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, QueuePool, text
from sqlalchemy.exc import IntegrityError

from pos_sim.store.database import Database
from tests.conftest import NewDatabase
from tests.store.putting import LOCK, has, put


def half(connection: Connection) -> None:
    """Write something, and then meet an accident."""
    put("a")(connection)
    raise ZeroDivisionError


async def test_what_ran_is_there_for_everybody(database: Database) -> None:
    assert await database.run(put("a")) == 1
    assert await database.read(has("a"))
    assert database.read_now(has("a"))
    database.run_now(put("b"))
    assert await database.read(has("b"))


async def test_work_that_raises_leaves_nothing_and_its_error_is_its_own(
    database: Database,
) -> None:
    with pytest.raises(ZeroDivisionError):
        await database.run(half)
    with pytest.raises(ZeroDivisionError):
        database.run_now(half)
    assert not await database.read(has("a"))
    await database.run(put("a"))  # and the connection is as good as before


async def test_brief_work_is_kept_or_leaves_nothing_and_the_next_one_gets_its_turn(
    database: Database,
) -> None:
    with pytest.raises(ZeroDivisionError):
        await database.run_brief(half)
    with pytest.raises(IntegrityError):
        await database.run_brief(lambda connection: [put("a")(connection) for _ in range(2)])
    assert not await database.read(has("a"))
    both = await asyncio.gather(database.run_brief(put("a")), database.run(put("b")))
    assert list(both) == [1, 1]
    assert await database.read(has("a"))


async def test_brief_work_that_is_cancelled_while_it_waits_gives_its_turn_back(
    new_database: NewDatabase,
) -> None:
    database = Database(new_database(), lock_wait_s=1)
    with database.sync_engine.connect() as other:
        LOCK.rows(other)  # on SQLite, the writer's lock came with the transaction
        waiting = asyncio.create_task(
            database.run_brief(lambda connection: LOCK.rows(connection) and put("a")(connection))
        )
        await asyncio.sleep(0.1)
        waiting.cancel()
        other.rollback()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await database.run_brief(put("b")) == 1
    assert not await database.read(has("a"))
    await database.close()


async def test_a_broken_promise_of_the_database_stays_what_it_is(database: Database) -> None:
    await database.run(put("a"))
    with pytest.raises(IntegrityError):
        await database.run(put("a"))
    with pytest.raises(IntegrityError):
        database.run_now(put("a"))


async def test_a_read_sees_one_moment(database: Database) -> None:
    """Whatever is committed meanwhile: an audit must not compare two moments."""
    is_reading, was_written = threading.Event(), threading.Event()

    def look_twice(connection: Connection) -> tuple[bool, bool]:
        first = has("a")(connection)
        is_reading.set()
        assert was_written.wait(5)
        return first, has("a")(connection)

    def write() -> None:
        assert is_reading.wait(5)
        database.run_now(put("a"))
        was_written.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = await database.read(look_twice)
    writer.join()
    assert seen == (False, False)
    assert await database.read(has("a"))


def test_a_read_without_an_event_loop_sees_one_moment_too(database: Database) -> None:
    def look_twice(connection: Connection) -> tuple[bool, bool]:
        first = has("a")(connection)
        database.run_now(put("a"))
        return first, has("a")(connection)

    assert database.read_now(look_twice) == (False, False)


async def test_a_long_log_is_begun_anew_and_nobody_has_to_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_sim.store.sqlite.LONG_PAGES", 1)
    database = Database(f"sqlite:///{tmp_path}/long.db")
    await database.run(lambda connection: connection.exec_driver_sql("create table t (x blob)"))
    log, lengths = tmp_path / "long.db-wal", []
    for _ in range(3):
        await database.run(
            lambda connection: connection.exec_driver_sql("insert into t values (zeroblob(80000))")
        )
        lengths.append(log.stat().st_size)
        await database.keep_log_short()
    assert lengths[0] == lengths[2]  # written over, not on and on
    await database.close()
    with sqlite3.connect(tmp_path / "long.db") as file:
        assert file.execute("select count(*) from t").fetchone() == (3,)
    file.close()


async def test_only_sqlite_has_such_a_log(database: Database) -> None:
    await database.keep_log_short()
    assert await database.run(put("a")) == 1


async def test_brief_work_that_raises_leaves_its_connection_for_the_next_at_once(
    new_database: NewDatabase,
) -> None:
    def fails(connection: Connection) -> None:
        put("a")(connection)
        raise ZeroDivisionError

    database = Database(new_database())
    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            await database.run_brief(fails)
        pool = database.sync_engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedout() == 0
    await database.close()


async def test_a_reader_who_is_stopped_at_any_moment_leaves_no_connection_behind(
    postgres_worlds: NewDatabase,
) -> None:
    url = postgres_worlds()
    is_stopped, ticks = True, 0
    while is_stopped:
        database = Database(url)
        await database.read(has("a"))
        reader = asyncio.create_task(database.read(has("a")))
        for _ in range(ticks):
            await asyncio.sleep(0)
        is_stopped, ticks = reader.cancel(), ticks + 1
        await asyncio.wait([reader])
        await database.close()
        watching = Database(url)
        assert watching.read_now(sessions) == 1  # its own
        watching.close_now()
    assert ticks > 5  # so it was stopped at many moments


async def test_a_reader_who_is_stopped_while_the_connection_is_made_leaves_none_behind(
    postgres_worlds: NewDatabase,
) -> None:
    url = postgres_worlds()
    watching = Database(url)
    for tenths_of_ms in range(0, 150, 6):
        database = Database(url)
        reader = asyncio.create_task(database.read(has("a")))
        await asyncio.sleep(tenths_of_ms / 10_000)
        reader.cancel()
        await asyncio.wait([reader])
        await database.close()
        async with asyncio.timeout(2):  # who hangs up during the greeting is missed a little later
            while watching.read_now(sessions) > 1:
                await asyncio.sleep(0.002)
    watching.close_now()


def sessions(connection: Connection) -> int:
    """Return how many talk to this database."""
    ours = "select count(*) from pg_stat_activity where datname = current_database()"
    return int(connection.scalar(text(ours)) or 0)
