"""New numbers for accounts and cards: the bank hands them out itself, one after the other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, func, select, text

LOCK = text("select pg_advisory_xact_lock(hashtext(:name))")


def next_id(connection: Connection, column: Column[Any], first: int = 1) -> int:
    """Return the number after the highest in ``column``, at least ``first``.

    Whoever else wants a new number of the same table waits until this transaction has ended.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(LOCK, {"name": f"new ids of {column.table.name}"})
    highest: int | None = connection.execute(select(func.max(column))).scalar()
    return first if highest is None else max(first, highest + 1)
