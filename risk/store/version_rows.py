"""Versions of rules that people proposed: one row each, never changed but in its status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pos_sim.store.rows import to_day
from pos_sim.store.sql import InsertSet, Statement
from risk.store.rule_tables import risk_rule_versions

COLUMNS = (
    "rule_id", "version", "canonical", "checksum", "mode", "status", "effective_from", "maker",
    "checker", "note",
)  # fmt: skip
INSERT = InsertSet(risk_rule_versions, COLUMNS)
ALL = Statement(f"select {', '.join(COLUMNS)} from risk_rule_versions order by rule_id, version")
DECIDE = Statement(
    "update risk_rule_versions set status = :status, checker = :checker"
    " where rule_id = :rule_id and version = :version and status = 'pending'"
)

PENDING, LIVE, REJECTED = "pending", "live", "retired"
"""A rejected proposal never was in force and never will be."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One proposed version; ``canonical`` is its whole text."""

    rule_id: str
    version: int
    canonical: str
    checksum: str
    mode: str
    status: str
    effective_from: date
    maker: str
    checker: str | None
    note: str


def insert_version(connection: Connection, row: VersionRow) -> None:
    INSERT.run(
        connection,
        [(
            row.rule_id, row.version, row.canonical, row.checksum, row.mode, row.status,
            row.effective_from.isoformat(), row.maker, row.checker, row.note,
        )],
    )  # fmt: skip


def all_versions(connection: Connection) -> list[VersionRow]:
    """Return every version that was ever proposed, in order."""
    return [_row_of(row) for row in ALL.rows(connection)]


def decide_version(
    connection: Connection, rule_id: str, version: int, *, status: str, checker: str | None
) -> bool:
    """Write what became of a pending version; say whether it still was one."""
    changed = DECIDE.run(
        connection, rule_id=rule_id, version=version, status=status, checker=checker
    )
    return changed == 1


def _row_of(row: Any) -> VersionRow:
    (rule_id, version, canonical, checksum, mode, status, first_day, maker, checker, note) = row
    return VersionRow(
        rule_id, version, canonical, checksum, mode, status, to_day(first_day), maker, checker, note
    )
