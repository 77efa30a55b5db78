"""What the page of one alert shows: why it is there, what lies behind it, what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from api.console.staff.subjects import subject_of
from api.console.staff.trail import Line, trail_of
from api.console.staff.usual import Usual, usual_of
from api.problems import Problem
from pos_sim.domain.transactions import Transaction
from pos_sim.store.book_rows import read_transactions
from pos_sim.store.keys import list_keys
from pos_sim.store.query_points import PointRecord, points_by_id
from risk.alerts import MONITOR, Action, State
from risk.approvals import Approval, pending_approvals
from risk.store import case_rows
from risk.store.alert_rows import KeptAlert
from risk.store.read_alerts import find_alert, hits_about
from risk.suppressions import NEVER_SUPPRESSED
from risk.workflow import Case, CaseKind
from risk.working_alerts import KIND, NEEDS_TWO, actions_of

MOST_HITS = 50
SUPPRESS, OPEN_CASE = "suppress", "open_case"
MOVES = (
    Action.ASSIGN.value,
    Action.INVESTIGATE.value,
    OPEN_CASE,
    Action.CLOSE.value,
    Action.ESCALATE.value,
    SUPPRESS,
)
"""In the order in which the page offers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDesk:
    """One alert with everything around it."""

    kept: KeptAlert
    subject: str
    point: PointRecord | None
    pending: Approval | None
    hits: Sequence[Any]
    transactions: Sequence[Transaction]
    usual: Usual | None
    trail: list[Line]
    cases: list[Case]
    colleagues: list[str]
    reasons: dict[str, str]
    """Of each move that is not possible now, the name of the text that says why."""

    @property
    def possible(self) -> list[str]:
        return [move for move in MOVES if move not in self.reasons]

    @property
    def needs_two(self) -> bool:
        return self.kept.alert.severity in NEEDS_TWO

    @property
    def kinds(self) -> list[CaseKind]:
        """The kinds of cases that nobody has opened about the point yet."""
        there = {case.kind for case in self.cases if case.is_open}
        if self.kept.case_id is None:
            there.discard(CaseKind.VERIFICATION)  # its subject is the alert's and not the point
        return [kind for kind in CaseKind if kind not in there]


def desk_of(connection: Connection, alert_id: str) -> AlertDesk:
    """Return the desk of an alert; 404 where there is none."""
    kept = find_alert(connection, alert_id)
    if kept is None:
        raise Problem("not-found")
    point_id = kept.service_point_id
    point = points_by_id(connection, [point_id]).get(point_id) if point_id else None
    pending = pending_approvals(connection, KIND, [alert_id]).get(alert_id)
    found = read_transactions(connection, kept.alert.transaction_ids)
    return AlertDesk(
        kept=kept,
        subject=subject_of(connection, kept.alert.key.scope, kept.alert.key.scope_value),
        point=point,
        pending=pending,
        hits=hits_about(connection, alert_id, MOST_HITS),
        transactions=[found[one] for one in reversed(kept.alert.transaction_ids) if one in found],
        usual=usual_of(connection, point, kept.alert) if point else None,
        trail=trail_of(connection, KIND, alert_id),
        cases=cases_around(connection, kept),
        colleagues=colleagues(connection),
        reasons=reasons_of(kept, pending),
    )


def cases_around(connection: Connection, kept: KeptAlert) -> list[Case]:
    """Return the case of an alert and the open cases about its point."""
    found = case_rows.open_at(connection, kept.service_point_id) if kept.service_point_id else []
    own = case_rows.find(connection, kept.case_id) if kept.case_id else None
    rest = [case for case in found if own is None or case.case_id != own.case_id]
    rest.sort(key=lambda case: case.opened_at)
    return [own, *rest] if own else rest


def colleagues(connection: Connection) -> list[str]:
    """Return who an alert may be given to."""
    return [
        key.name
        for key in list_keys(connection)
        if key.role in ("maker", "checker") and not key.revoked
    ]


def reasons_of(kept: KeptAlert, pending: Approval | None) -> dict[str, str]:
    """Return why moves are not possible now, by move."""
    state = kept.alert.state
    possible = {
        one.value for one in actions_of(kept.alert, pending.approval_id if pending else None)
    }
    found = {
        move.value: REASONS.get((state, move), f"alerts.not_{state.value}")
        for move in (Action.ASSIGN, Action.INVESTIGATE, Action.CLOSE, Action.ESCALATE)
        if move.value not in possible
    }
    if pending is not None:
        found[Action.CLOSE.value] = "alerts.not_pending"
    if reason := not_suppressed(kept):
        found[SUPPRESS] = reason
    if reason := no_case(kept):
        found[OPEN_CASE] = reason
    return found


REASONS: dict[tuple[State, Action], str] = {
    (State.NEW, Action.CLOSE): "alerts.first_investigate",
    (State.ASSIGNED, Action.CLOSE): "alerts.first_investigate",
    (State.INVESTIGATING, Action.INVESTIGATE): "alerts.is_investigated",
}


def not_suppressed(kept: KeptAlert) -> str | None:
    """Return why a rule cannot be silenced about the subject of an alert."""
    if kept.alert.key.rule_id in NEVER_SUPPRESSED:
        return "alerts.never_suppressed"
    if kept.alert.key.scope == MONITOR:
        return "alerts.monitor_not_suppressed"
    if kept.alert.state in (State.CLOSED, State.SUPPRESSED, State.ESCALATED):
        return f"alerts.not_{kept.alert.state.value}"
    return None


def no_case(kept: KeptAlert) -> str | None:
    """Return why no case can be opened out of an alert."""
    if kept.service_point_id is None:
        return "alerts.no_point"
    return "alerts.not_closed" if kept.alert.state is State.CLOSED else None
