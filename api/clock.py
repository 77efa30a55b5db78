"""The sandbox's clock: what it shows, in words, and where a request to move it leads."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from api.models.about import ClockShown
from api.models.clock import ClockBody, FiredShown, Moved
from pos_sim.domain.calendar import (
    CUT_OFF,
    SHANGHAI,
    business_date,
    in_local_time,
    start_of,
)
from risk.bank_calendar import BankCalendar
from risk.due import Fired

ONE_DAY = timedelta(days=1)
OPENING = time(8, 0)
"""When counters open."""

FURTHEST = timedelta(days=3 * 366)
"""How far one request may move the clock: it is answered when all work on the way is done."""


def clock_shown(now: datetime) -> ClockShown:
    """Return the clock; ``now`` is the sandbox's time."""
    day, calendar = business_date(now), BankCalendar()
    return ClockShown(
        now=in_local_time(now),
        business_date=day.isoformat(),
        cut_off=CUT_OFF.isoformat("minutes"),
        next_cut_off=in_local_time(start_of(day + ONE_DAY)),
        is_working_day=calendar.is_working(day),
        next_working_day=calendar.next_working_day(day).isoformat(),
        calendar_is_provisional=calendar.is_provisional(day.year),
        offset_s=round((now - datetime.now(UTC)).total_seconds(), 3),
    )


def moved(before: datetime, now: datetime, fired: Sequence[Fired]) -> Moved:
    """Return what moving the clock brought about."""
    return Moved(
        before=in_local_time(before),
        clock=clock_shown(now),
        fired=[
            FiredShown(
                at=in_local_time(one.at),
                kind=one.kind,
                subject_id=one.subject_id,
                text=one.text,
                text_en=one.text_en,
            )
            for one in fired
        ],
        counts=dict(sorted(Counter(one.kind for one in fired).items())),
    )


def target_of(body: ClockBody, now: datetime, next_review: datetime | None) -> datetime | None:
    """Return where the clock shall go, None where no annual review is planned.

    It may lie behind ``now``; whoever asked for that is told.
    """
    if body.advance_by is not None:
        return later(now, body.advance_by)
    if body.advance_to is not None:
        return body.advance_to
    if body.advance_to_next == "annual_review":
        return next_review and max(next_review, now)
    assert body.advance_to_next is not None
    return NEXT[body.advance_to_next](now)


def next_opening(now: datetime) -> datetime:
    """Return the next 08:00.

    >>> next_opening(datetime(2026, 3, 2, 8, 0, tzinfo=SHANGHAI)).isoformat()
    '2026-03-03T08:00:00+08:00'
    """
    return next_time(now, OPENING)


def next_cut_off(now: datetime) -> datetime:
    """Return the next 23:00, when the next business date begins."""
    return next_time(now, CUT_OFF)


def next_time(now: datetime, wanted: time) -> datetime:
    local = now.astimezone(SHANGHAI)
    today = datetime.combine(local.date(), wanted, SHANGHAI)
    return today if today > local else today + ONE_DAY


def next_month_start(now: datetime) -> datetime:
    """Return midnight before the next first of a month.

    >>> next_month_start(datetime(2026, 12, 31, 23, 30, tzinfo=SHANGHAI)).isoformat()
    '2027-01-01T00:00:00+08:00'
    """
    first = now.astimezone(SHANGHAI).date().replace(day=1)
    return datetime.combine(after_months(first, 1), time(0), SHANGHAI)


def after_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


NEXT: dict[str, Callable[[datetime], datetime]] = {
    "business_day": next_opening,
    "cut_off": next_cut_off,
    "month_start": next_month_start,
}

PARTS = re.compile(r"([0-9]+)([YMWDHS])")


def later(now: datetime, duration: str) -> datetime:
    """Return the moment after an ISO 8601 duration; months and years by the calendar.

    >>> later(datetime(2026, 1, 31, 10, 0, tzinfo=SHANGHAI), "P1MT30M").isoformat()
    '2026-02-28T10:30:00+08:00'
    """
    of_days, _, of_hours = duration[1:].partition("T")
    days = {unit: int(number) for number, unit in PARTS.findall(of_days)}
    hours = {unit: int(number) for number, unit in PARTS.findall(of_hours)}
    local = now.astimezone(SHANGHAI)
    months = 12 * days.get("Y", 0) + days.get("M", 0)
    if months > 12 * MOST_YEARS:
        return local + 2 * FURTHEST
    day = after_months(local.date(), months)
    return datetime.combine(day, local.timetz()) + timedelta(
        weeks=days.get("W", 0),
        days=days.get("D", 0),
        hours=hours.get("H", 0),
        minutes=hours.get("M", 0),
        seconds=hours.get("S", 0),
    )


MOST_YEARS = 10
"""Beyond it a date may not exist any more, and it is too far anyway."""
