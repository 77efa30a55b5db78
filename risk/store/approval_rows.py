"""Approvals in the database: written once by who asks, once more by who decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from pos_sim.store.queries import Page
from pos_sim.store.sql import Statement
from risk.store.staff_tables import approvals

COLUMNS = (
    "approval_id", "subject_kind", "subject_id", "action", "payload", "maker", "made_us",
    "checker", "decision", "decided_us", "note",
)  # fmt: skip
INSERT = Statement(
    "insert into approvals (approval_id, subject_kind, subject_id, action, payload, maker,"
    " made_us, note) values (:approval_id, :subject_kind, :subject_id, :action, :payload, :maker,"
    " :made_us, '')"
)
ONE = Statement(
    f"select {', '.join(COLUMNS)} from approvals where approval_id = :approval_id"
    " {lock:approvals}"
)
ONE_FREE = Statement(
    f"select {', '.join(COLUMNS)} from approvals where approval_id = :approval_id"
    " for update skip locked"
)
PENDING = Statement(
    "select subject_id, approval_id from approvals where decision is null"
    " and subject_kind = :subject_kind and subject_id {in:subject_ids text}"
)
PENDING_ROWS = Statement(
    f"select {', '.join(COLUMNS)} from approvals where decision is null"
    " and subject_kind = :subject_kind and subject_id {in:subject_ids text}"
)
ABOUT = Statement(
    f"select {', '.join(COLUMNS)} from approvals where subject_kind = :subject_kind"
    " and subject_id = :subject_id order by made_us, approval_id"
)
DECIDE = Statement(
    "update approvals set checker = :checker, decision = :decision, decided_us = :decided_us,"
    " note = :note where approval_id = :approval_id and decision is null"
)
LOCK_SUBJECT = Statement("select pg_advisory_xact_lock(hashtextextended(:subject, 0))")

DECISIONS = {"pending": None, "approved": "approve", "rejected": "reject"}
"""How a state of the list reads in the column."""


def lock_subject(connection: Connection, kind: str, subject_id: str) -> None:
    """Let one of two who ask about a subject wait; SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        LOCK_SUBJECT.rows(connection, subject=f"{kind}|{subject_id}")


def pending_of(connection: Connection, kind: str, subject_ids: list[str]) -> dict[str, str]:
    """Return the pending approval of each subject that has one."""
    found = PENDING.rows(connection, subject_kind=kind, subject_ids=subject_ids)
    return {row[0]: row[1] for row in found}


def free_row(connection: Connection, approval_id: str) -> Any | None:
    """Return the row of an approval, locked; None where another transaction holds it."""
    one = ONE if connection.dialect.name == "sqlite" else ONE_FREE
    found = one.rows(connection, approval_id=approval_id)
    return found[0] if found else None


def pending_rows(connection: Connection, kind: str, subject_ids: list[str]) -> Sequence[Any]:
    """Return the rows of what waits about these subjects."""
    return PENDING_ROWS.rows(connection, subject_kind=kind, subject_ids=subject_ids)


def list_rows(
    connection: Connection, state: str | None, limit: int, after: tuple[int, str] | None
) -> Page[Any]:
    """Return rows of ``COLUMNS``, the newest first."""
    query: Select[Any] = select(*(approvals.c[name] for name in COLUMNS))
    if state is not None:
        query = query.where(approvals.c.decision.is_not_distinct_from(DECISIONS[state]))
    place = (approvals.c.made_us, approvals.c.approval_id)
    if after is not None:
        query = query.where(tuple_(*place) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in place)).limit(limit + 1)
    found = [tuple(row) for row in connection.execute(query)]
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], (last[COLUMNS.index("made_us")], last[0]))
