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
from pos_sim.store.rows import to_us
from risk.grading import last_of
from risk.incentive_policies import IncentivePolicies, shipped_incentives
from risk.incentives import IncentivePolicy, Statement, Work, statement_of
from risk.store.incentive_rows import PointOfMonth, counts_of, points_of


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
    policies: IncentivePolicies | None = None,
) -> OfMonth:
    """Return the statements of points after an id, in order; ``month`` is its first day."""
    last = last_of(month)
    policy = (policies or shipped_incentives()).on(last)
    points = points_of(connection, f"{month:%Y-%m}", now, point=point, after=after, most=most)
    names = [one.point for one in points]
    counts = counts_of(connection, names, month, last, to_us(start_of(month)))
    return OfMonth(
        month,
        business_date(now) > last,
        policy,
        [
            OfPoint(
                one,
                statement_of(
                    Work(
                        counts=counts.get(one.point, {}),
                        star_grade=one.star_grade,
                        status=one.status,
                        was_frozen=False,
                        was_controlled=one.is_controlled,
                    ),
                    policy,
                ),
            )
            for one in points
        ],
    )
