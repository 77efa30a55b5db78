"""What the clock moves itself when the date of a case has passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from risk.both import both
from risk.cases import act, held
from risk.due import Due, Fired
from risk.store import case_rows
from risk.workflow import CLOCK, Case, Role, moves_of
from risk.workflows import WORKFLOWS


def next_deadline(connection: Connection, _now: datetime) -> datetime | None:
    """Return when the clock has to move a case next, which may be past."""
    return case_rows.first_waking(connection)


MOST = 50
"""So many cases are moved together: their points are locked as long, and serve nobody."""


def move_cases(connection: Connection, now: datetime) -> Sequence[Fired]:
    """Move cases whose time has come; points are taken in their order, as always."""
    due = case_rows.waking(connection, now, MOST)
    ordered = sorted(due, key=lambda case: (case.service_point_id or "", case.case_id))
    return [fired for case in ordered if (fired := move(connection, case, now)) is not None]


def move(connection: Connection, case: Case, now: datetime) -> Fired | None:
    """Make the clock's move; None where somebody has moved the case meanwhile."""
    case = held(connection, case.case_id)
    if case.wakes_at is None or case.wakes_at > now:
        return None
    (clock_move,) = moves_of(WORKFLOWS[case.kind], case, Role.CLOCK)
    note = both(clock_move.title, clock_move.title_en)
    act(connection, case.case_id, clock_move.action, actor=CLOCK, at=now, note=note)
    text = f"{case.service_point_id or case.scope_value} {clock_move.title}"
    text_en = f"{case.service_point_id or case.scope_value}: {clock_move.title_en}"
    return Fired(now, clock_move.action, case.case_id, text, text_en)


DUE_KINDS = (Due("case_deadline", next_deadline, move_cases),)
