"""政策版本 Policies that staff bring in: one person proposes a document, another publishes it.

A document is read by the same reader as the shipped ones. It begins on a later business date, and
once published it never changes: whoever wants other numbers proposes the next version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date
from pos_sim.domain.mistakes import AlreadyThere, Mistaken
from pos_sim.domain.policy import Policy, PolicyError, PolicySet, read_policy
from pos_sim.policies import shared_waivers
from pos_sim.store.policy_store import (
    PENDING,
    PUBLISHED,
    REJECTED,
    PolicyRow,
    all_policies,
    decide_policy,
    insert_policy,
    lock_policies,
    with_published,
)
from risk.approvals import Approval, Effects, StaleApproval, propose
from risk.audit_log import write_entry
from risk.both import both
from risk.refusal_words import in_chinese

KIND, PUBLISH = "policy", "publish"
DOCUMENT = "document"

NOTICE = timedelta(minutes=5)
"""So long before its first business date a version is published at the latest: by then every
process has read it."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A version that waits for a second person."""

    policy: Policy
    row: PolicyRow
    approval: Approval


def propose_policy(
    connection: Connection,
    *,
    document: Mapping[str, Any],
    note: str,
    base: PolicySet,
    by: str,
    at: datetime,
) -> Proposed:
    """Check a document and write it down; ``base`` are the versions beside the stored ones.

    Raises `Mistaken` with the field of the document, `AlreadyThere` for a version that was ever
    proposed.
    """
    policy = checked(document)
    lock_policies(connection)
    rows = all_policies(connection)
    if base.version(policy.version) or policy.version in {row.version for row in rows}:
        raise AlreadyThere
    if policy.effective_from <= business_date(at + NOTICE):
        raise Mistaken(
            f"{DOCUMENT}.effective_from",
            "须为尚未开始的会计日 · Must be a business date that has not begun",
        )
    refuse_same_day(with_published(base, rows), policy)
    row = PolicyRow(
        policy.version, policy.canonical, policy.checksum, PENDING, policy.effective_from, by,
        None, note,
    )  # fmt: skip
    insert_policy(connection, row)
    approval = propose(
        connection,
        kind=KIND,
        subject_id=policy.version,
        action=PUBLISH,
        payload={
            "version": policy.version,
            "title": policy.title,
            "effective_from": policy.effective_from.isoformat(),
            "checksum": policy.checksum,
            "note": note,
        },
        maker=by,
        at=at,
    )
    write_entry(
        connection,
        at=at,
        actor=by,
        action="propose",
        subject_kind=KIND,
        subject_id=policy.version,
        after={"status": PENDING, **facts_of(row)},
        why=note,
    )
    return Proposed(policy, row, approval)


def checked(document: Mapping[str, Any]) -> Policy:
    """Return the policy of a document; what the reader refuses is told by its field."""
    try:
        text = orjson.dumps(document).decode()
    except orjson.JSONEncodeError:  # half a character, or a number beyond all columns
        raise Mistaken(
            DOCUMENT, "含无效的文字或数值 · Not valid text, or a number too large"
        ) from None
    try:
        return read_policy(text, DOCUMENT, shared_waivers())
    except PolicyError as wrong:
        message = both(f"政策文件不接受：{in_chinese(wrong.message)}", wrong.message)
        raise Mistaken(f"{DOCUMENT}.{wrong.field}", message) from None


def refuse_same_day(published: PolicySet, policy: Policy) -> None:
    for other in published.policies:
        if other.effective_from == policy.effective_from:
            raise Mistaken(
                f"{DOCUMENT}.effective_from",
                f"该日已有版本 {other.version} · That day has a version already",
            )


def publish(connection: Connection, approval: Approval) -> None:
    """Publish an approved version, if its first day has not come and is nobody else's."""
    assert approval.decided_at is not None
    assert approval.checker is not None
    lock_policies(connection)
    rows = {row.version: row for row in all_policies(connection)}
    row = rows[approval.subject_id]
    if row.effective_from <= business_date(approval.decided_at + NOTICE):
        raise StaleApproval("生效日已到 · Its first day has come")
    for other in rows.values():
        if other.status == PUBLISHED and other.effective_from == row.effective_from:
            raise StaleApproval(f"该日已有版本 {other.version} · That day has a version already")
    decide(connection, approval, row, PUBLISHED)


def reject(connection: Connection, approval: Approval) -> None:
    (row,) = (row for row in all_policies(connection) if row.version == approval.subject_id)
    decide(connection, approval, row, REJECTED)


def decide(connection: Connection, approval: Approval, row: PolicyRow, status: str) -> None:
    assert approval.decided_at is not None
    assert approval.checker is not None
    done = decide_policy(connection, row.version, status=status, checker=approval.checker)
    assert done, "a pending approval has a pending version"
    write_entry(
        connection,
        at=approval.decided_at,
        actor=approval.checker,
        action="publish" if status == PUBLISHED else "reject",
        subject_kind=KIND,
        subject_id=row.version,
        before={"status": PENDING},
        after={"status": status, **facts_of(row)},
        why=approval.note,
    )


def facts_of(row: PolicyRow) -> dict[str, str]:
    """Return what the audit log keeps of a version."""
    return {"effective_from": row.effective_from.isoformat(), "checksum": row.checksum}


EFFECTS = {(KIND, PUBLISH): Effects(publish, reject)}
