"""Grades by month, and the facts they are made of: one statement for all points each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from pos_sim.store.rows import from_us, to_day
from pos_sim.store.sql import InsertSet, Statement, UpdateSet
from pos_sim.store.tables import service_points
from risk.store.grade_tables import point_grades
from risk.tiers import TierChange
from risk.vocabulary import Tier

LOCK_POINTS = Statement(
    "select service_point_id, star_grade, tier, status from service_points"
    " where status in ('open', 'rectifying', 'frozen') and bank_id <> 'out'"
    " and opened_on <= :first order by service_point_id {lock:service_points}"
)
ACTIVITY = Statement(
    "select p.service_point_id, coalesce(sum(d.moves), 0), coalesce(sum(d.moved_fen), 0),"
    " count(d.business_date), coalesce(sum(case when d.moves > 0 then 1 else 0 end), 0)"
    " from service_points p left join risk_point_days d"
    " on d.service_point_id = p.service_point_id"
    " and d.business_date >= :first and d.business_date <= :last"
    " group by p.service_point_id"
)
VERIFIED = Statement(
    "select service_point_id, severity, count(*) from risk_alerts"
    " where verdict = 'confirmed' and service_point_id is not null"
    " and closed_us >= :since_us and closed_us < :until_us group by service_point_id, severity"
)
FIRST_DAY = Statement("select min(business_date) from transactions")
GRADED = Statement("select value from world where name = 'graded_through'")
SET_GRADED = Statement(
    "insert into world (name, value) values ('graded_through', :month)"
    " on conflict (name) do update set value = excluded.value"
)

COLUMNS = (
    "service_point_id", "month", "policy_version", "star_before", "tier_before", "star_grade",
    "tier", "score", "volume_points", "activity_points", "review_points", "conduct_points",
    "risk_weight", "moves", "moved_fen", "idle_days", "review", "verified_alerts", "status",
    "explanation", "explanation_en", "decided_us",
)  # fmt: skip
INSERT = InsertSet(point_grades, COLUMNS)
CHANGE = UpdateSet(service_points, ["star_grade", "tier"], ["service_point_id"])
TIER_CHANGES = Statement(
    "select service_point_id, decided_us, tier_before, tier from point_grades"
    " where tier <> tier_before order by service_point_id, decided_us"
)
OF_POINT = Statement(
    f"select {', '.join(COLUMNS)} from point_grades where service_point_id = :point"
    " and month < :before order by month desc limit :most"
)


@dataclass(frozen=True, slots=True)
class Graded:
    """A point that is graded, its row locked, with the grade it had."""

    point: str
    star_grade: int
    tier: str
    status: str


@dataclass(frozen=True, slots=True)
class Activity:
    """A month at one point: ``watched`` days have a row, ``active`` ones money moved on."""

    moves: int = 0
    moved_fen: int = 0
    watched: int = 0
    active: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """One grade as it is kept; the fields are the columns."""

    service_point_id: str
    month: str
    policy_version: str
    star_before: int
    tier_before: str
    star_grade: int
    tier: str
    score: int
    volume_points: int
    activity_points: int
    review_points: int
    conduct_points: int
    risk_weight: int
    moves: int
    moved_fen: int
    idle_days: int
    review: str
    verified_alerts: int
    status: str
    explanation: str
    explanation_en: str
    decided_us: int

    @property
    def is_change(self) -> bool:
        return (self.star_grade, self.tier) != (self.star_before, self.tier_before)

    @property
    def decided_at(self) -> datetime:
        return from_us(self.decided_us)


def first_day(connection: Connection) -> date | None:
    """Return the first business date on which anybody asked for anything."""
    found = FIRST_DAY.rows(connection)[0][0]
    return None if found is None else to_day(found)


def graded_through(connection: Connection) -> str | None:
    """Return the last month that was looked at, ``2026-03``."""
    found = GRADED.rows(connection)
    return str(found[0][0]) if found else None


def lock_points(connection: Connection, first: date) -> list[Graded]:
    """Lock the points that were open before a month's first day had passed, by ascending id."""
    return [Graded(*row) for row in LOCK_POINTS.rows(connection, first=first.isoformat())]


def activity(connection: Connection, first: date, last: date) -> dict[str, Activity]:
    found = ACTIVITY.rows(connection, first=first.isoformat(), last=last.isoformat())
    return {row[0]: Activity(*(int(number) for number in row[1:])) for row in found}


def verified_alerts(
    connection: Connection, since_us: int, until_us: int
) -> dict[str, dict[str, int]]:
    """Return how many alerts of each severity were verified, by point."""
    found: dict[str, dict[str, int]] = {}
    for point, severity, n in VERIFIED.rows(connection, since_us=since_us, until_us=until_us):
        found.setdefault(point, {})[severity] = n
    return found


def save_grades(connection: Connection, rows: Sequence[GradeRow], month: str) -> None:
    """Write a month, and give the points whose grade changed their new one."""
    INSERT.run(connection, [tuple(getattr(row, name) for name in COLUMNS) for row in rows])
    changed = (row for row in rows if row.is_change)
    CHANGE.run(connection, [(row.star_grade, row.tier, row.service_point_id) for row in changed])
    SET_GRADED.run(connection, month=month)


def tier_changes(connection: Connection) -> dict[str, list[TierChange]]:
    """Return when the tier of each point changed, the earliest first; most never did."""
    found: dict[str, list[TierChange]] = {}
    for point, at_us, before, after in TIER_CHANGES.rows(connection):
        found.setdefault(point, []).append(TierChange(at_us, Tier(before), Tier(after)))
    return found


def grades_of(
    connection: Connection, point: str, most: int, before: str = "9999-12"
) -> list[GradeRow]:
    """Return the grades of a point, the newest first."""
    found: Iterable[Any] = OF_POINT.rows(connection, point=point, before=before, most=most)
    return [GradeRow(**dict(zip(COLUMNS, row, strict=True))) for row in found]
