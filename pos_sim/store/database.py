"""Engines, pragmas and the only commit.

``run`` writes: one transaction, one commit. Everybody locks in one order; where two transactions
cross all the same, the one that gave way is begun again. ``read`` reads from one consistent
snapshot. The twins with ``_now`` do the same without an event loop, for the command line, tests,
simulations.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from pos_sim.store.last_words import with_last_words
from pos_sim.store.trips import in_trips, let_trips_go_first

T = TypeVar("T")

Work = Callable[[Connection], T]
Way = Callable[[Connection, Work[T]], T]
"""How work is done in a transaction, with its commit or before it."""

LOCK_WAIT_S = 10
CONNECT_WAIT_S = 10
READERS = 4
LOG_PAGES = 2_000
"""So long may SQLite's log be before it is begun anew."""


class StoreError(Exception):
    """The database could not do it. The family:

    StoreError
    ├── NothingDone     rolled back for certain: the same key may be sent again
    │   ├── StoreLocked   somebody else held the lock for too long
    │   ├── StoreCrossed  two waited for each other; trying again helps
    │   └── StoreFull     no room left
    └── StoreGone       no answer from the database: whether it was done is not known
    """


class NothingDone(StoreError):
    """Rolled back for certain."""


class StoreLocked(NothingDone):
    """Another process held the lock longer than the wait."""


class StoreCrossed(NothingDone):
    """Two transactions waited for each other, or saw each other's changes; this one gave way."""


class StoreFull(NothingDone):
    """The database has no room left."""


class StoreGone(StoreError):
    """The database did not answer."""


class Database:
    """One database of one sandbox; SQLite has one writer thread, PostgreSQL a pool."""

    tries = 3
    """So often work is begun that had to give way to another transaction: nothing is kept of it."""

    def __init__(self, url: str | URL, *, lock_wait_s: float = LOCK_WAIT_S) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, "begin immediate", lock_wait_s)
            self._reader = _sqlite_engine(self.url, "begin", lock_wait_s)
            self._writer_thread = ThreadPoolExecutor(1, "writer")
            self._turn = asyncio.Lock()
            self._reader_threads = ThreadPoolExecutor(READERS, "reader")
        else:
            self.url = self.url.set(drivername="postgresql+psycopg")
            self._writer = _pg_engine(self.url, lock_wait_s)
            self._async: AsyncEngine = _pg_async_engine(self.url, lock_wait_s)
            self._brief = _pg_engine(self.url, lock_wait_s, BY_KEY)
            self._async_brief = _pg_async_engine(self.url, lock_wait_s, BY_KEY)
            for engine in (self._brief, self._async_brief.sync_engine):
                let_trips_go_first(engine)
            self._reader = self._writer.execution_options(**ONE_SNAPSHOT)
            self._async_reader = self._async.execution_options(**ONE_SNAPSHOT)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction and commit it."""
        if self.is_sqlite:
            async with self._turn:
                return await self._in_writer_thread(partial(self.run_now, work))
        return await self._begun_again(self._async, with_last_words, work)

    async def run_brief(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which takes milliseconds, in one transaction and commit it.

        On PostgreSQL its statements travel together (`pos_sim.store.trips`). On SQLite too it is
        done on the event loop: beside a busy loop, a thread that computes waits for the
        interpreter lock after every statement. Only what waits for locks and for the disk, begin
        and commit, goes to the writer thread.
        """
        if not self.is_sqlite:
            spoken = partial(with_last_words, work=work)
            return await self._begun_again(self._async_brief, in_trips, spoken)
        async with self._turn:
            transaction = WriterTransaction(self._writer)
            try:
                connection = await self._in_writer_thread(transaction.begin)
                done = with_last_words(connection, work)
                await self._in_writer_thread(transaction.commit)
            except BaseException as error:  # cancelled, too: perhaps while it began
                self._writer_thread.submit(transaction.end)
                if isinstance(error, DBAPIError):
                    raise translated(error) from error
                raise
            return done

    async def _in_writer_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer_thread, work)

    def run_now(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction and commit it, here and now."""
        return self._begun_again_now(self._writer, with_last_words, work)

    def run_brief_now(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which takes milliseconds, in one transaction and commit it, here and now."""
        if self.is_sqlite:
            return self.run_now(work)
        spoken = partial(with_last_words, work=work)
        return self._begun_again_now(self._brief, in_trips, spoken)

    async def _begun_again(self, engine: AsyncEngine, do: Way[T], work: Work[T]) -> T:
        """Do ``work`` in its ``Way``, again where it had to give way; raises what errors mean."""
        left = self.tries
        while True:
            left -= 1
            try:
                async with engine.begin() as connection:
                    return await connection.run_sync(do, work)
            except DBAPIError as error:
                raise_unless_crossed(error, left)

    def _begun_again_now(self, engine: Engine, do: Way[T], work: Work[T]) -> T:
        """The same without an event loop."""
        left = self.tries
        while True:
            left -= 1
            try:
                with engine.begin() as connection:
                    return do(connection, work)
            except DBAPIError as error:
                raise_unless_crossed(error, left)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which only reads."""
        if self.is_sqlite:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._reader_threads, self.read_now, work)
        try:
            async with self._async_reader.connect() as connection:
                return await connection.run_sync(work)
        except DBAPIError as error:
            raise translated(error) from error

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which only reads, here and now."""
        try:
            with self._reader.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            raise translated(error) from error

    async def keep_log_short(self) -> None:
        """Copy SQLite's write-ahead log into the file, beside the writer, before a commit has to.

        A commit that finds 10,000 pages in the log copies them all, and its group waits for tens
        of milliseconds. What is written during the copying stays: when there is much of it, it
        is copied between two groups, and the next one begins the log anew.
        """
        if not self.is_sqlite:
            return
        loop = asyncio.get_running_loop()
        if await loop.run_in_executor(self._reader_threads, self._copy_log) < LOG_PAGES:
            return
        async with self._turn:
            await self._in_writer_thread(self._copy_log)

    def _copy_log(self) -> int:
        """Return how many pages the log has; as many as nobody still reads are copied."""
        with closing(self._reader.raw_connection()) as connection:
            found = connection.cursor().execute("pragma wal_checkpoint(passive)").fetchone()
        return int(found[1])

    async def close(self) -> None:
        """Give back all connections."""
        if not self.is_sqlite:
            await self._async.dispose()
            await self._async_brief.dispose()
        self.close_now()

    def close_now(self) -> None:
        """Give back the connections that were used without an event loop."""
        if self.is_sqlite:
            self._writer_thread.shutdown()
            self._reader_threads.shutdown()
        else:
            self._brief.dispose()
        self._writer.dispose()
        self._reader.dispose()

    @property
    def sync_engine(self) -> Engine:
        """The engine for migrations and bulk loading."""
        return self._writer


class WriterTransaction:
    """One transaction of the SQLite writer, begun and ended in the writer thread."""

    def __init__(self, writer: Engine) -> None:
        self._writer = writer
        self._connection: Connection | None = None

    def begin(self) -> Connection:
        """Wait for the write lock."""
        self._connection = self._writer.connect()
        self._connection.begin()
        return self._connection

    def commit(self) -> None:
        """Wait for the disk."""
        assert self._connection is not None
        self._connection.commit()
        self.end()

    def end(self) -> None:
        """Give the connection back, whatever was not committed undone."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def raise_unless_crossed(error: DBAPIError, left: int) -> None:
    """Raise what an error means, unless it gave way to somebody and tries are ``left``."""
    if not (left and gave_way(error)):
        raise translated(error) from error


def gave_way(error: Exception) -> bool:
    """Say whether a driver's error means that the transaction had to give way to another one."""
    return isinstance(error, DBAPIError) and isinstance(translated(error), StoreCrossed)


def translated(error: DBAPIError) -> Exception:
    """Return what a driver's error means to a caller; a broken statement stays what it is."""
    text, state = str(error.orig).lower(), getattr(error.orig, "sqlstate", None)
    if state in ("40P01", "40001"):  # first: its text says by whom it was "blocked"
        return StoreCrossed("it crossed another transaction; nothing was done")
    if "locked" in text or state in ("55P03", "57014"):
        return StoreLocked("the database is locked by somebody else; nothing was done")
    if "full" in text or state == "53100":
        return StoreFull("the database has no room left; nothing was done")
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return StoreGone("the database does not answer; whether it was done is not known")
    return error


def _sqlite_engine(url: URL, begin: str, lock_wait_s: float) -> Engine:
    if url.database:
        with suppress(OSError):
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": lock_wait_s})
    file = SqliteFile(url.database)

    @event.listens_for(engine, "do_connect")
    def on_do_connect(*_: Any) -> None:
        file.must_be_there()

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"pragma {pragma}")
        record.info["inode"] = file.inode()

    @event.listens_for(engine, "checkout")
    def on_checkout(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["inode"] != file.inode():
            raise DisconnectionError("the file is not the one that was opened")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class SqliteFile:
    """The file behind a path, watched because SQLite does not.

    SQLite goes on writing into a file that was removed, and puts an empty one in its place when
    it opens the path again: answers would be given and not be kept.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._was_there = False

    def inode(self) -> int | None:
        """Return which file the path names, None when there is none."""
        with suppress(OSError):
            found = os.stat(self._path or "").st_ino
            self._was_there = True
            return found
        return None

    def must_be_there(self) -> None:
        """Raise what SQLite says of a missing folder when a file is missing that was there."""
        if self._was_there and self.inode() is None:
            raise sqlite3.OperationalError("unable to open database file")


SQLITE_PRAGMAS = (
    "journal_mode = wal",
    "synchronous = full",  # an answer given is an answer kept
    "foreign_keys = on",
    "cache_size = -65536",
    "temp_store = memory",
    "wal_autocheckpoint = 10000",  # pages; a checkpoint a thousand pages costs a tenth
    "journal_size_limit = 67108864",
)


def _pg_engine(url: URL, lock_wait_s: float, settings: str = "") -> Engine:
    options = _pg_options(lock_wait_s, settings)
    return create_engine(url, connect_args=options, pool_pre_ping=True)


def _pg_async_engine(url: URL, lock_wait_s: float, settings: str = "") -> AsyncEngine:
    options = _pg_options(lock_wait_s, settings)
    return create_async_engine(url, connect_args=options, pool_size=6, max_overflow=4)


BY_KEY = (
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
    " -c plan_cache_mode=force_generic_plan -c jit=off"
)
"""A group finds every row by a key. Left alone, PostgreSQL makes a plan while a table is nearly
empty: read the whole of it. And it keeps that plan while the table grows."""

ONE_SNAPSHOT = {"isolation_level": "REPEATABLE READ"}
"""Every statement of a read sees the same moment, as on SQLite."""


def _pg_options(lock_wait_s: float, settings: str) -> dict[str, Any]:
    lock_timeout = f"-c lock_timeout={lock_wait_s * 1_000:.0f}"
    return {
        "options": f"{lock_timeout} -c timezone=Asia/Shanghai{settings}",
        "connect_timeout": CONNECT_WAIT_S,
    }
