"""What is known when a database is full or gone, and what its errors mean."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

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
from tests.conftest import PostgresCopies, build_small_world
from tests.full_disk import make_full, make_room
from tests.postgres import Postgres
from tests.store.putting import PUT, has, pg_error, put


def put_much(connection: Connection) -> None:
    for i in range(200):
        PUT.run(connection, name=f"much {i}", value="x" * 200)


async def test_a_full_database_is_told_and_nothing_was_done(database: Database) -> None:
    make_full(database, "world")
    with pytest.raises(StoreFull):
        await database.run(put_much)
    with pytest.raises(StoreFull):
        database.run_now(put_much)
    assert not await database.read(has("much 0"))
    make_room(database, "world")
    await database.run(put_much)
    assert await database.read(has("much 199"))


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


def sqlite_error(text: str) -> DBAPIError:
    return OperationalError("select", None, sqlite3.OperationalError(text))


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
