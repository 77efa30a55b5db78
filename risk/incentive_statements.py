"""激励 The statements of a month, read from the books; nothing is written and nothing is paid.

A month that has not ended gives what was earned so far. A later reversal takes its transaction out
of the month in which it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date, start_of
from pos_sim.domain.service_points import PointStatus
from pos_sim.store.rows import to_us
from risk.dated import Dated
from risk.grading import ONE_DAY, last_of
from risk.incentive_policies import shipped_incentives
from risk.incentives import IncentivePolicy, Statement, Work, statement_of
from risk.store.incentive_rows import PointOfMonth, counts_of, points_of
from risk.store.month_orders import Span, controlled_in, status_changes, statuses_in


@dataclass(frozen=True, slots=True)
class OfPoint:
    """The statement of one point."""

    point: PointOfMonth
    statement: Statement


@dataclass(frozen=True, slots=True)
class OfMonth:
    """Statements of some points; ``has_ended``: nothing but reversals can change them."""

    month: date
    has_ended: bool
    policy: IncentivePolicy
    items: Sequence[OfPoint]


def statements(
    connection: Connection,
    month: date,
    now: datetime,
    *,
    point: str = "",
    after: str = "",
    most: int = 200,
    policies: Dated[IncentivePolicy] | None = None,
) -> OfMonth:
    """Return the statements of points after an id, in order; ``month`` is its first day."""
    last = last_of(month)
    policy = (policies or shipped_incentives()).on(last)
    points = points_of(connection, f"{month:%Y-%m}", point=point, after=after, most=most)
    works = works_of(connection, points, month)
    items = [OfPoint(one, statement_of(works[one.point], policy)) for one in points]
    return OfMonth(month, business_date(now) > last, policy, items)


def works_of(
    connection: Connection, points: Sequence[PointOfMonth], month: date
) -> dict[str, Work]:
    """Return what each point did in a month, and what was ordered there meanwhile."""
    names, last = [one.point for one in points], last_of(month)
    span = Span(to_us(start_of(month)), to_us(start_of(last + ONE_DAY)))
    counts = counts_of(connection, names, month, last, span.start_us)
    changes = status_changes(connection, names)
    controlled = controlled_in(connection, {one.point: one.controls for one in points}, span)
    works: dict[str, Work] = {}
    for one in points:
        was = statuses_in(changes.get(one.point, ()), one.status, span)
        works[one.point] = Work(
            counts=counts.get(one.point, {}),
            star_grade=one.star_grade,
            status=was.last,
            was_frozen=PointStatus.FROZEN in was.all,
            was_controlled=one.point in controlled,
        )
    return works
