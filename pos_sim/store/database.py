"""Engines, pragmas and the only commit.

``run`` writes: one transaction, one commit. Everybody locks in one order; where two transactions
cross all the same, the one that gave way is begun again. ``read`` reads from one consistent
snapshot. The twins with ``_now`` do the same without an event loop, for the command line, tests,
simulations.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from pos_sim.store import sqlite
from pos_sim.store.last_words import with_last_words
from pos_sim.store.trips import in_trips, let_trips_go_first

T = TypeVar("T")

Work = Callable[[Connection], T]
Way = Callable[[Connection, Work[T]], T]
"""How work is done in a transaction, with its commit or before it."""

LOCK_WAIT_S = 10
CONNECT_WAIT_S = 10
READERS = 4


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
            self._writer = sqlite.engine_of(self.url, "begin immediate", lock_wait_s)
            self._reader = sqlite.engine_of(self.url, "begin", lock_wait_s)
            self._one_writer = sqlite.Writer(self._writer, lock_wait_s)
            self._reader_threads = ThreadPoolExecutor(READERS, "reader")
            self._log = sqlite.Log(self._reader, self._reader_threads, self._one_writer)
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
            self._under_way: set[asyncio.Task[Any]] = set()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction and commit it."""
        if self.is_sqlite:
            return await self._one_writer.run(partial(self.run_now, work))
        return await self._to_its_end(self._begun_again(self._async, with_last_words, work))

    async def run_brief(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which takes milliseconds, in one transaction and commit it.

        On PostgreSQL its statements travel together (`pos_sim.store.trips`). On SQLite too it is
        done on the event loop (`pos_sim.store.sqlite.Writer`).
        """
        if not self.is_sqlite:
            spoken = partial(with_last_words, work=work)
            return await self._begun_again(self._async_brief, in_trips, spoken)
        try:
            return await self._one_writer.run_brief(work)
        except DBAPIError as error:
            raise translated(error) from error

    def run_now(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction and commit it, here and now."""
        return self._begun_again_now(self._writer, with_last_words, work)

    def run_brief_now(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which takes milliseconds, in one transaction and commit it, here and now."""
        if self.is_sqlite:
            return self.run_now(work)
        spoken = partial(with_last_words, work=work)
        return self._begun_again_now(self._brief, in_trips, spoken)

    async def _to_its_end(self, doing: Coroutine[Any, Any, T]) -> T:
        """Let work end even if its caller stops waiting, as SQLite's threads do.

        Who is stopped while a connection is made or set up leaves it open, with nobody to close it.
        """
        task = asyncio.create_task(doing)
        self._under_way.add(task)
        task.add_done_callback(self._is_over)
        return await asyncio.shield(task)

    def _is_over(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # seen by whoever still waits; nobody else needs to hear of it

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
            return await self._to_its_end(self._read(work))
        except DBAPIError as error:
            raise translated(error) from error

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._async_reader.connect() as connection:
            return await connection.run_sync(work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which only reads, here and now."""
        try:
            with self._reader.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            raise translated(error) from error

    async def keep_log_short(self) -> None:
        """Let the writer find a short log; only SQLite has one (`pos_sim.store.sqlite.Log`)."""
        if self.is_sqlite:
            await self._log.keep_short()

    async def close(self) -> None:
        """Give back all connections."""
        if not self.is_sqlite:
            await asyncio.gather(*self._under_way, return_exceptions=True)
            for engine in (self._async, self._async_brief):
                await engine.dispose()
        self.close_now()

    def close_now(self) -> None:
        """Give back the connections that were used without an event loop."""
        if self.is_sqlite:
            self._one_writer.close()
            self._reader_threads.shutdown()
        else:
            self._brief.dispose()
        self._writer.dispose()
        self._reader.dispose()

    @property
    def sync_engine(self) -> Engine:
        """The engine for migrations and bulk loading."""
        return self._writer


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
