"""Opening cases: one open case a kind and subject; what comes later only raises it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from risk.audit_log import write_entry
from risk.bank_calendar import BankCalendar
from risk.deadlines import WorkingDays, after, due_at
from risk.standing import stand
from risk.store import case_rows, case_trail
from risk.store.case_trail import Entry
from risk.vocabulary import Severity
from risk.workflow import Case, CaseKind, Role, State
from risk.workflows import WORKFLOWS

POINT_SCOPE = "point"
CALENDAR: WorkingDays = BankCalendar()
"""The days that deadlines count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What case somebody, or the clock, wants opened.

    ``scope``: kind and value of the subject, None: the point. ``state``: None: where the workflow
    begins. ``due_at``: None: as the state allows.
    """

    kind: CaseKind
    service_point_id: str | None
    reason: str
    by: str
    at: datetime
    severity: Severity = Severity.MEDIUM
    scope: tuple[str, str] | None = None
    parent_id: str | None = None
    state: str | None = None
    due_at: datetime | None = None

    @property
    def subject(self) -> tuple[str, str]:
        if self.scope is not None:
            return self.scope
        assert self.service_point_id is not None
        return (POINT_SCOPE, self.service_point_id)


@dataclass(frozen=True, slots=True)
class Opened:
    """The open case about the subject; ``is_new``: nobody had opened one before."""

    case: Case
    is_new: bool


def open_case(connection: Connection, wish: Wish) -> Opened:
    """Open a case, or raise the one that is open; the point follows where the state asks it to.

    Where the first state asks for a status, the row of the point has to be held already.
    """
    workflow = WORKFLOWS[wish.kind]
    state = workflow.first if wish.state is None else workflow.state(wish.state)
    kept, is_new = insert(connection, wish, state)
    case = kept if is_new else raised(connection, kept, wish)
    note(connection, case, wish, is_new=is_new)
    if is_new and state.demands is not None and case.service_point_id is not None:
        stand(connection, case.service_point_id, at=wish.at, actor=wish.by, why=case.case_id)
    return Opened(case, is_new)


def insert(connection: Connection, wish: Wish, state: State) -> tuple[Case, bool]:
    """Write a new case, or find the one that is open; both are locked then."""
    while True:
        ordinal = case_rows.ordinal_for(connection, wish.kind, *wish.subject)
        made = new_case(wish, state, ordinal)
        case_rows.insert(connection, made, ordinal)
        kept = case_rows.lock_open(connection, wish.kind, *wish.subject)
        if kept is not None:  # else another one was opened and closed since we counted
            return kept, kept == made


def new_case(wish: Wish, state: State, ordinal: int) -> Case:
    scope_kind, scope_value = wish.subject
    case = Case(
        case_id=case_rows.case_id_of(wish.kind, scope_kind, scope_value, ordinal),
        kind=wish.kind,
        state=state.name,
        service_point_id=wish.service_point_id,
        scope_kind=scope_kind,
        scope_value=scope_value,
        severity=wish.severity,
        reason=wish.reason,
        opened_at=wish.at,
        opened_by=wish.by,
        parent_id=wish.parent_id,
    )
    return rested(case, state, wish.at, due_at=wish.due_at)


def rested(case: Case, state: State, at: datetime, *, due_at: datetime | None = None) -> Case:
    """Return the case as it rests in a state from ``at`` on: until when, and when it is moved."""
    if state.is_end:
        return replace(case, closed_at=at, wakes_at=None)
    due = due_at or time_of(case, state, at)
    wakes = any(
        move.role is Role.CLOCK and move.source == state.name for move in WORKFLOWS[case.kind].moves
    )
    return replace(case, due_at=due, wakes_at=due if wakes else None)


def time_of(case: Case, state: State, at: datetime) -> datetime | None:
    """Return until when a case may rest in a state that it enters, None: as long as it likes."""
    if WORKFLOWS[case.kind].by_severity:
        return case.due_at or due_at(case.severity, case.opened_at, CALENDAR)
    return None if state.allowance is None else after(at, state.allowance, CALENDAR)


def raised(connection: Connection, case: Case, wish: Wish) -> Case:
    """Let an open case take up what came later: its severity only rises, its date only nears."""
    graver = case
    if wish.severity.rank > case.severity.rank:
        graver = replace(graver, severity=wish.severity)
    if WORKFLOWS[case.kind].by_severity:
        graver = replace(graver, due_at=nearer(case, wish))
    if graver != case:
        case_rows.update(connection, graver)
    return graver


def nearer(case: Case, wish: Wish) -> datetime:
    """Return the earlier of the date that a case has and the one that came with a later wish."""
    asked = wish.due_at or due_at(wish.severity, wish.at, CALENDAR)
    return min(case.due_at or asked, asked)


def note(connection: Connection, case: Case, wish: Wish, *, is_new: bool) -> None:
    """Write into the trail and the audit log that a case was opened, or raised."""
    what = "opened" if is_new else "raised"
    line = Entry(
        case_id=case.case_id, at=wish.at, actor=wish.by, what=what, action="open",
        source=case.state, to_state=case.state, note=wish.reason,
    )  # fmt: skip
    case_trail.add_history(connection, [line])
    write_entry(
        connection,
        at=wish.at,
        actor=wish.by,
        action="open" if is_new else "raise",
        subject_kind="case",
        subject_id=case.case_id,
        after={
            "kind": case.kind.value,
            "state": case.state,
            "service_point_id": case.service_point_id,
            "severity": case.severity.value,
        },
        why=wish.reason,
    )
