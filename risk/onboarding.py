"""新增、培训、开业 The register as staff change it: each move logged, told to the watch, and felt.

A point begins on trial. It opens when one person asks and another approves, and only with a
trained operator and a terminal; both are looked at again in the moment of the approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date
from pos_sim.domain.mistakes import NotPossible
from pos_sim.domain.opening import Condition, conditions_of, require_ready
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.training import Record, Result, trained_on
from pos_sim.engine import opening, operators, terminals
from pos_sim.engine.opening import NewPoint
from pos_sim.engine.operators import Operator
from pos_sim.engine.terminals import NewTerminal
from pos_sim.store.new_points import LockedPoint, lock_point
from risk.approvals import Approval, Effects, StaleApproval, propose
from risk.audit_log import write_entry
from risk.store.register import touch

KIND, OPEN = "service_point", "open"
OPERATOR, TERMINAL = "operator", "terminal"


def create_point(connection: Connection, *, wish: NewPoint, by: str, at: datetime) -> str:
    """Enter a new point, on trial; return its id. Raises what `opening.create_point` does."""
    point_id = opening.create_point(connection, wish, business_date(at))
    write_entry(
        connection,
        at=at,
        actor=by,
        action="create",
        subject_kind=KIND,
        subject_id=point_id,
        after={
            "status": PointStatus.TRIAL.value,
            "name": wish.name,
            "bank_id": wish.bank_id,
            "kind": wish.kind.value,
            "town": wish.town,
            "village": wish.village,
            "position": [wish.latitude, wish.longitude],
            "operator": wish.operator.name,
            "till_fen": wish.till,
            "deposit_fen": wish.operator.deposit,
        },
    )
    touch(connection)
    return point_id


def bind_terminal(
    connection: Connection, *, point_id: str, wish: NewTerminal, by: str, at: datetime
) -> str:
    """Bind a terminal to a point; return its number."""
    terminal_id = terminals.bind_terminal(connection, point_id, wish, business_date(at))
    write_entry(
        connection,
        at=at,
        actor=by,
        action="bind",
        subject_kind=TERMINAL,
        subject_id=terminal_id,
        before={"service_point_id": None},
        after={"service_point_id": point_id, "cassettes_fen": wish.cassettes},
    )
    touch(connection)
    return terminal_id


def name_operator(
    connection: Connection,
    *,
    point_id: str,
    wish: Operator,
    same_person: bool,
    by: str,
    at: datetime,
) -> None:
    """Enter a new operator, or bring the present one's own relations up to date."""
    if same_person:
        before = operators.update_operator(connection, point_id, wish)
    else:
        before = operators.replace_operator(connection, point_id, wish, business_date(at))
    after = lock_point(connection, point_id)
    write_entry(
        connection,
        at=at,
        actor=by,
        action="update" if same_person else "replace",
        subject_kind=OPERATOR,
        subject_id=after.operator_id,
        before=operator_facts(before),
        after=operator_facts(after),
    )
    if before.status is not after.status:
        write_status(connection, before, after.status, by, at, "负责人变更 · New operator")
    touch(connection)


def operator_facts(point: LockedPoint) -> dict[str, Any]:
    """Return what the audit log keeps of an operator."""
    return {
        "service_point_id": point.service_point_id,
        "operator_id": point.operator_id,
        "name": point.operator_name,
        "account_ids": [relation["account_id"] for relation in point.relations],
        "card_ids": [relation["card_id"] for relation in point.relations if relation["card_id"]],
    }


def record_training(
    connection: Connection, *, point_id: str, result: Result, by: str, at: datetime
) -> None:
    """Enter the result of one examination."""
    before, after = opening.record_training(connection, point_id, result, business_date(at))
    write_entry(
        connection,
        at=at,
        actor=by,
        action="train",
        subject_kind=OPERATOR,
        subject_id=lock_point(connection, point_id).operator_id,
        before={"trained_on": day_text(before)},
        after={
            "trained_on": day_text(after),
            "subject": result.subject.value,
            "score": result.score,
            "pass_mark": result.pass_mark,
            "date": result.taken_on.isoformat(),
        },
    )


def day_text(record: Record) -> str | None:
    day = trained_on(record)
    return day.isoformat() if day else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A point that waits for a second person to open it."""

    approval: Approval
    conditions: Sequence[Condition]


def propose_opening(
    connection: Connection, *, point_id: str, note: str, by: str, at: datetime
) -> Asked:
    """Ask for a second person to open a point.

    Raises `LookupError`, `NotPossible` while something is missing, and `AlreadyProposed`.
    """
    ready = opening.readiness(connection, lock_point(connection, point_id))
    require_ready(ready)
    approval = propose(
        connection,
        kind=KIND,
        subject_id=point_id,
        action=OPEN,
        payload={"note": note},
        maker=by,
        at=at,
    )
    return Asked(approval, conditions_of(ready))


def open_point(connection: Connection, approval: Approval) -> None:
    """Open an approved point, if everything still holds."""
    assert approval.checker is not None
    assert approval.decided_at is not None
    at = approval.decided_at
    try:
        before = opening.open_point(connection, approval.subject_id, business_date(at))
    except NotPossible as wrong:
        missing = ", ".join(wrong.missing) or "status"
        raise StaleApproval(f"条件已不满足 · No longer met: {missing}") from None
    note = str(approval.payload.get("note", ""))
    write_status(connection, before, PointStatus.OPEN, approval.checker, at, note)
    touch(connection)


def write_status(
    connection: Connection,
    before: LockedPoint,
    after: PointStatus,
    by: str,
    at: datetime,
    why: str,
) -> None:
    write_entry(
        connection,
        at=at,
        actor=by,
        action="status",
        subject_kind=KIND,
        subject_id=before.service_point_id,
        before={"status": before.status.value},
        after={"status": after.value},
        why=why,
    )


EFFECTS = {(KIND, OPEN): Effects(open_point)}
