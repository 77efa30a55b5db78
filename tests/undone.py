"""A transaction in which anything may happen, and of which nothing stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from pos_sim.store.database import Database


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """Open a connection whose work is undone at the end."""
    with database.sync_engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()
