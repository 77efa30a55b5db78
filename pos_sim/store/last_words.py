"""What a transaction writes just before it commits, after all its other locks are taken.

A chain of rows has one end that everybody extends. Whoever held that end and went on to other
locks would sooner or later wait in a circle; so it is taken last, whenever the row was thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

KEPT = "last words"
"""Where they wait: with the connection, for the length of one transaction."""


class LastWord(Protocol):
    """Gathers what belongs together and writes it when asked."""

    def add(self, item: Any) -> None: ...
    def say(self, connection: Connection) -> None: ...


def add_last_word(connection: Connection, make: Callable[[], LastWord], item: Any) -> None:
    """Add to this transaction's last word of a kind.

    Only a transaction of `pos_sim.store.database.Database.run` knows when it ends; in any other
    one the word is said at once.
    """
    words: dict[object, LastWord] | None = connection.info.get(KEPT)
    word = make() if words is None else words.setdefault(make, make())
    word.add(item)
    if words is None:
        word.say(connection)


def with_last_words(connection: Connection, work: Callable[[Connection], T]) -> T:
    """Do ``work``, then write the last words; the caller commits."""
    words: dict[object, LastWord] = {}
    info = connection.info  # a connection that breaks meanwhile will not say it again
    info[KEPT] = words
    try:
        result = work(connection)
        for word in words.values():
            word.say(connection)
        return result
    finally:
        del info[KEPT]
