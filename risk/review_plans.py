"""年审计划: every point once in twelve months, by the anniversary of its opening, or earlier.

A plan is one row a point. Its case opens thirty days ahead; whoever completes a review plans the
next one a year later. Points without a plan are looked for once a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.service_points import PointStatus
from pos_sim.store.registry import status_of
from pos_sim.store.rows import from_us, to_us
from risk.both import both
from risk.case_opening import POINT_SCOPE, Opened, Wish, open_case
from risk.due import Due, Fired
from risk.store import case_rows, review_plan_rows
from risk.store.review_plan_rows import Plan
from risk.vocabulary import Severity
from risk.workflow import CLOCK, CaseKind

AHEAD = timedelta(days=30)
"""How long before its date a review opens."""

OPENS_AT = time(9, 0)
PLANS_AT = time(0, 30)
NOT_REVIEWED = frozenset({PointStatus.TRIAL, PointStatus.EXITED})


def year_later(day: date) -> date:
    """Return the same day of the next year.

    >>> year_later(date(2028, 2, 29)).isoformat()
    '2029-02-28'
    """
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def next_anniversary(opened_on: date | None, today: date) -> date:
    """Return the first anniversary that lies ahead.

    >>> next_anniversary(date(2019, 3, 2), date(2026, 3, 2)).isoformat()
    '2027-03-02'
    """
    if opened_on is None or opened_on >= today:
        return year_later(opened_on or today)
    due_on = opened_on
    while due_on <= today:
        due_on = year_later(due_on)
    return due_on


def plan(point: str, due_on: date) -> Plan:
    """Return the plan of a review that is due on a date."""
    opens = datetime.combine(due_on - AHEAD, OPENS_AT, SHANGHAI)
    return Plan(point, due_on, to_us(opens))


def plan_after(connection: Connection, point: str, at: datetime) -> None:
    """Plan the next review a year after this one was completed."""
    due_on = year_later(at.astimezone(SHANGHAI).date())
    review_plan_rows.write(connection, [plan(point, due_on)])


def drop(connection: Connection, point: str) -> None:
    """Plan no review of a point any more."""
    review_plan_rows.drop(connection, point)


def bring_forward(
    connection: Connection,
    point: str,
    *,
    reason: str,
    by: str,
    at: datetime,
    parent_id: str | None = None,
) -> Opened | None:
    """Open the review of a point now; None where the point is not reviewed at all.

    One that is open already is early enough.
    """
    if status_of(connection, point) in NOT_REVIEWED:
        return None
    is_open = case_rows.lock_open(connection, CaseKind.ANNUAL_REVIEW, POINT_SCOPE, point)
    if is_open is not None:
        return Opened(is_open, is_new=False)
    wish = Wish(
        kind=CaseKind.ANNUAL_REVIEW,
        service_point_id=point,
        reason=reason,
        by=by,
        at=at,
        severity=Severity.HIGH,
        parent_id=parent_id,
    )
    return open_case(connection, wish)


# Work of the clock ----------------------------------------------------------------------------


def next_planning(connection: Connection, now: datetime) -> datetime:
    """Return when points without a plan are looked for next."""
    day = review_plan_rows.planned_on(connection)
    if day is None:
        return now
    return datetime.combine(day + timedelta(days=1), PLANS_AT, SHANGHAI)


def plan_missing(connection: Connection, now: datetime) -> Sequence[Fired]:
    """Plan the review of every point that has no plan yet."""
    today = now.astimezone(SHANGHAI).date()
    missing = review_plan_rows.unplanned(connection)
    review_plan_rows.write(
        connection, [plan(point, next_anniversary(opened, today)) for point, opened in missing]
    )
    review_plan_rows.mark_planned(connection, today)
    return ()


def next_opening(connection: Connection, _now: datetime | None = None) -> datetime | None:
    """Return when the next planned review opens, which may be past."""
    found = review_plan_rows.first_opening_us(connection)
    return None if found is None else from_us(found)


def open_planned(connection: Connection, now: datetime) -> Sequence[Fired]:
    """Open the reviews whose time has come, and move their plans on by a year."""
    planned = review_plan_rows.due(connection, to_us(now))
    fired = [open_review(connection, one, now) for one in planned]
    review_plan_rows.write(
        connection, [plan(one.service_point_id, year_later(one.due_on)) for one in planned]
    )
    return fired


def open_review(connection: Connection, planned: Plan, now: datetime) -> Fired:
    due_at = datetime.combine(planned.due_on, time(23, 59, 59), SHANGHAI)
    wish = Wish(
        kind=CaseKind.ANNUAL_REVIEW,
        service_point_id=planned.service_point_id,
        reason=both(f"{planned.due_on.year}年度年审", f"Annual review of {planned.due_on.year}"),
        by=CLOCK.name,
        at=now,
        due_at=max(due_at, now),
    )
    case = open_case(connection, wish).case
    text = f"{planned.service_point_id} 年审开始，{planned.due_on}前完成"
    text_en = f"Annual review of {planned.service_point_id} opens, due on {planned.due_on}"
    return Fired(now, "annual_review", case.case_id, text, text_en)


DUE_KINDS = (
    Due("review_plan", next_planning, plan_missing),
    Due("annual_review", next_opening, open_planned),
)
