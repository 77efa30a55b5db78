"""SQL texts that read the same on both databases, and sets of rows written in one statement.

A template names its parameters ``:name``. ``{in:name type}`` asks for membership in a list of
that type and ``{lock:table}`` for a row lock; each database gets its own wording of the two.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]

MEMBERS = re.compile(r"\{in:(\w+) (\w+)\}")
LOCK = re.compile(r"\{lock:(\w+)\}")
PARAMETER = re.compile(r"(?<!:):(\w+)")


class Statement:
    """One prebuilt statement; lists are bound as one value, so the text never changes."""

    def __init__(self, template: str) -> None:
        self.lists = frozenset(match[1] for match in MEMBERS.finditer(template))
        sqlite = MEMBERS.sub(r"in (select value from json_each(:\1))", template)
        self.sqlite = LOCK.sub("", sqlite)
        pg = MEMBERS.sub(r"= any(cast(:\1 as \2[]))", template.replace("%", "%%"))
        pg = LOCK.sub(r"for update of \1", pg)
        self.postgresql = PARAMETER.sub(r"%(\1)s", pg)

    def rows(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Run the statement and return all its rows."""
        found: Sequence[Any] = self._run(connection, values).fetchall()
        return found

    def named(self, connection: Connection, **values: Any) -> Sequence[Any]:
        """Run the statement and return all its rows, whose columns can be called by name."""
        values = self._bound(connection, values)
        return connection.exec_driver_sql(self._text(connection), values).fetchall()

    def run(self, connection: Connection, **values: Any) -> int:
        """Run the statement and return how many rows it changed."""
        return int(self._run(connection, values).rowcount)

    def _run(self, connection: Connection, values: dict[str, Any]) -> Any:
        values = self._bound(connection, values)
        if connection.dialect.name == "sqlite":
            return on_sqlite(connection, self.sqlite, values)
        return connection.exec_driver_sql(self.postgresql, values)

    def _text(self, connection: Connection) -> str:
        return self.sqlite if connection.dialect.name == "sqlite" else self.postgresql

    def _bound(self, connection: Connection, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values as the driver takes them: a list is one value."""
        is_sqlite = connection.dialect.name == "sqlite"
        for name in self.lists:
            members = list(values[name])
            values[name] = orjson.dumps(members).decode() if is_sqlite else members
        return values


class InsertSet:
    """Inserts many rows at once: arrays and ``unnest`` on PostgreSQL, a prepared row on SQLite."""

    def __init__(self, table: Table, columns: Sequence[str], on_conflict: str = "") -> None:
        names = ", ".join(columns)
        marks = ", ".join("?" for _ in columns)
        arrays = ", ".join(f"%s::{_pg_type(table, name)}[]" for name in columns)
        self.sqlite = f"insert into {table.name} ({names}) values ({marks}) {on_conflict}"
        self.postgresql = (
            f"insert into {table.name} ({names}) select * from unnest({arrays}) {on_conflict}"
        )

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write ``rows``, each in the order of the columns; no rows, no statement."""
        _run_set(connection, self.sqlite, self.postgresql, rows)


class UpdateSet:
    """Updates many rows at once, each found by its key; a row gives values, then keys."""

    def __init__(self, table: Table, values: Sequence[str], keys: Sequence[str]) -> None:
        columns = [*values, *keys]
        arrays = ", ".join(f"%s::{_pg_type(table, name)}[]" for name in columns)
        self.sqlite = (
            f"update {table.name} set {', '.join(f'{name} = ?' for name in values)}"
            f" where {' and '.join(f'{name} = ?' for name in keys)}"
        )
        self.postgresql = (
            f"update {table.name} as t set {', '.join(f'{name} = v.{name}' for name in values)}"
            f" from unnest({arrays}) as v({', '.join(columns)})"
            f" where {' and '.join(f't.{name} = v.{name}' for name in keys)}"
        )

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write ``rows``; no rows, no statement."""
        _run_set(connection, self.sqlite, self.postgresql, rows)


def _run_set(connection: Connection, sqlite: str, pg: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        on_sqlite(connection, sqlite, rows)
    else:
        connection.exec_driver_sql(pg, tuple(list(column) for column in zip(*rows, strict=True)))


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
        raise DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True) from error


def _pg_type(table: Table, column: str) -> str:
    """Return the type of a column without its length, as an array's elements are cast."""
    compiled = table.c[column].type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return re.sub(r"\(\d+\)|VARCHAR", lambda m: "text" if m[0] == "VARCHAR" else "", compiled)
