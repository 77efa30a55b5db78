"""What the incentive statements of a month are made of: one statement for all points each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import Control, PointStatus
from pos_sim.store.rows import controls_of
from pos_sim.store.sql import Statement

POINTS = Statement(
    "select p.service_point_id, p.name, p.status, p.controls, coalesce(g.star_grade, p.star_grade)"
    " from service_points p left join point_grades g"
    " on g.service_point_id = p.service_point_id and g.month = :month"
    " where p.service_point_id > :after and p.bank_id <> 'out'"
    " and (:point = '' or p.service_point_id = :point)"
    " order by p.service_point_id limit :most"
)
COUNTS = Statement(
    "select x.service_point_id, x.business, count(*) from transactions x"
    " join terminals t on t.terminal_id = x.terminal_id"
    " where x.service_point_id {in:points text} and x.status = 'approved' and t.kind <> 'atm'"
    " and x.decided_us >= :since_us and x.decided_us < :until_us"
    " and x.business_date >= :first and x.business_date <= :last"
    " group by x.service_point_id, x.business"
)
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class PointOfMonth:
    """A point with the star grade of a month; ``status`` and ``controls`` are those of now."""

    point: str
    name: str
    status: PointStatus
    controls: tuple[Control, ...]
    star_grade: int


def points_of(
    connection: Connection, month: str, *, point: str, after: str, most: int
) -> list[PointOfMonth]:
    """Return points after an id, in order; with ``point`` only that one."""
    found = POINTS.rows(connection, month=month, point=point, after=after, most=most)
    return [
        PointOfMonth(
            point_id,
            name,
            PointStatus(status),
            controls_of(controls) if controls else (),
            star_grade,
        )
        for point_id, name, status, controls, star_grade in found
    ]


def counts_of(
    connection: Connection, points: Sequence[str], first: date, last: date, start_us: int
) -> dict[str, dict[Business, int]]:
    """Return how many transactions each point was paid for, by business.

    ``start_us`` is the first moment of the month. A transaction is decided on its business date,
    or a little later: a day on either side is more than enough to look at.
    """
    found = COUNTS.rows(
        connection,
        points=points,
        since_us=start_us - DAY_US,
        until_us=start_us + ((last - first).days + 2) * DAY_US,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    counts: dict[str, dict[Business, int]] = defaultdict(dict)
    for point, business, n in found:
        counts[point][Business(business)] = n
    return counts
