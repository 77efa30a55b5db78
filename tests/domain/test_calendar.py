"""Time at the counter."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.calendar import (
    DEMO_START,
    SHANGHAI,
    StoppedClock,
    business_date,
    in_local_time,
    minute_of,
    month_of,
    start_of,
)

moments = st.integers(
    int(datetime(2011, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2099, 1, 1, tzinfo=UTC).timestamp()),
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2026-03-02T00:00:00", date(2026, 3, 2)),
        ("2026-03-02T22:59:59.999999", date(2026, 3, 2)),
        ("2026-03-02T23:00:00", date(2026, 3, 3)),  # the cut-off belongs to tomorrow
        ("2026-03-02T23:59:59", date(2026, 3, 3)),
        ("2026-03-03T00:00:00", date(2026, 3, 3)),
        ("2026-02-28T23:00:00", date(2026, 3, 1)),
        ("2026-12-31T23:00:00", date(2027, 1, 1)),
    ],
)
def test_the_cut_off_turns_the_business_date(local: str, day: date) -> None:
    assert business_date(datetime.fromisoformat(f"{local}+08:00")) == day


def test_the_business_date_is_asked_in_shanghai_wherever_the_server_stands() -> None:
    assert business_date(datetime(2026, 3, 2, 14, 59, tzinfo=UTC)) == date(2026, 3, 2)
    assert business_date(datetime(2026, 3, 2, 15, 0, tzinfo=UTC)) == date(2026, 3, 3)


@given(moments)
def test_a_moment_lies_between_the_start_of_its_date_and_of_the_next(moment: datetime) -> None:
    day = business_date(moment)
    assert start_of(day) <= moment < start_of(day + timedelta(days=1))


@given(moments)
def test_a_date_starts_on_itself_and_a_moment_before_is_yesterday(moment: datetime) -> None:
    day = business_date(moment)
    assert business_date(start_of(day)) == day
    assert business_date(start_of(day) - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_months_sort_across_the_turn_of_the_year() -> None:
    assert month_of(date(2026, 9, 30)) < month_of(date(2026, 10, 1)) < month_of(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("at", "minute"), [(time(0, 0), 0), (time(6, 0), 360), (time(23, 59, 59), 1_439)]
)
def test_the_minute_of_the_day(at: time, minute: int) -> None:
    assert minute_of(datetime.combine(date(2026, 3, 2), at, SHANGHAI)) == minute


def test_local_time_has_milliseconds_and_its_offset() -> None:
    moment = datetime(2026, 3, 2, 2, 15, 0, 123_999, tzinfo=UTC)
    assert in_local_time(moment) == "2026-03-02T10:15:00.123+08:00"


def test_a_fresh_clock_shows_a_monday_morning() -> None:
    assert StoppedClock().now() == DEMO_START
    assert DEMO_START.isoweekday() == 1


def test_a_clock_goes_forward_only() -> None:
    clock = StoppedClock()
    clock.advance(timedelta(hours=13))
    assert business_date(clock.now()) == date(2026, 3, 3)
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(timedelta(seconds=-1))
