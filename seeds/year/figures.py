"""The figures of a year, read from the database when its last day is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from pos_sim.domain.policy import PolicySet
from pos_sim.domain.requests import Business
from pos_sim.store.sql import Statement
from seeds.traffic.errands import Quota
from seeds.traffic.figures import (
    Group,
    business_line,
    fee_lines,
    standing_of,
    total,
)
from seeds.traffic.lines import BusinessLine, FeeLines
from seeds.traffic.volumes import YearVolumes
from seeds.year.lines import DayLine, HourLine, PointVolume

HOUR_US = 3_600_000_000
EAST = 8
"""Asia/Shanghai is so many hours ahead of UTC, all year long."""

BY_DAY = Statement(
    "select business_date, business, count(*), sum(coalesce(amount_fen, 0)) from transactions"
    " where business_date >= :first and business_date <= :last and business <> 'reversal'"
    " and status in ('approved', 'held') group by business_date, business"
)
BY_HOUR = Statement(
    f"select decided_us / {HOUR_US}, count(*) from transactions"
    " where business_date >= :first and business_date <= :last and business <> 'reversal'"
    f" and status in ('approved', 'held') group by decided_us / {HOUR_US}"
)
BY_POINT = Statement(
    "select p.service_point_id, p.name, p.latitude, p.longitude, coalesce(t.count, 0),"
    " coalesce(t.amount, 0) from service_points p left join ("
    " select service_point_id, count(*) as count, sum(coalesce(amount_fen, 0)) as amount"
    " from transactions where business_date >= :first and business_date <= :last"
    " and business <> 'reversal' and status in ('approved', 'held') group by service_point_id"
    ") t on t.service_point_id = p.service_point_id where p.bank_id <> 'out'"
    " order by p.service_point_id"
)


def year_lines(
    groups: Sequence[Group], record: YearVolumes, quotas: Iterable[Quota]
) -> list[BusinessLine]:
    """Return one line a business beside what the lived days should have of the record."""
    asked: Counter[Business] = Counter()
    for quota in quotas:
        asked.update(quota)
    return [
        business_line(
            business,
            standing_of(groups, business),
            volume,
            Fraction(asked[business], volume.count),
        )
        for business, volume in record.volumes.items()
    ]


def fees_of(groups: Sequence[Group], policies: PolicySet, last: date) -> FeeLines:
    """Return the fees of what stands; waivers have the titles of the last day's policy."""
    return fee_lines(groups, policies.on(last))


def day_lines(connection: Connection, first: date, last: date) -> list[DayLine]:
    """Return what stands of every day, in order."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    amounts: Counter[str] = Counter()
    for day, business, count, amount in BY_DAY.rows(connection, **span(first, last)):
        counts[str(day)][business] = int(count)
        amounts[str(day)] += int(amount)
    return [
        DayLine(
            date=day,
            count=sum(of_day.values()),
            amount_fen=amounts[day],
            counts=dict(sorted(of_day.items())),
        )
        for day, of_day in sorted(counts.items())
    ]


def hour_lines(connection: Connection, first: date, last: date) -> list[HourLine]:
    """Return what stands of each hour of each weekday, zeros too."""
    counts: Counter[tuple[int, int]] = Counter()
    for hour_number, count in BY_HOUR.rows(connection, **span(first, last)):
        days, hour = divmod(int(hour_number) + EAST, 24)
        counts[(days + THURSDAY) % 7, hour] += int(count)
    return [
        HourLine(weekday=weekday, hour=hour, count=counts[weekday, hour])
        for weekday in range(7)
        for hour in range(24)
    ]


THURSDAY = 3
"""1970-01-01, from which hours are counted, was one; Monday is 0."""


def point_lines(connection: Connection, first: date, last: date) -> list[PointVolume]:
    """Return every point of the province with what stands of its business."""
    return [
        PointVolume(
            service_point_id=row[0],
            name=row[1],
            latitude=row[2],
            longitude=row[3],
            count=int(row[4]),
            amount_fen=int(row[5]),
        )
        for row in BY_POINT.rows(connection, **span(first, last))
    ]


def span(first: date, last: date) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()}


def all_of(lines: Iterable[BusinessLine]) -> tuple[int, float]:
    """Return what was done altogether, and what the record has."""
    kept = list(lines)
    return total(kept, "count"), round(sum(line.record_count for line in kept), 1)
