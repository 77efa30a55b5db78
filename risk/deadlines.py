"""How soon somebody must look: due times in working days, warnings, escalation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Protocol

from pos_sim.domain.calendar import SHANGHAI
from risk.vocabulary import Severity


class WorkingDays(Protocol):
    """The bank's calendar."""

    def is_working(self, day: date) -> bool: ...


class MondayToFriday:
    """A calendar without holidays, for tests and where none is set."""

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5


@dataclass(frozen=True, slots=True)
class Allowance:
    """Hours by the clock, or working days."""

    hours: int = 0
    working_days: int = 0

    def times(self, factor: int) -> Allowance:
        return Allowance(self.hours * factor, self.working_days * factor)


ALLOWANCES: dict[Severity, Allowance] = {
    Severity.CRITICAL: Allowance(hours=4),
    Severity.HIGH: Allowance(working_days=1),
    Severity.MEDIUM: Allowance(working_days=3),
    Severity.LOW: Allowance(working_days=10),
}

WARN_PERCENT = 70


class Stage(IntEnum):
    """How late an alert is; it belongs to the queue and not to the person."""

    ON_TIME = 0
    WARNED = 1  # 70 % of the time has passed
    PARENT_BRANCH = 2  # all of it: the parent branch is told
    PROVINCE = 3  # twice as much: the province is told


def due_at(severity: Severity, since: datetime, calendar: WorkingDays) -> datetime:
    """Return when an alert of this severity must be dealt with.

    >>> friday = datetime(2026, 3, 6, 15, 0, tzinfo=SHANGHAI)
    >>> due_at(Severity.HIGH, friday, MondayToFriday()).isoformat()
    '2026-03-09T15:00:00+08:00'
    """
    return after(since, ALLOWANCES[severity], calendar)


def stage_at(severity: Severity, since: datetime, now: datetime, calendar: WorkingDays) -> Stage:
    """Return how late an alert is that has been open ``since``; every edge belongs to the later."""
    allowance = ALLOWANCES[severity]
    due = after(since, allowance, calendar)
    edges = (
        (Stage.PROVINCE, after(since, allowance.times(2), calendar)),
        (Stage.PARENT_BRANCH, due),
        (Stage.WARNED, since + (due - since) * WARN_PERCENT / 100),
    )
    return next((stage for stage, edge in edges if now >= edge), Stage.ON_TIME)


def after(since: datetime, allowance: Allowance, calendar: WorkingDays) -> datetime:
    """Return the moment after so many hours, or at the same time so many working days later."""
    moment = since.astimezone(SHANGHAI) + timedelta(hours=allowance.hours)
    left = allowance.working_days
    while left:
        moment += timedelta(days=1)
        left -= calendar.is_working(moment.date())
    return moment
