"""One number for a whole world: equal worlds have equal digests, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, MetaData, Select, String, Table, collate, select

LEFT_OUT = frozenset(
    {
        "alembic_version",
        "api_keys",
        "console_forms",
        "cut_lines",
        "lesson_attempts",
        "outbox",
        "planted_episodes",
    }
)
"""Tables that say nothing about the world."""

LEFT_OUT_COLUMNS = {"postings": frozenset({"posting_no"})}
"""A number that a rolled back transaction took is missing on one database and not on the other."""

ORDER = {"postings": ("entry_id", "posting_no")}
"""Where the primary key is not the order that both databases share."""

CLOCK = "clock_offset_us"


def world_digest(connection: Connection) -> str:
    """Return the SHA-256 over all rows of all tables (64 hex digits), without clock and API keys.

    Values are what Python reads, columns and tables come by name, rows by key; nothing is held
    in memory.
    """
    metadata = MetaData()
    metadata.reflect(connection)
    digest = sha256()
    for name in sorted(metadata.tables.keys() - LEFT_OUT):
        table = metadata.tables[name]
        digest.update(f"\n{name}\n".encode())
        for row in _rows(connection, table):
            digest.update(orjson.dumps(row) + b"\n")
    return digest.hexdigest()


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    """Give the rows of a table in the order that both databases share."""
    result = connection.execution_options(stream_results=True).execute(_query(connection, table))
    for row in result.yield_per(5_000):
        if row[0] != CLOCK or table.name != "world":
            yield list(row)


def _query(connection: Connection, table: Table) -> Select[Any]:
    left_out = LEFT_OUT_COLUMNS.get(table.name, frozenset())
    columns = [table.c[name] for name in sorted(table.c.keys()) if name not in left_out]
    by_key = [table.c[name] for name in ORDER.get(table.name, ())]
    order = by_key or list(table.primary_key.columns) or columns
    return select(*columns).order_by(*(_plain(connection, column) for column in order))


def _plain(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Order texts by their code points, as SQLite does anyway."""
    is_text = isinstance(column.type, String) and connection.dialect.name != "sqlite"
    return collate(column, "C") if is_text else column
