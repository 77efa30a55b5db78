"""The newest transactions of each key, in one statement for all keys of a group."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from pos_sim.store.sql import NOTHING, Answer, Statement

MOST = 256
"""So many rows a key: what lies further back than that cannot change what a rule says."""


UNDONE_US = (
    "(select r.decided_us from transactions r where r.transaction_id = t.ended_by"
    " and r.business = 'reversal')"
)
"""When a reversal took ``t`` back. Not a join: whoever plans one while ``transactions`` is nearly
empty may choose to read the whole of it, and keep to that."""


class NewestOf:
    """Reads columns of ``t``, the newest rows of each key after a moment.

    SQLite has no lateral join and PostgreSQL no row ids, so each has its own words for "of each".
    """

    def __init__(self, columns: str, key: str, key_type: str, *, where: str = "") -> None:
        newest = (
            f"from transactions s where s.{key} = k.value and s.decided_us > :since {where}"
            f" order by s.decided_us desc, s.transaction_id desc limit {MOST}"
        )
        keys = f"{{each:keys {key_type}}}"
        self.on = {
            "sqlite": Statement(
                f"select {columns} from {keys} k join transactions t on t.rowid in"
                f" (select s.rowid {newest})"
            ),
            "postgresql": Statement(
                f"select {columns} from {keys} as k(value) cross join lateral (select * {newest}) t"
            ),
        }

    def ask(self, connection: Connection, keys: Collection[Any], since_us: int) -> Answer:
        """Ask for the rows, in no particular order; no keys, no statement."""
        if not keys:
            return NOTHING
        return self.on[connection.dialect.name].ask(connection, keys=keys, since=since_us)

    def rows(self, connection: Connection, keys: Collection[Any], since_us: int) -> Sequence[Any]:
        """Return the rows, in no particular order; no keys, no statement."""
        return self.ask(connection, keys, since_us).rows()
