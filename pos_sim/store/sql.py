"""SQL texts that read the same on both databases, and sets of rows written in one statement.

A template names its parameters ``:name``. ``{in:name type}`` asks for membership in a list of
that type, ``{each:name type}`` is the list as a table with the column ``value``, ``{list:name
type}`` the bare list (an array, or JSON), ``{lock:table}`` a row lock; each database gets its own
wording.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import orjson
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from pos_sim.store.trips import trips_of

Row = tuple[Any, ...]

MEMBERS = re.compile(r"\{in:(\w+) (\w+)\}")
EACH = re.compile(r"\{each:(\w+) (\w+)\}")
LIST = re.compile(r"\{list:(\w+) (\w+)\}")
LISTS = re.compile(r"\{(in|each|list):(\w+) \w+\}")
LOCK = re.compile(r"\{lock:(\w+)\}")
PARAMETER = re.compile(r"(?<!:):(\w+)")
JSON_ESCAPE = re.compile(rb"\\[bfnrtu]")
FLOATS = frozenset({"FLOAT", "DOUBLE PRECISION"})


class Answered:
    """Rows that are there already."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def rows(self) -> Sequence[Any]:
        return self._rows


class Answer(Protocol):
    """Rows that were asked for; asking again gives them again."""

    def rows(self) -> Sequence[Any]: ...


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Later(Generic[T]):
    """Something that is made of rows when it is needed."""

    answer: Answer
    make: Callable[[Sequence[Any]], T]

    def get(self) -> T:
        return self.make(self.answer.rows())


NOTHING = Answered(())
"""The answer to what nobody needed to ask."""


class Statement:
    """One prebuilt statement; lists are bound as one value, so the text never changes."""

    def __init__(self, template: str) -> None:
        self.lists = frozenset(match[2] for match in LISTS.finditer(template))
        sqlite = EACH.sub(r"json_each(:\1)", LIST.sub(r":\1", template))
        sqlite = MEMBERS.sub(r"in (select value from json_each(:\1))", sqlite)
        self.sqlite = LOCK.sub("", sqlite)
        pg = EACH.sub(r"unnest({list:\1 \2})", template)
        pg = LIST.sub(r"cast(:\1 as \2[])", pg)
        pg = MEMBERS.sub(r"= any(cast(:\1 as \2[]))", pg)
        pg = LOCK.sub(r"for update of \1", pg)
        self.postgresql = PARAMETER.sub(r"%(\1)s", pg.replace("%", "%%"))
        self.names = tuple(dict.fromkeys(PARAMETER.findall(pg)))
        self.numbered = PARAMETER.sub(lambda m: f"${self.names.index(m[1]) + 1}", pg).encode()

    def ask(self, connection: Connection, **values: Any) -> Answer:
        """Ask for rows without waiting, where a group's statements travel together."""
        trips = trips_of(connection)
        if trips is None:
            return Answered(self._run(connection, values).fetchall())
        return trips.ask(self.numbered, [wire(values[name]) for name in self.names])

    def rows(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Run the statement and return all its rows."""
        return self.ask(connection, **values).rows()

    def named(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Run the statement and return all its rows, whose columns can be called by name."""
        values = self._bound(connection, values)
        return connection.exec_driver_sql(self._text(connection), values).fetchall()

    def run(self, connection: Connection, **values: Any) -> int:
        """Run the statement and return how many rows it changed."""
        trips = trips_of(connection)
        if trips is None:
            return int(self._run(connection, values).rowcount)
        return trips.ask(self.numbered, [wire(values[name]) for name in self.names]).changed()

    def _run(self, connection: Connection, values: dict[str, Any]) -> Any:
        values = self._bound(connection, values)
        if connection.dialect.name == "sqlite":
            return on_sqlite(connection, self.sqlite, values)
        return connection.exec_driver_sql(self.postgresql, values)

    def _text(self, connection: Connection) -> str:
        return self.sqlite if connection.dialect.name == "sqlite" else self.postgresql

    def _bound(self, connection: Connection, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values as the driver takes them: a list is one value."""
        bind = as_json if connection.dialect.name == "sqlite" else as_array
        for name in self.lists:
            values[name] = bind(list(values[name])).decode()
        return values


class InsertSet:
    """Inserts many rows at once: arrays and ``unnest`` on PostgreSQL, a prepared row on SQLite."""

    def __init__(self, table: Table, columns: Sequence[str], on_conflict: str = "") -> None:
        names = ", ".join(columns)
        marks = ", ".join("?" for _ in columns)
        self._set = SetOfRows(
            f"insert into {table.name} ({names}) values ({marks}) {on_conflict}",
            f"insert into {table.name} ({names}) select * from unnest({{arrays}}) {on_conflict}",
            [_pg_type(table, name) for name in columns],
        )

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write ``rows``, each in the order of the columns; no rows, no statement."""
        self._set.run(connection, rows)


class UpdateSet:
    """Updates many rows at once, each found by its key; a row gives values, then keys."""

    def __init__(self, table: Table, values: Sequence[str], keys: Sequence[str]) -> None:
        columns = [*values, *keys]
        self._set = SetOfRows(
            f"update {table.name} set {', '.join(f'{name} = ?' for name in values)}"
            f" where {' and '.join(f'{name} = ?' for name in keys)}",
            f"update {table.name} as t set {', '.join(f'{name} = v.{name}' for name in values)}"
            f" from unnest({{arrays}}) as v({', '.join(columns)})"
            f" where {' and '.join(f't.{name} = v.{name}' for name in keys)}",
            [_pg_type(table, name) for name in columns],
        )

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write ``rows``; no rows, no statement."""
        self._set.run(connection, rows)


class SetOfRows:
    """A statement over many rows, in the words of both databases."""

    def __init__(self, sqlite: str, postgresql: str, types: Sequence[str]) -> None:
        self.sqlite = sqlite
        self.postgresql = postgresql.format(arrays=", ".join(f"%s::{t}[]" for t in types))
        numbers = (f"${place}::{t}[]" for place, t in enumerate(types, 1))
        self.numbered = postgresql.format(arrays=", ".join(numbers)).encode()
        self._binds = [_as_numbers if t in FLOATS else as_array for t in types]

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            on_sqlite(connection, self.sqlite, rows)
            return
        columns = zip(*rows, strict=True)
        arrays = [bind(column) for bind, column in zip(self._binds, columns, strict=True)]
        trips = trips_of(connection)
        if trips is None:
            connection.exec_driver_sql(self.postgresql, tuple(map(bytes.decode, arrays)))
        else:
            trips.ask(self.numbered, arrays)


def as_json(members: Sequence[Any]) -> bytes:
    """Return a list as SQLite's ``json_each`` reads it."""
    return orjson.dumps(members)


def as_array(members: Sequence[Any]) -> bytes:
    """Return a list as PostgreSQL reads an array: JSON in other brackets, but for its escapes.

    Measured, the driver's own way costs ten times as much, and it names a type by the greatest
    number in the list, so that one statement is prepared in many ways.

    >>> print(as_array([1, None, "贵", 'a"b']).decode().replace(chr(92), "/"))
    {1,null,"贵","a/"b"}
    """
    text = orjson.dumps(members)
    if b"\\" in text and JSON_ESCAPE.search(text):
        text = b"[%s]" % b",".join(map(_quoted, members))
    return b"{%s}" % text[1:-1]


def _quoted(member: Any) -> bytes:
    if not isinstance(member, str):
        return orjson.dumps(member)
    return b'"%s"' % member.replace("\\", "\\\\").replace('"', '\\"').encode()


def _as_numbers(members: Sequence[float | None]) -> bytes:
    """Return an array of floats; JSON knows no infinity."""
    return b"{%s}" % ",".join("null" if m is None else repr(m) for m in members).encode()


def wire(value: Any) -> bytes | None:
    """Return one value as PostgreSQL reads it as text.

    >>> wire(True), wire(5), wire([1, 2]), wire("贵" * 0), wire(None)
    (b'true', b'5', b'{1,2}', b'', None)
    """
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Iterable):
        return as_array(list(value))
    return str(value).encode()


def on_sqlite(
    connection: Connection, sql: str, values: dict[str, Any] | Sequence[Row]
) -> sqlite3.Cursor:
    """Run a statement through SQLite's own module; a sequence of rows runs it once for each.

    A group of transactions runs some twenty statements: what SQLAlchemy adds to each of them, its
    result objects above all, costs as much as the statement. Transactions and errors stay its own.
    """
    if not connection.in_transaction():
        connection.begin()  # as SQLAlchemy does with the first statement
    raw: Any = connection.connection.dbapi_connection
    try:
        if isinstance(values, dict):
            return raw.execute(sql, values)  # type: ignore[no-any-return]
        return raw.executemany(sql, values)  # type: ignore[no-any-return]
    except sqlite3.Error as error:
        raise as_sqlalchemys(sql, error) from error


def as_sqlalchemys(sql: str, error: sqlite3.Error) -> DBAPIError:
    """Return an error of SQLite's own module as SQLAlchemy would have raised it."""
    found = DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True)
    assert isinstance(found, DBAPIError)
    return found


def _pg_type(table: Table, column: str) -> str:
    """Return the type of a column without its length, as an array's elements are cast."""
    compiled = table.c[column].type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return re.sub(r"\(\d+\)|VARCHAR", lambda m: "text" if m[0] == "VARCHAR" else "", compiled)
