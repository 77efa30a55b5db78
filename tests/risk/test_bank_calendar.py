"""The bank's calendar: holidays, make-up workdays, and what is not announced yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.calendar import SHANGHAI
from risk.bank_calendar import LAST_ANNOUNCED, STATUTORY, BankCalendar
from risk.deadlines import Allowance, after, due_at
from risk.vocabulary import Severity

BANK = BankCalendar()
ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=SHANGHAI)
)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 3, 2), True),  # a Monday
        (date(2026, 3, 7), False),  # a Saturday
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # a Saturday, made up for the Spring Festival
        (date(2026, 2, 15), False),  # the Festival's first day
        (date(2026, 2, 23), False),  # its last, a Monday
        (date(2026, 2, 24), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday, made up for the National Day
        (date(2027, 2, 8), False),  # statutory; a Monday
        (date(2027, 2, 9), True),  # likely free, but nobody has announced it
        (date(2027, 6, 9), False),
        (date(2028, 10, 2), True),  # not known here
        (date(2028, 10, 1), False),  # a Sunday
    ],
)
def test_a_day(day: date, is_working: bool) -> None:
    assert BANK.is_working(day) is is_working


@pytest.mark.parametrize(("year", "is_so"), [(2025, False), (2026, False), (2027, True)])
def test_a_year_is_provisional_until_it_is_announced(year: int, is_so: bool) -> None:
    assert BANK.is_provisional(year) is is_so


def test_the_days_that_stand_here_are_those_of_years_that_are_not_announced() -> None:
    assert {day.year for day in STATUTORY} == {LAST_ANNOUNCED + 1}
    assert len(STATUTORY) == 13  # as many as the regulation gives


@given(DAYS)
def test_the_next_working_day_is_the_first_one(day: date) -> None:
    found = BANK.next_working_day(day)
    assert BANK.is_working(found)
    assert found > day
    between = (day + n * ONE_DAY for n in range(1, (found - day).days))
    assert not any(BANK.is_working(one) for one in between)


@given(MOMENTS, st.integers(1, 30))
def test_so_many_working_days_lie_between(since: datetime, days: int) -> None:
    due = after(since, Allowance(working_days=days), BANK)
    passed = [since.date() + n * ONE_DAY for n in range(1, (due.date() - since.date()).days + 1)]
    assert sum(map(BANK.is_working, passed)) == days
    assert BANK.is_working(due.date())
    assert due.timetz() == since.timetz()


@given(MOMENTS, st.integers(0, 15), st.integers(0, 15))
def test_waiting_twice_is_waiting_for_the_sum(since: datetime, one: int, two: int) -> None:
    first = after(since, Allowance(working_days=one), BANK)
    assert after(first, Allowance(working_days=two), BANK) == after(
        since, Allowance(working_days=one + two), BANK
    )


@given(MOMENTS, MOMENTS, st.integers(0, 15))
def test_whoever_comes_later_is_not_due_sooner(one: datetime, two: datetime, days: int) -> None:
    first, second = sorted((one, two))
    allowance = Allowance(working_days=days)
    assert after(first, allowance, BANK).date() <= after(second, allowance, BANK).date()


def test_an_alert_before_the_holidays_is_due_after_them() -> None:
    evening = datetime(2026, 9, 30, 16, 0, tzinfo=SHANGHAI)
    assert due_at(Severity.HIGH, evening, BANK).isoformat() == "2026-10-08T16:00:00+08:00"
    assert due_at(Severity.CRITICAL, evening, BANK).isoformat() == "2026-09-30T20:00:00+08:00"
