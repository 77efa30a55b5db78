"""What a group asks of PostgreSQL goes out together, and is waited for once.

A trip to the server and back costs more than most statements of a group. So its statements gather
until somebody wants to see rows; then they travel in one pipeline, in their order, and the last of
them takes the commit along. Each statement still has a snapshot of its own, taken when its turn
comes: what is read behind a lock is read after the lock. An error spoils everything behind it, the
commit too. SQLite has no trips and answers at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg import pq
from psycopg.abc import PQGen
from psycopg.abc import Transformer as Reader
from psycopg.adapt import Transformer
from psycopg.generators import fetch_many, send
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

T = TypeVar("T")

KEPT, PREPARED, READERS = "trips", "statements prepared for trips", "readers of their rows"
"""Where they are found: with the connection, for one transaction and as long as it is open."""

Wire = bytes | None
BEGIN, COMMIT = b"begin", b"commit"


class Asked:
    """A statement on its way; its rows come with the next trip."""

    __slots__ = ("_result", "_trips", "sql", "values")

    def __init__(self, trips: Trips, sql: bytes, values: Sequence[Wire]) -> None:
        self._trips = trips
        self._result: pq.abc.PGresult | None = None
        self.sql = sql
        self.values = values

    def rows(self) -> list[tuple[Any, ...]]:
        """Return all rows; if they are not there yet, everything that gathered goes out."""
        result = self._arrived()
        return self._trips.read(self.sql, result) if result.ntuples else []

    def changed(self) -> int:
        """Return how many rows the statement changed."""
        return self._arrived().command_tuples or 0

    def answer(self, result: pq.abc.PGresult) -> None:
        self._result = result

    def _arrived(self) -> pq.abc.PGresult:
        if self._result is None:
            self._trips.go()
        assert self._result is not None
        return self._result


class Trips:
    """The trips of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        raw: Any = connection.connection.driver_connection
        self._raw = raw
        self._pgconn: pq.abc.PGconn = raw.pgconn
        self._is_async = isinstance(raw, psycopg.AsyncConnection)
        self._prepared: dict[bytes, bytes] = connection.info.setdefault(PREPARED, {})
        self._readers: dict[bytes, Reader] = connection.info.setdefault(READERS, {})
        self._gathered: list[Asked] = []

    def ask(self, sql: bytes, values: Sequence[Wire]) -> Asked:
        """Let a statement travel with the next trip."""
        asked = Asked(self, sql, values)
        self._gathered.append(asked)
        return asked

    def go(self, *, commit: bool = False) -> None:
        """Send what gathered and wait for all of it; raises the first error as SQLAlchemy does."""
        gathered, self._gathered = self._gathered, []
        if not gathered:
            return  # a commit without statements is SQLAlchemy's
        trip = Trip(self._pgconn, self._prepared, gathered, commit=commit)
        try:
            waiting = self._raw.wait(trip.travel())
            if self._is_async:
                await_only(waiting)
            if trip.error is not None:
                raise trip.error
        except psycopg.Error as error:
            if self._raw.closed:
                self._connection.exec_driver_sql("select 1")  # lets SQLAlchemy's pool know, too
            raise DBAPIError.instance(
                "a trip of statements", None, error, psycopg.Error, hide_parameters=True
            ) from error

    def read(self, sql: bytes, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
        """Return the rows of a result; a prepared statement has the same columns every time."""
        reader = self._readers.get(sql)
        if reader is None:
            reader = self._readers[sql] = Transformer(self._raw)
            reader.set_pgresult(result)
        else:
            reader.set_pgresult(result, set_loaders=False)
        return reader.load_rows(0, result.ntuples, tuple)


class Trip:
    """The commands of one trip, each with what is to be done with its result."""

    def __init__(
        self,
        pgconn: pq.abc.PGconn,
        prepared: dict[bytes, bytes],
        gathered: Sequence[Asked],
        *,
        commit: bool,
    ) -> None:
        self._pgconn = pgconn
        self._prepared = prepared
        self._commands: list[tuple[Callable[[], None], Callable[[pq.abc.PGresult], None]]] = []
        self.error: psycopg.Error | None = None
        if pgconn.transaction_status == pq.TransactionStatus.IDLE:
            self._commands.append((partial(pgconn.send_query_params, BEGIN, None), unseen))
        names: dict[bytes, bytes] = {}
        for asked in gathered:
            name = prepared.get(asked.sql) or names.get(asked.sql)
            if name is None:
                name = names[asked.sql] = b"trip_%d" % (len(prepared) + len(names))
                self._prepare(name, asked.sql)
            self._execute(name, asked)
        if commit:
            self._commands.append((partial(pgconn.send_query_params, COMMIT, None), unseen))

    def travel(self) -> PQGen[None]:
        """Go, hand out every result, keep the first error; who is stopped on the way hangs up."""
        try:
            self._pgconn.enter_pipeline_mode()
            for command, _ in self._commands:
                command()
            self._pgconn.pipeline_sync()
            yield from send(self._pgconn)
            for _, take in self._commands:
                result = (yield from fetch_many(self._pgconn))[-1]
                if result.status in GOOD:
                    take(result)
                elif self.error is None:
                    self.error = psycopg.errors.error_from_result(result)
            yield from fetch_many(self._pgconn)  # the answer to the sync
            self._pgconn.exit_pipeline_mode()
        except BaseException:
            self._pgconn.finish()  # nobody could tell its next answers from the missing ones
            raise

    def _prepare(self, name: bytes, sql: bytes) -> None:
        def keep(_: pq.abc.PGresult) -> None:
            self._prepared[sql] = name

        self._commands.append((partial(self._pgconn.send_prepare, name, sql), keep))

    def _execute(self, name: bytes, asked: Asked) -> None:
        send_it = partial(
            self._pgconn.send_query_prepared,
            name,
            asked.values,
            result_format=pq.Format.BINARY,
        )
        self._commands.append((send_it, asked.answer))


GOOD = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


def unseen(_: pq.abc.PGresult) -> None:
    """Do nothing with a result but that it is no error."""


def trips_of(connection: Connection) -> Trips | None:
    """Return the trips of a transaction, None where each statement goes alone."""
    return connection.info.get(KEPT)


def in_trips(connection: Connection, work: Callable[[Connection], T]) -> T:
    """Do ``work`` and commit it; only on PostgreSQL."""
    trips, info = Trips(connection), connection.info
    info[KEPT] = trips
    try:
        result = work(connection)
        trips.go(commit=True)
        return result
    finally:
        info.pop(KEPT, None)


def let_trips_go_first(engine: Engine) -> None:
    """Let what gathered reach the server before any statement that goes alone."""

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection: Connection, *_: Any) -> None:
        trips = trips_of(connection)
        if trips is not None:
            trips.go()
