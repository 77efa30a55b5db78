"""评级 Once a month all points are graded for the month that has ended; the clock does it.

A month is graded on the first of the next, at one in the morning, and only when there was history:
some point was watched on at least ``history_days`` of its days. So all points of a demo world are
tier B until the first such month has ended. What changes is logged, and the watch goes by the new
tier with its next group.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from pos_sim.domain.calendar import SHANGHAI, start_of
from pos_sim.domain.service_points import PointStatus
from pos_sim.store.rows import to_us
from risk.audit_log import CLOCK, write_entry
from risk.dated import Dated
from risk.due import Due, Fired
from risk.grade_policies import shipped_grade_policies
from risk.grades import GradePolicy, Month, Review, explained, grade
from risk.store import grade_rows
from risk.store.grade_rows import Activity, Graded, GradeRow
from risk.store.register import touch
from risk.store.reviews import last_reviews
from risk.vocabulary import Severity

KIND = "grading"
AT = time(1, 0)
ONE_DAY = timedelta(days=1)


def grading_due(policies: Dated[GradePolicy] | None = None) -> Due:
    """Return the monthly grading as work of the clock."""
    chosen = policies or shipped_grade_policies()

    def work(connection: Connection, moment: datetime) -> Sequence[Fired]:
        return list(grade_what_is_due(connection, moment, chosen))

    return Due(KIND, next_grading, work)


def next_grading(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next month is graded; None while nothing has ever happened."""
    month = next_month_to_grade(connection)
    return None if month is None else graded_at(month)


def next_month_to_grade(connection: Connection) -> date | None:
    """Return the first day of the month after the last one that was looked at."""
    through = grade_rows.graded_through(connection)
    if through is not None:
        return after(date.fromisoformat(f"{through}-01"))
    day = grade_rows.first_day(connection)
    return None if day is None else day.replace(day=1)


def after(month: date) -> date:
    """Return the first day of the next month.

    >>> after(date(2026, 12, 1)).isoformat()
    '2027-01-01'
    """
    return last_of(month) + ONE_DAY


def last_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def months_before(month: date, months: int) -> date:
    """Return the first day of the month so many months earlier.

    >>> months_before(date(2026, 2, 1), 3).isoformat()
    '2025-11-01'
    """
    number = month.year * 12 + month.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def graded_at(month: date) -> datetime:
    return datetime.combine(after(month), AT, SHANGHAI)


def grade_what_is_due(
    connection: Connection, moment: datetime, policies: Dated[GradePolicy]
) -> Iterator[Fired]:
    """Grade every month that has ended and was not looked at yet."""
    while (month := next_month_to_grade(connection)) and graded_at(month) <= moment:
        yield grade_month(connection, month, policies.on(last_of(month)), moment)


def grade_month(
    connection: Connection, month: date, policy: GradePolicy, moment: datetime
) -> Fired:
    """Grade all points for one month."""
    name = f"{month:%Y-%m}"
    points = grade_rows.lock_points(connection, month)
    days = grade_rows.activity(connection, month, last_of(month))
    if max((one.watched for one in days.values()), default=0) < policy.history_days:
        grade_rows.save_grades(connection, [], name)
        return Fired(
            moment, KIND, name, f"{name} 历史不足，不评级", f"{name}: too little history to grade"
        )
    rows = graded(points, facts_of(connection, points, days, month, policy), name, policy, moment)
    grade_rows.save_grades(connection, rows, name)
    changes = [row for row in rows if row.is_change]
    for row in changes:
        log_change(connection, row, moment)
    if any(row.tier != row.tier_before for row in changes):
        touch(connection)
    return Fired(
        moment,
        KIND,
        name,
        f"{name} 评级：{len(rows)} 个服务点，{len(changes)} 个有变化",
        f"{name}: {len(rows)} points graded, {len(changes)} changed",
    )


def facts_of(
    connection: Connection,
    points: Sequence[Graded],
    days: Mapping[str, Activity],
    month: date,
    policy: GradePolicy,
) -> dict[str, tuple[Month, Activity]]:
    """Return what is known about each point at the end of the month."""
    until = start_of(after(month))
    since = start_of(months_before(month, policy.alert_months - 1))
    verified = grade_rows.verified_alerts(connection, to_us(since), to_us(until))
    reviews = last_reviews(
        connection,
        to_us(start_of(months_before(month, policy.review_months - 1))),
        to_us(until),
    )
    length = last_of(month).day
    facts: dict[str, tuple[Month, Activity]] = {}
    for point in points:
        did = days.get(point.point, Activity())
        facts[point.point] = (
            Month(
                moves=did.moves,
                idle_days=length - did.active,
                review=Review(reviews.get(point.point, Review.NONE)),
                alerts={Severity(s): n for s, n in verified.get(point.point, {}).items()},
                status=PointStatus(point.status),
            ),
            did,
        )
    return facts


def graded(
    points: Sequence[Graded],
    facts: Mapping[str, tuple[Month, Activity]],
    name: str,
    policy: GradePolicy,
    moment: datetime,
) -> list[GradeRow]:
    rows: list[GradeRow] = []
    for point in points:
        month, did = facts[point.point]
        made = grade(month, policy)
        explanation, explanation_en = explained(name, month, made)
        rows.append(
            GradeRow(
                service_point_id=point.point,
                month=name,
                policy_version=policy.version,
                star_before=point.star_grade,
                tier_before=point.tier,
                moves=month.moves,
                moved_fen=did.moved_fen,
                idle_days=month.idle_days,
                review=month.review.value,
                verified_alerts=sum(month.alerts.values()),
                status=month.status.value,
                explanation=explanation,
                explanation_en=explanation_en,
                decided_us=to_us(moment),
                **(asdict(made) | {"tier": made.tier.value}),
            )
        )
    return rows


def log_change(connection: Connection, row: GradeRow, moment: datetime) -> None:
    write_entry(
        connection,
        at=moment,
        actor=CLOCK,
        action="grade",
        subject_kind="service_point",
        subject_id=row.service_point_id,
        before={"star_grade": row.star_before, "tier": row.tier_before},
        after={"star_grade": row.star_grade, "tier": row.tier},
        why=f"{row.explanation} · {row.explanation_en}",
    )
