"""The newest transactions of each key, in one statement for all keys of a group."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.store.sql import on_sqlite

MOST = 256
"""So many rows a key: what lies further back than that cannot change what a rule says."""


class NewestOf:
    """Reads columns of ``t``, the newest rows of each key after a moment.

    SQLite has no lateral join and PostgreSQL no row ids, so each has its own words for "of each".
    """

    def __init__(
        self, columns: str, key: str, key_type: str, *, where: str = "", joins: str = ""
    ) -> None:
        newest = (
            f"from transactions s where s.{key} = k.value and s.decided_us > {{since}} {where}"
            f" order by s.decided_us desc, s.transaction_id desc limit {MOST}"
        )
        self.sqlite = (
            f"select {columns} from json_each(:keys) k join transactions t on t.rowid in"
            f" (select s.rowid {newest.format(since=':since')}) {joins}"
        )
        self.postgresql = (
            f"select {columns} from unnest(cast(%(keys)s as {key_type}[])) as k(value)"
            f" cross join lateral (select * {newest.format(since='%(since)s')}) t {joins}"
        )

    def rows(self, connection: Connection, keys: Collection[Any], since_us: int) -> Sequence[Any]:
        """Return the rows, in no particular order; no keys, no statement."""
        if not keys:
            return ()
        if connection.dialect.name == "sqlite":
            values = {"keys": orjson.dumps(list(keys)).decode(), "since": since_us}
            return on_sqlite(connection, self.sqlite, values).fetchall()
        values = {"keys": list(keys), "since": since_us}
        return connection.exec_driver_sql(self.postgresql, values).fetchall()
