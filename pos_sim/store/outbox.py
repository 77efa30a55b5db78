"""The outbox: what happened, written with it in one transaction, for those who watch.

Every process reads the same rows in the same order and misses none. On PostgreSQL the numbers of
rows precede the commits of their transactions, so a row is read only when no transaction that is as
old as its own still runs; then nothing can come before it any more. SQLite has one writer: there
every transaction id is zero, and the number alone is the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from pos_sim.store.desk_tables import outbox
from pos_sim.store.sql import InsertSet, Statement

TRANSACTIONS, STAFF, WORLD = "transactions", "staff", "world"
"""Topics: ids of new and of changed transactions; a move of staff; the world itself is another."""

KEPT_ROWS = 5_000
"""So many rows stay for those who come back after a lost connection."""

INSERT = InsertSet(outbox, ["topic", "body"])

AFTER = {
    "sqlite": Statement(
        "select xid, no, topic, body from outbox where no > :no and xid >= :xid"
        " order by no limit :most"
    ),
    "postgresql": Statement(
        "select xid, no, topic, body from outbox where"
        " xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " and (xid, no) > (:xid, :no) order by xid, no limit :most"
    ),
}
HERE = {
    "sqlite": Statement("select 0, coalesce(max(no), 0) from outbox"),
    "postgresql": Statement(
        "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, 9223372036854775807"
    ),
}
SEEN_BEHIND = {
    "sqlite": "select topic, body from outbox where no > :no and xid >= :xid",
    "postgresql": "select topic, body from outbox where (xid, no) > (:xid, :no)",
}
AHEAD = {name: Statement(text) for name, text in SEEN_BEHIND.items()}
SAID = {
    name: Statement(f"{text} and topic <> 'transactions'") for name, text in SEEN_BEHIND.items()
}
OLDEST = {
    "sqlite": Statement("select xid, no from outbox order by no limit 1"),
    "postgresql": Statement("select xid, no from outbox order by xid, no limit 1"),
}
PRUNE = Statement("delete from outbox where no <= (select max(no) from outbox) - :kept")


class Place(NamedTuple):
    """A place in the order of all rows; what comes later is greater."""

    xid: int
    no: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.no}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """Return the place that a text names, None where it names none.

        >>> Place.read("7-12"), Place.read("7-12; drop")
        (Place(xid=7, no=12), None)
        """
        parts = text.split("-")
        if len(parts) != 2 or not all(part.isdecimal() and len(part) < 20 for part in parts):
            return None
        return cls(int(parts[0]), int(parts[1]))


class Row(NamedTuple):
    """One row, in its place."""

    place: Place
    topic: str
    body: str


def announce(connection: Connection, topic: str, body: object) -> None:
    """Write a row with this transaction; ``body`` is anything that JSON can hold."""
    INSERT.run(connection, [(topic, orjson.dumps(body).decode())])


def announce_transactions(
    connection: Connection, new: Sequence[str], changed: Sequence[str]
) -> None:
    """Write the row of a group; a group that changed nothing has none."""
    if new or changed:
        announce(connection, TRANSACTIONS, (new, changed))


def here(connection: Connection) -> Place:
    """Return the place behind all rows that are final in this snapshot."""
    return Place(*HERE[connection.dialect.name].rows(connection)[0])


def ahead_of(connection: Connection, place: Place) -> Iterable[str]:
    """Give the transactions that this snapshot sees although their rows come after ``place``."""
    for topic, body in AHEAD[connection.dialect.name].rows(connection, xid=place.xid, no=place.no):
        if topic == TRANSACTIONS:
            yield from orjson.loads(body)[0]


def said_after(connection: Connection, place: Place) -> Iterable[tuple[str, str]]:
    """Return topic and body of all but transactions that this snapshot sees behind ``place``.

    Final or not: what is in the snapshot counts, and some of it may have been seen from ``place``.
    """
    return SAID[connection.dialect.name].rows(connection, xid=place.xid, no=place.no)


def rows_after(connection: Connection, place: Place, most: int) -> Sequence[Row]:
    """Return at most so many final rows behind ``place``, in their order."""
    found = AFTER[connection.dialect.name].rows(connection, xid=place.xid, no=place.no, most=most)
    return [Row(Place(xid, no), topic, body) for xid, no, topic, body in found]


def is_forgotten(connection: Connection, place: Place) -> bool:
    """Say whether rows behind ``place`` may be gone; the first row of all has the number one."""
    found = OLDEST[connection.dialect.name].rows(connection)
    return bool(found) and found[0][1] > 1 and place < Place(*found[0])


def prune_outbox(connection: Connection, kept: int = KEPT_ROWS) -> int:
    """Forget all but the newest rows; return how many."""
    return PRUNE.run(connection, kept=kept)
