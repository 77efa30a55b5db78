"""Time at the counter: Asia/Shanghai, business dates with their cut-off, opening hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
CUT_OFF = time(23, 0)
"""Transactions from this hour on carry the next calendar date."""
ONE_DAY = timedelta(days=1)

DEMO_START = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)
"""What the clock of a fresh demo world shows: a Monday, no market or pension day."""

MARKET_DAYS = 5
"""赶集: every town has its market on every fifth day."""


class Clock(Protocol):
    """Whoever tells the time; the answer always carries its zone."""

    def now(self) -> datetime: ...


class StoppedClock:
    """A clock for tests and simulations: it moves only when it is told to."""

    def __init__(self, start: datetime = DEMO_START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move forward; a clock never goes back."""
        if by < timedelta(0):
            raise ValueError("a clock never goes back")
        self._now += by


def business_date(moment: datetime) -> date:
    """Return the business date (会计日期) of ``moment``; every calendar day is one.

    >>> business_date(datetime(2026, 3, 2, 22, 59, tzinfo=SHANGHAI)).isoformat()
    '2026-03-02'
    >>> business_date(datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI)).isoformat()
    '2026-03-03'
    """
    local = moment if moment.tzinfo is SHANGHAI else moment.astimezone(SHANGHAI)
    return local.date() + ONE_DAY if local.hour >= CUT_OFF.hour else local.date()


def month_of(day: date) -> int:
    """Return the month as one sortable number.

    >>> month_of(date(2026, 3, 2))
    202603
    """
    return day.year * 100 + day.month


def start_of(day: date) -> datetime:
    """Return the moment in which business date ``day`` begins: the cut-off of the day before.

    >>> start_of(date(2026, 3, 3)).isoformat()
    '2026-03-02T23:00:00+08:00'
    """
    return datetime.combine(day - timedelta(days=1), CUT_OFF, SHANGHAI)


def minute_of(moment: datetime) -> int:
    """Return the minutes since midnight, local time.

    >>> minute_of(DEMO_START)
    600
    """
    local = moment if moment.tzinfo is SHANGHAI else moment.astimezone(SHANGHAI)
    return local.hour * 60 + local.minute


def in_local_time(moment: datetime) -> str:
    """Return ``moment`` as the API shows it: RFC 3339, milliseconds, +08:00.

    >>> in_local_time(DEMO_START)
    '2026-03-02T10:00:00.000+08:00'
    """
    return moment.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
