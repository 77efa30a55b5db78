"""One SQLite file: its engines and pragmas, its one writer, and its log."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError

from pos_sim.store.last_words import with_last_words
from pos_sim.store.sql import as_sqlalchemys

T = TypeVar("T")

PRAGMAS = (
    "journal_mode = wal",
    "synchronous = full",  # an answer given is an answer kept
    "foreign_keys = on",
    "cache_size = -65536",
    "temp_store = memory",
    "wal_autocheckpoint = 40000",  # pages; a server copies them sooner and beside (`Log`)
    "journal_size_limit = 134217728",
)


class Writer:
    """The only writer of this process, one transaction at a time.

    What waits for locks and for the disk goes to a thread of its own; brief work is done on the
    event loop (`run_brief`).
    """

    def __init__(self, engine: Engine, lock_wait_s: float) -> None:
        self._engine = engine
        self._lock_wait_ms = round(1_000 * lock_wait_s)
        self._thread = ThreadPoolExecutor(1, "writer")
        self._turn = asyncio.Lock()

    async def run(self, whole: Callable[[], T]) -> T:
        """Do a whole transaction in the thread, when it is its turn."""
        async with self._turn:
            return await self._in_thread(whole)

    async def run_brief(self, work: Callable[[Connection], T]) -> T:
        """Do ``work``, which takes milliseconds, in one transaction and commit it.

        It is done on the event loop: beside a busy loop, a thread that computes waits for the
        interpreter lock after every statement. Only the disk is waited for in the thread, and the
        write lock where another process holds it.
        """
        async with self._turn:
            transaction = Transaction(self._engine, self._lock_wait_ms)
            try:
                if not transaction.begins_at_once():
                    await self._in_thread(transaction.begin)
                done = with_last_words(transaction.connection, work)
                await self._in_thread(transaction.keep)
                transaction.end()
            except Exception:
                transaction.end()  # before the next turn: whoever comes finds the same connection
                raise
            except BaseException:  # cancelled, perhaps while the thread was at it
                self._thread.submit(transaction.end)
                raise
            return done

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class Transaction:
    """One transaction of the writer, step by step."""

    connection: Connection

    def __init__(self, engine: Engine, lock_wait_ms: int) -> None:
        self._engine = engine
        self._lock_wait_ms = lock_wait_ms
        self._is_open = False

    def begins_at_once(self) -> bool:
        """Begin, unless another process holds the write lock: then nothing has begun."""
        raw = self._open()
        raw.execute("pragma busy_timeout = 0")
        try:
            self.connection.begin()
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise
            self.end()
            return False
        finally:
            raw.execute(f"pragma busy_timeout = {self._lock_wait_ms}")
        return True

    def begin(self) -> None:
        """Wait for the write lock."""
        self._open()
        self.connection.begin()

    def keep(self) -> None:
        """Wait for the disk; only SQLite hears of it, so the thread needs no Python meanwhile."""
        raw: Any = self.connection.connection.dbapi_connection
        try:
            raw.commit()
        except sqlite3.Error as error:
            raise as_sqlalchemys("commit", error) from error

    def end(self) -> None:
        """Give the connection back; what was not kept is undone."""
        if self._is_open:
            self._is_open = False
            self.connection.close()

    def _open(self) -> Any:
        self.connection = self._engine.connect()
        self._is_open = True
        return self.connection.connection.dbapi_connection


class Log:
    """The write-ahead log: copied into the file beside the writer, before a commit has to.

    A commit that finds ``wal_autocheckpoint`` pages in the log copies them all, and its group waits
    for a tenth of a second. What is written during one copying is left for the next, which has less
    to do; when little is left of a long log, it is copied between two groups, and the next group
    begins the log anew.
    """

    def __init__(self, reader: Engine, threads: ThreadPoolExecutor, writer: Writer) -> None:
        self._reader = reader
        self._threads = threads
        self._writer = writer

    async def keep_short(self) -> None:
        """Copy it until little is left, and let it begin anew when it is long."""
        loop = asyncio.get_running_loop()
        before = 0
        for _ in range(COPIES):
            length, copied = await loop.run_in_executor(self._threads, self._copy)
            if length - before <= FEW_PAGES:
                break
            before = copied
        if length >= LONG_PAGES:
            await self._writer.run(self._copy)

    def _copy(self) -> tuple[int, int]:
        """Copy what nobody still reads; return the pages of the log, and how many are copied."""
        with closing(self._reader.raw_connection()) as connection:
            found = connection.cursor().execute("pragma wal_checkpoint(passive)").fetchone()
        return int(found[1]), int(found[2])


COPIES, FEW_PAGES = 6, 100
LONG_PAGES = 16_000
"""Copying between two groups makes the next one wait some 13 ms: so seldom that one in a hundred
answers does not feel it."""


def engine_of(url: URL, begin: str, lock_wait_s: float) -> Engine:
    """Return an engine whose transactions begin as ``begin`` says; its folder is made."""
    if url.database:
        with suppress(OSError):
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": lock_wait_s})
    file = File(url.database)

    @event.listens_for(engine, "do_connect")
    def on_do_connect(*_: Any) -> None:
        file.must_be_there()

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in PRAGMAS:
            connection.execute(f"pragma {pragma}")
        record.info["inode"] = file.inode()

    @event.listens_for(engine, "checkout")
    def on_checkout(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["inode"] != file.inode():
            raise DisconnectionError("the file is not the one that was opened")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        try:
            raw.execute(begin)
        except sqlite3.Error as error:
            raise as_sqlalchemys(begin, error) from error

    return engine


class File:
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
