"""The figures of a year, read from the database when its last day is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from pos_sim.domain.policy import PolicySet
from pos_sim.domain.requests import Business
from pos_sim.store.sql import Statement
from risk.live.rows import start_us_of
from risk.patrol_facts import SUBSIDY_GRADES
from risk.workflows import WORKFLOWS
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
from seeds.year.lines import CountLine, DayLine, HourLine, PointVolume

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
MONTHS = Statement(
    "select t.service_point_id, count(*) from transactions t"
    " where t.business_date >= :first and t.business_date <= :last and t.response_code = '00'"
    " and t.business in ('withdrawal', 'transfer', 'bill_payment', 'cash_remittance')"
    " and t.service_point_id is not null group by t.service_point_id"
)
IDLE = Statement(
    "select clause, band, count(distinct service_point_id) from risk_hits where rule_id = 'R21'"
    " and outcome = 'hit' and at_us >= :since_us and at_us < :until_us group by clause, band"
)
STATUSES = Statement(
    "select status, count(*) from service_points where bank_id <> 'out' group by status"
)
BY_STATE = Statement("select kind, state, count(*) from cases group by kind, state")

STATUS_TITLES = {
    "trial": ("试营业", "On trial"),
    "open": ("正常营业", "Open"),
    "rectifying": ("限期整改", "Under rectification"),
    "frozen": ("冻结", "Frozen"),
    "exited": ("已退出", "Exited"),
}
IDLE_TITLES = {
    ("idle", 1): ("闲置 30 日, 记录备查", "Idle for 30 days: noted"),
    ("idle", 2): ("闲置 90 日, 走访", "Idle for 90 days: pay a visit"),
    ("idle", 3): ("闲置 180 日, 研究退出", "Idle for 180 days: consider closing"),
    ("never_used", 1): ("开业以来从未使用, 走访", "Never used since it opened: pay a visit"),
}


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


def idle_lines(connection: Connection, first: date, last: date) -> list[CountLine]:
    """Return at how many points the patrol noted each degree of idleness (R21)."""
    since_us, until_us = start_us_of(first.toordinal()), start_us_of(last.toordinal() + 1)
    found = {
        (clause, band): int(count)
        for clause, band, count in IDLE.rows(connection, since_us=since_us, until_us=until_us)
    }
    return [
        CountLine(key=f"{clause}-{band}", title=zh, title_en=en, count=found.get((clause, band), 0))
        for (clause, band), (zh, en) in IDLE_TITLES.items()
    ]


def status_lines(connection: Connection) -> list[CountLine]:
    """Return how many points have each status at the end."""
    found = {status: int(count) for status, count in STATUSES.rows(connection)}
    return titled(found, STATUS_TITLES)


def workflow_lines(connection: Connection) -> list[CountLine]:
    """Return how many cases of each kind the year opened, and where they stand."""
    found = {(kind, state): int(count) for kind, state, count in BY_STATE.rows(connection)}
    lines = []
    for kind, workflow in WORKFLOWS.items():
        states = [(state, found.get((kind.value, state.name), 0)) for state in workflow.states]
        count = sum(number for _, number in states)
        title, title_en = workflow.title, workflow.title_en
        lines.append(CountLine(key=kind.value, title=title, title_en=title_en, count=count))
        lines += [
            CountLine(
                key=f"{kind.value}.{state.name}",
                title=f"　{state.title}",
                title_en=state.title_en,
                count=number,
            )
            for state, number in states
            if number
        ]
    return lines


def grade_lines(connection: Connection, last: date) -> list[CountLine]:
    """Return how many points of the last month's days reach each grade of the subsidy."""
    first = last.replace(day=1)
    months = [int(row[1]) for row in MONTHS.rows(connection, **span(first, last))]
    edges = (0, *SUBSIDY_GRADES)
    lines = []
    for number, edge in enumerate(edges):
        above = edges[number + 1] if number + 1 < len(edges) else None
        count = sum(edge <= one and (above is None or one < above) for one in months)
        title = f"当月 {edge}–{above - 1} 笔" if above else f"当月 {edge} 笔以上"
        title_en = f"{edge} to {above - 1} in the month" if above else f"{edge} or more"
        lines.append(CountLine(key=f"grade-{number}", title=title, title_en=title_en, count=count))
    return lines


def titled(found: Mapping[str, int], titles: Mapping[str, tuple[str, str]]) -> list[CountLine]:
    """Return one line a title, and one for each count that has none."""
    more = {key: (key, key) for key in sorted(found.keys() - titles.keys())}
    return [
        CountLine(key=key, title=zh, title_en=en, count=found.get(key, 0))
        for key, (zh, en) in {**titles, **more}.items()
    ]


def span(first: date, last: date) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()}


def all_of(lines: Iterable[BusinessLine]) -> tuple[int, float]:
    """Return what was done altogether, and what the record has."""
    kept = list(lines)
    return total(kept, "count"), round(sum(line.record_count for line in kept), 1)
