"""What people do with an alert: assign, investigate, escalate, and close it with a verdict.

An alert that was high or critical is not closed by one person: closing it is proposed, and its
state stays what it is until another one confirms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pos_sim.store.rows import to_us
from risk.alerts import Action, Alert, AlertKey, AlertVerdict, State, act, available_actions
from risk.approvals import Approval, Effects, StaleApproval, propose
from risk.audit_log import write_entry
from risk.deadlines import WARN_PERCENT, Stage
from risk.store.alert_rows import KeptAlert, alert_values
from risk.store.approval_rows import pending_of
from risk.store.read_alerts import find_alert
from risk.store.save_hits import SAVE_ALERTS, latest_alerts
from risk.vocabulary import Severity

KIND, CLOSE = "alert", "close"
NEEDS_TWO = frozenset({Severity.HIGH, Severity.CRITICAL})


class IllegalAction(Exception):
    """The state of the alert does not know this action; ``available`` are those that it knows."""

    def __init__(self, available: Iterable[Action]) -> None:
        super().__init__("not possible now")
        self.available = tuple(available)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody does; ``assignee`` None: whoever does it."""

    action: Action
    note: str
    verdict: AlertVerdict | None = None
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """The alert afterwards, and the approval that it waits for."""

    kept: KeptAlert
    approval_id: str | None


def work_on(connection: Connection, alert_id: str, step: Step, by: str, at: datetime) -> Worked:
    """Do one step, or propose it where it needs two.

    Raises `LookupError` where there is no such alert and `IllegalAction`.
    """
    kept = locked(connection, alert_id)
    if kept is None:
        raise LookupError(alert_id)
    pending = pending_of(connection, KIND, [alert_id]).get(alert_id)
    possible = actions_of(kept.alert, pending)
    after = act(kept.alert, step.action, step.verdict) if step.action in possible else None
    if after is None:
        raise IllegalAction(possible)
    if step.action is Action.CLOSE and kept.alert.severity in NEEDS_TWO:
        return Worked(kept, propose_closing(connection, kept, step, by, at).approval_id)
    before = facts_of(kept)
    kept.alert = after
    kept.note = step.note
    if step.action is Action.ASSIGN or kept.assignee is None:
        kept.assignee = step.assignee or by
    kept.closed_us = to_us(at) if after.state is State.CLOSED else None
    save(connection, kept)
    note_move(connection, kept, step.action, before, by=by, at=at, why=step.note)
    return Worked(kept, pending)


def propose_closing(
    connection: Connection, kept: KeptAlert, step: Step, by: str, at: datetime
) -> Approval:
    assert step.verdict is not None
    return propose(
        connection,
        kind=KIND,
        subject_id=kept.alert_id,
        action=CLOSE,
        payload={
            "alert_id": kept.alert_id,
            "rule_id": kept.alert.key.rule_id,
            "title": kept.alert.title,
            "severity": kept.alert.severity.value,
            "verdict": step.verdict.value,
            "note": step.note,
        },
        maker=by,
        at=at,
    )


def close_approved(connection: Connection, approval: Approval) -> None:
    """Close the alert with the verdict that was proposed."""
    assert approval.decided_at is not None
    kept = locked(connection, approval.subject_id)
    verdict = AlertVerdict(approval.payload["verdict"])
    after = act(kept.alert, Action.CLOSE, verdict) if kept else None
    if kept is None or after is None:
        raise StaleApproval("预警状态已变，不能关闭 · The alert has moved on and cannot be closed")
    before = facts_of(kept)
    kept.alert = after
    kept.note = str(approval.payload["note"])
    kept.assignee = kept.assignee or approval.maker
    kept.closed_us = to_us(approval.decided_at)
    save(connection, kept)
    by, at = approval.checker or approval.maker, approval.decided_at
    note_move(connection, kept, Action.CLOSE, before, by=by, at=at, why=approval.note)


EFFECTS = {(KIND, CLOSE): Effects(close_approved)}


def facts_of(kept: KeptAlert) -> dict[str, Any]:
    """Return what the audit log keeps of an alert."""
    verdict = kept.alert.verdict
    return {
        "state": kept.alert.state.value,
        "assignee": kept.assignee,
        "verdict": verdict.value if verdict else None,
    }


def note_move(
    connection: Connection,
    kept: KeptAlert,
    action: Action,
    before: dict[str, Any],
    *,
    by: str,
    at: datetime,
    why: str,
) -> None:
    write_entry(
        connection,
        at=at,
        actor=by,
        action=action.value,
        subject_kind=KIND,
        subject_id=kept.alert_id,
        before=before,
        after=facts_of(kept),
        why=why,
    )


def actions_of(alert: Alert, pending: str | None) -> tuple[Action, ...]:
    """Return what a person may do now; closing is not proposed twice."""
    possible = available_actions(alert)
    return tuple(one for one in possible if pending is None or one is not Action.CLOSE)


def locked(connection: Connection, alert_id: str) -> KeptAlert | None:
    """Return an alert as it is once no group can change it; an earlier one of its kind is closed.

    The watch writes whole alerts too, so both take the lock of the subject before they read.
    """
    known = find_alert(connection, alert_id)
    if known is None:
        return None
    latest = latest_alerts(connection, {known.alert.key}).get(known.alert.key)
    if latest is None or latest.alert_id != alert_id:
        return known
    latest.alert = replace(latest.alert, transaction_ids=known.alert.transaction_ids)
    return latest


def save(connection: Connection, kept: KeptAlert) -> None:
    SAVE_ALERTS.run(connection, [alert_values(kept)])


def latest_about(connection: Connection, key: AlertKey) -> KeptAlert | None:
    """Return the latest alert about a subject, locked."""
    return latest_alerts(connection, {key}).get(key)


def stage_of(alert: Alert, now: datetime) -> Stage:
    """Return how late an open alert is, by its own due time; every edge belongs to the later."""
    if not alert.is_open:
        return Stage.ON_TIME
    allowed = alert.due_at - alert.first_seen_at
    edges = (
        (Stage.PROVINCE, alert.due_at + allowed),
        (Stage.PARENT_BRANCH, alert.due_at),
        (Stage.WARNED, alert.first_seen_at + allowed * WARN_PERCENT / 100),
    )
    return next((stage for stage, edge in edges if now >= edge), Stage.ON_TIME)
