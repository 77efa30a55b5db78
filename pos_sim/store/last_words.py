"""What a transaction writes just before it commits, after all its other locks are taken.

A chain of rows has one end that everybody extends. Whoever held that end and went on to other
locks would sooner or later wait in a circle; so it is taken last, whenever the row was thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
W = TypeVar("W", bound="LastWord")

KEPT = "last words"
"""Where they wait: with the connection, for the length of one transaction."""


class LastWord(Protocol):
    """Gathers what belongs together and writes it when asked."""

    def say(self, connection: Connection) -> None: ...


def last_word(connection: Connection, make: Callable[[], W]) -> W:
    """Return this transaction's last word of a kind, a new one the first time.

    Only a transaction of `pos_sim.store.database.Database.run` has last words; elsewhere they
    would be forgotten, so asking for one fails.
    """
    words = connection.info.get(KEPT)
    assert words is not None, "only a transaction of Database.run has last words"
    found: W = words.setdefault(make, make())
    return found


def with_last_words(connection: Connection, work: Callable[[Connection], T]) -> T:
    """Do ``work``, then write the last words; the caller commits."""
    words: dict[object, LastWord] = {}
    connection.info[KEPT] = words
    try:
        result = work(connection)
        for word in words.values():
            word.say(connection)
        return result
    finally:
        del connection.info[KEPT]
