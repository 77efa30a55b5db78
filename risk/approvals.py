"""Two people: what one proposes, another decides; once, and never the same person.

The tables repeat the promise: no row takes its maker for a checker. What an approval brings about
is not known here: whoever proposes registers an effect for the kind of subject and the action.

Who may not, or not any more:

NotDecided
├── OwnApproval     the one who proposed it cannot decide it
└── StaleApproval   decided already, or overtaken by something else
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from itertools import count
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection

from pos_sim.store.queries import Page
from pos_sim.store.rows import from_us, to_us
from risk.audit_log import CLOCK, write_entry
from risk.store import approval_rows


class NotDecided(Exception):
    """An approval that could not be decided; nothing was done."""


class OwnApproval(NotDecided):
    """The one who proposed it cannot decide it."""


class StaleApproval(NotDecided):
    """Decided already, or overtaken by something else; ``reason`` says by what, in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AlreadyProposed(Exception):
    """The subject waits for a second person already."""


class Choice(StrEnum):
    """What the second person says."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One proposal and what became of it; the maker's own words stand in ``payload["note"]``."""

    approval_id: str
    kind: str
    subject_id: str
    action: str
    payload: Mapping[str, Any]
    maker: str
    made_at: datetime
    checker: str | None = None
    choice: Choice | None = None
    decided_at: datetime | None = None
    note: str = ""


Effect: TypeAlias = Callable[[Connection, Approval], None]
"""What a decision brings about; raises `StaleApproval` where it cannot be any more."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What approving brings about, and rejecting."""

    approved: Effect
    rejected: Effect = lambda connection, approval: None


Registry: TypeAlias = Mapping[tuple[str, str], Effects]
"""Effects by kind of subject and action."""


def propose(
    connection: Connection,
    *,
    kind: str,
    subject_id: str,
    action: str,
    payload: Mapping[str, Any],
    maker: str,
    at: datetime,
) -> Approval:
    """Ask for a second person. A subject that waits already raises `AlreadyProposed`."""
    approval_rows.lock_subject(connection, kind, subject_id)
    if approval_rows.pending_of(connection, kind, [subject_id]):
        raise AlreadyProposed(subject_id)
    made = Approval(
        approval_id=new_id(connection, kind, subject_id, at),
        kind=kind,
        subject_id=subject_id,
        action=action,
        payload=payload,
        maker=maker,
        made_at=at,
    )
    approval_rows.INSERT.run(
        connection,
        approval_id=made.approval_id,
        subject_kind=kind,
        subject_id=subject_id,
        action=action,
        payload=orjson.dumps(payload).decode(),
        maker=maker,
        made_us=to_us(at),
    )
    note_hand(connection, made, "propose", maker, at, str(payload.get("note", "")))
    return made


def new_id(connection: Connection, kind: str, subject_id: str, at: datetime) -> str:
    """Return the id of a proposal: it follows from subject and moment, so a replayed world has it.

    The subject is locked; one that was asked about twice in one moment gets another id.
    """
    texts = (f"{kind}|{subject_id}|{to_us(at)}|{number}".encode() for number in count())
    ids = (f"AP-{blake2b(text, digest_size=10).hexdigest()}" for text in texts)
    return next(one for one in ids if not approval_rows.ONE.rows(connection, approval_id=one))


def decide(
    connection: Connection,
    approval_id: str,
    choice: Choice,
    *,
    by: str,
    at: datetime,
    note: str,
    effects: Registry,
) -> Approval:
    """Decide a proposal and do what follows from it, in one transaction.

    Raises `LookupError` where there is none, `OwnApproval` and `StaleApproval`.
    """
    asked = find(connection, approval_id)
    if asked is None:
        raise LookupError(approval_id)
    if asked.maker == by:
        raise OwnApproval(approval_id)
    if asked.choice is not None:
        raise StaleApproval(f"已由 {asked.checker} 处理 · Decided already by {asked.checker}")
    decided = replace(asked, checker=by, choice=choice, decided_at=at, note=note)
    follow = effects[asked.kind, asked.action]
    (follow.approved if choice is Choice.APPROVE else follow.rejected)(connection, decided)
    write_decision(connection, decided)
    return decided


def lapse(connection: Connection, approval_id: str, at: datetime, note: str) -> None:
    """Let the clock turn a proposal down whose time is over; one that was decided stays so."""
    asked = find(connection, approval_id)
    if asked is not None and asked.choice is None:
        write_decision(
            connection,
            replace(asked, checker=CLOCK, choice=Choice.REJECT, decided_at=at, note=note),
        )


def write_decision(connection: Connection, decided: Approval) -> None:
    """Write who decided; the row was locked, so nobody else has meanwhile."""
    assert decided.decided_at is not None
    assert decided.choice is not None
    written = approval_rows.DECIDE.run(
        connection,
        approval_id=decided.approval_id,
        checker=decided.checker,
        decision=decided.choice.value,
        decided_us=to_us(decided.decided_at),
        note=decided.note,
    )
    assert written == 1
    assert decided.checker is not None
    word = decided.choice.value
    note_hand(connection, decided, word, decided.checker, decided.decided_at, decided.note)


def note_hand(
    connection: Connection, approval: Approval, action: str, actor: str, at: datetime, why: str
) -> None:
    """Write into the audit log whose hand it was; what came of it, the effect writes itself."""
    write_entry(
        connection,
        at=at,
        actor=actor,
        action=action,
        subject_kind="approval",
        subject_id=approval.approval_id,
        after={
            "kind": approval.kind,
            "subject_id": approval.subject_id,
            "action": approval.action,
            "maker": approval.maker,
        },
        why=why,
    )


def find(connection: Connection, approval_id: str) -> Approval | None:
    """Return an approval, locked until the transaction ends."""
    found = approval_rows.ONE.rows(connection, approval_id=approval_id)
    return approval_of(found[0]) if found else None


def find_free(connection: Connection, approval_id: str) -> Approval | None:
    """Return an approval, locked, unless somebody else holds it at this moment."""
    found = approval_rows.free_row(connection, approval_id)
    return approval_of(found) if found else None


def pending_approvals(
    connection: Connection, kind: str, subject_ids: list[str]
) -> dict[str, Approval]:
    """Return what waits about each subject, nothing locked."""
    rows = approval_rows.pending_rows(connection, kind, subject_ids)
    return {approval.subject_id: approval for approval in map(approval_of, rows)}


def approvals_about(connection: Connection, kind: str, subject_id: str) -> list[Approval]:
    """Return what was ever proposed about a subject, the earliest first, nothing locked."""
    rows = approval_rows.ABOUT.rows(connection, subject_kind=kind, subject_id=subject_id)
    return [approval_of(row) for row in rows]


def list_approvals(
    connection: Connection, state: str | None, limit: int, after: tuple[int, str] | None
) -> Page[Approval]:
    """Return approvals, the newest first; ``state``: pending, approved, rejected, None for all."""
    page = approval_rows.list_rows(connection, state, limit, after)
    return Page([approval_of(row) for row in page.items], page.after)


def approval_of(row: Any) -> Approval:
    """Return the approval of a row of ``approval_rows.COLUMNS``."""
    (
        approval_id, kind, subject_id, action, payload, maker, made_us, checker, decision,
        decided_us, note,
    ) = row  # fmt: skip
    return Approval(
        approval_id=approval_id,
        kind=kind,
        subject_id=subject_id,
        action=action,
        payload=orjson.loads(payload),
        maker=maker,
        made_at=from_us(made_us),
        checker=checker,
        choice=Choice(decision) if decision else None,
        decided_at=None if decided_us is None else from_us(decided_us),
        note=note,
    )
