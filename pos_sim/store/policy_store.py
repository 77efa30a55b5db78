"""Policy versions that people proposed: never changed but in their status. Shipped ones are files.

A row in ``world`` changes with every activation, so that asking whether there is anything new
costs one short read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from pos_sim.domain.policy import PolicySet, read_policy
from pos_sim.store.desk_tables import policy_versions
from pos_sim.store.new_ids import LOCK
from pos_sim.store.rows import to_day
from pos_sim.store.sql import InsertSet, Statement

PENDING, PUBLISHED, REJECTED = "pending", "published", "rejected"

COLUMNS = (
    "version", "canonical", "checksum", "status", "effective_from", "maker", "checker", "note",
)  # fmt: skip
INSERT = InsertSet(policy_versions, COLUMNS)
ALL = Statement(
    f"select {', '.join(COLUMNS)} from policy_versions order by effective_from, version"
)
DECIDE = Statement(
    "update policy_versions set status = :status, checker = :checker"
    " where version = :version and status = 'pending'"
)
STAMP = Statement("select value from world where name = 'policy_stamp'")
SET_STAMP = Statement(
    "insert into world (name, value) values ('policy_stamp', :value)"
    " on conflict (name) do update set value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One proposed version; ``canonical`` is its whole document."""

    version: str
    canonical: str
    checksum: str
    status: str
    effective_from: date
    maker: str
    checker: str | None
    note: str


def lock_policies(connection: Connection) -> None:
    """Let one of two who propose or decide wait; SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(LOCK, {"name": "policy_versions"})


def insert_policy(connection: Connection, row: PolicyRow) -> None:
    INSERT.run(
        connection,
        [(
            row.version, row.canonical, row.checksum, row.status,
            row.effective_from.isoformat(), row.maker, row.checker, row.note,
        )],
    )  # fmt: skip


def all_policies(connection: Connection) -> list[PolicyRow]:
    """Return every version that was ever proposed, by first day."""
    return [_row_of(row) for row in ALL.rows(connection)]


def decide_policy(
    connection: Connection, version: str, *, status: str, checker: str | None
) -> bool:
    """Write what became of a pending version; say whether it still was one."""
    changed = DECIDE.run(connection, version=version, status=status, checker=checker)
    if changed and status == PUBLISHED:
        SET_STAMP.run(connection, value=uuid4().hex)
    return changed == 1


def read_stamp(connection: Connection) -> str:
    """Return what changes when a version is published; empty when none ever was."""
    found: Sequence[Any] = STAMP.rows(connection)
    return str(found[0][0]) if found else ""


def with_published(base: PolicySet, rows: Iterable[PolicyRow]) -> PolicySet:
    """Return ``base`` and the versions that two people published beside it."""
    own = [read_policy(row.canonical, row.version) for row in rows if row.status == PUBLISHED]
    return PolicySet.of([*base.policies, *own])


def _row_of(row: Any) -> PolicyRow:
    version, canonical, checksum, status, first_day, maker, checker, note = row
    return PolicyRow(version, canonical, checksum, status, to_day(first_day), maker, checker, note)
