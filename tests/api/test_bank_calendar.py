"""What the clock says of the bank's working days, most of a year ahead."""

from __future__ import annotations

import pytest

from tests.api.counter import Counter
from tests.api.test_clock import moved


@pytest.fixture(scope="module")
def kind() -> str:
    """A holiday is one on any database."""
    return "sqlite"


def test_the_clock_knows_the_banks_calendar(counter: Counter) -> None:
    shown = counter.get("/sim/clock").json()
    assert shown["calendar_is_provisional"] is False
    assert shown["next_working_day"] > shown["business_date"]
    moved(counter, advance_to="2027-02-05T10:00:00+08:00")  # 除夕
    shown = counter.get("/sim/clock").json()
    assert (shown["is_working_day"], shown["next_working_day"]) == (False, "2027-02-09")
    assert shown["calendar_is_provisional"] is True
