"""One transaction, one commit; and what is known when a database cannot do it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from pos_sim.store.database import (
    Database,
    NothingDone,
    StoreCrossed,
    StoreError,
    StoreFull,
    StoreGone,
    StoreLocked,
    translated,
)
from pos_sim.store.sql import Statement
from tests.conftest import NewDatabase, PostgresCopies, build_small_world
from tests.postgres import Postgres

PUT = Statement("insert into world (name, value) values (:name, :value)")
READ = Statement("select value from world where name = :name")
LOCK = Statement("select name from world w where name = 'seed' {lock:w}")
WAIT_S = 0.4


def put(name: str) -> Callable[[Connection], int]:
    return lambda connection: PUT.run(connection, name=name, value="1")


def has(name: str) -> Callable[[Connection], bool]:
    return lambda connection: bool(READ.rows(connection, name=name))


@pytest.fixture
async def impatient(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A database that waits for locks as long as a test can wait."""
    database = Database(new_database(), lock_wait_s=WAIT_S)
    yield database
    await database.close()


# One transaction, one commit ----------------------------------------------------------------------


async def test_what_ran_is_there_for_everybody(database: Database) -> None:
    assert await database.run(put("a")) == 1
    assert await database.read(has("a"))
    assert database.read_now(has("a"))
    database.run_now(put("b"))
    assert await database.read(has("b"))


async def test_work_that_raises_leaves_nothing_and_its_error_is_its_own(
    database: Database,
) -> None:
    def half(connection: Connection) -> None:
        put("a")(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.run(half)
    with pytest.raises(ZeroDivisionError):
        database.run_now(half)
    assert not await database.read(has("a"))
    await database.run(put("a"))  # and the connection is as good as before


async def test_brief_work_is_kept_or_leaves_nothing_and_the_next_one_gets_its_turn(
    database: Database,
) -> None:
    def half(connection: Connection) -> None:
        put("a")(connection)
        raise ZeroDivisionError

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
    database = Database(new_database(), lock_wait_s=5)
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


async def test_reads_do_not_wait_for_writers(database: Database) -> None:
    with somebody_holds(database):
        async with asyncio.timeout(5):
            assert not await database.read(has("a"))


# Locked -------------------------------------------------------------------------------------------


async def test_a_long_log_is_begun_anew_and_nobody_has_to_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_sim.store.database.LOG_PAGES", 1)
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


# Full ---------------------------------------------------------------------------------------------

FULL_DISK = """
create function no_room() returns trigger language plpgsql as
$$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
create trigger no_room before insert on world for each row execute function no_room();
"""


def make_full(database: Database) -> None:
    """Let the database have no room for another row."""
    with database.sync_engine.begin() as connection:
        if database.is_sqlite:
            pages = connection.exec_driver_sql("pragma page_count").scalar_one()
            connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        else:
            connection.exec_driver_sql(FULL_DISK)


def make_room(database: Database) -> None:
    with database.sync_engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("pragma max_page_count = 1000000")
        else:
            connection.exec_driver_sql("drop trigger no_room on world")


def put_much(connection: Connection) -> None:
    for i in range(200):
        PUT.run(connection, name=f"much {i}", value="x" * 200)


async def test_a_full_database_is_told_and_nothing_was_done(database: Database) -> None:
    make_full(database)
    with pytest.raises(StoreFull):
        await database.run(put_much)
    with pytest.raises(StoreFull):
        database.run_now(put_much)
    assert not await database.read(has("much 0"))
    make_room(database)
    await database.run(put_much)
    assert await database.read(has("much 199"))


# Gone ---------------------------------------------------------------------------------------------


async def test_a_folder_that_went_away_is_told_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    database = Database(f"sqlite:///{folder}/bank.db")
    build_small_world(str(database.url))
    await database.run(put("a"))
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreGone):
        await database.run(put("b"))
    (tmp_path / "elsewhere").rename(folder)
    await database.run(put("c"))
    assert await database.read(has("a"))
    assert await database.read(has("c"))
    await database.close()


async def test_a_file_that_was_replaced_from_a_copy_is_found_again(tmp_path: Path) -> None:
    folder, copy = tmp_path / "data", tmp_path / "copy.db"
    database = Database(f"sqlite:///{folder}/bank.db")
    build_small_world(str(database.url))
    shutil.copy(folder / "bank.db", copy)
    await database.run(put("a"))
    shutil.rmtree(folder)
    with pytest.raises(StoreGone):
        await database.run(put("b"))
    folder.mkdir()
    shutil.copy(copy, folder / "bank.db")
    await database.run(put("c"))
    assert await database.read(has("c"))
    assert not await database.read(has("a"))  # as old as the copy
    await database.close()


def test_a_database_that_never_was_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    database = Database(f"sqlite:///{tmp_path}/file/bank.db")
    with pytest.raises(StoreGone):
        database.run_now(put("a"))
    database.close_now()


async def test_a_server_that_crashed_is_told_and_comes_back(
    postgres: Postgres, postgres_worlds: PostgresCopies
) -> None:
    database = Database(postgres_worlds())
    await database.run(put("a"))
    database.run_now(put("b"))
    postgres.kill()
    try:
        for _ in range(2):
            with pytest.raises(StoreGone):
                await database.run(put("c"))
            with pytest.raises(StoreGone):
                await database.read(has("a"))
            with pytest.raises(StoreGone):
                database.run_now(put("c"))
    finally:
        postgres.start()
    await database.run(put("d"))
    database.run_now(put("e"))
    for name_, is_there in (("a", True), ("b", True), ("c", False), ("d", True), ("e", True)):
        assert await database.read(has(name_)) is is_there
    await database.close()


async def test_connections_that_broke_meanwhile_cost_at_most_one_answer_each(
    postgres: Postgres, postgres_worlds: PostgresCopies
) -> None:
    """The server came back before anybody asked: old connections are dead, new ones are not."""
    database = Database(postgres_worlds())
    await asyncio.gather(*(database.run(put(f"n{i}")) for i in range(4)))
    postgres.kill()
    postgres.start()
    errors = 0
    for i in range(4, 12):
        try:
            await database.run(put(f"n{i}"))
        except StoreGone:
            errors += 1
    assert errors <= 1  # the first one to notice throws the others away
    await database.close()


# Two that wait for each other ---------------------------------------------------------------------


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


# What an error means ------------------------------------------------------------------------------


def sqlite_error(text: str) -> DBAPIError:
    return OperationalError("select", None, sqlite3.OperationalError(text))


def pg_error(cls: type[psycopg.Error]) -> DBAPIError:
    return OperationalError("select", None, cls("it failed"))


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (sqlite_error("database is locked"), StoreLocked),
        (sqlite_error("database table is locked: usage"), StoreLocked),
        (sqlite_error("database or disk is full"), StoreFull),
        (sqlite_error("unable to open database file"), StoreGone),
        (sqlite_error("attempt to write a readonly database"), StoreGone),
        (sqlite_error("disk I/O error"), StoreGone),
        (pg_error(psycopg.errors.LockNotAvailable), StoreLocked),
        (pg_error(psycopg.errors.QueryCanceled), StoreLocked),
        (pg_error(psycopg.errors.DiskFull), StoreFull),
        (pg_error(psycopg.errors.AdminShutdown), StoreGone),
        (pg_error(psycopg.errors.CrashShutdown), StoreGone),
        (pg_error(psycopg.errors.CannotConnectNow), StoreGone),
        (pg_error(psycopg.OperationalError), StoreGone),
        (pg_error(psycopg.errors.DeadlockDetected), StoreCrossed),
        (pg_error(psycopg.errors.SerializationFailure), StoreCrossed),
    ],
    ids=lambda v: str(v.orig) if isinstance(v, DBAPIError) else v.__name__,
)
def test_what_an_error_means(error: DBAPIError, meaning: type[Exception]) -> None:
    assert type(translated(error)) is meaning


@pytest.mark.parametrize(
    ("error", "is_known"),
    [(StoreLocked, True), (StoreCrossed, True), (StoreFull, True), (StoreGone, False)],
)
def test_what_is_known_when_it_failed(error: type[StoreError], is_known: bool) -> None:
    assert issubclass(error, NothingDone) is is_known
    assert issubclass(error, StoreError)
