"""Windows: what is in them, and what a reversal takes away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.calendar import business_date
from risk.events import DAY_US, HOUR_US, Event, Flag, day_of
from risk.facts import FACTS, Source
from risk.measures import Storage
from risk.metrics import METRICS, longest_days
from risk.windows import WindowStore
from tests.risk.stream import NOON, event, reversal


def read(name: str, events: list[Event], key: tuple[Any, ...], as_of_us: int = NOON) -> Any:
    store = WindowStore()
    for one in events:
        store.add(one)
    return store.read(METRICS[name], key, as_of_us)


@pytest.mark.parametrize(
    ("age_us", "counted"),
    [
        (DAY_US - 1, 1),
        (DAY_US, 0),  # the start itself is outside
        (0, 1),
        (-1, 1),  # decided before, though stamped later
    ],
)
def test_a_rolling_window(age_us: int, counted: int) -> None:
    assert read("card_requests_24h", [event(NOON - age_us)], (7,)) == counted


@pytest.mark.parametrize(
    ("age_us", "counted"),
    [
        (7 * DAY_US - HOUR_US, 1),
        (7 * DAY_US - 1, 0),  # its hour began too early
        (7 * DAY_US, 0),
    ],
)
def test_an_hourly_window_holds_whole_hours(age_us: int, counted: int) -> None:
    assert read("point_moves_7d", [event(NOON - age_us)], ("SP1",)) == counted


@pytest.mark.parametrize(
    ("hours_ago", "counted"),
    [
        (12, 1),
        (13, 1),  # 23:00 the evening before: today's business date
        (14, 0),
    ],
)
def test_today_begins_at_the_cut_off(hours_ago: int, counted: int) -> None:
    events = [event(NOON - hours_ago * HOUR_US)]
    assert read("card_withdrawals_today", events, (7,)) == counted


@pytest.mark.parametrize(
    ("days_ago", "of_30", "before_30", "of_7"),
    [(0, 1, 0, 1), (1, 1, 1, 1), (6, 1, 1, 1), (7, 1, 1, 0), (29, 1, 1, 0), (30, 0, 1, 0)],
)
def test_windows_of_business_dates(days_ago: int, of_30: int, before_30: int, of_7: int) -> None:
    events = [event(NOON - days_ago * DAY_US, flags=Flag.OWN)]
    assert read("point_own_sum_30d", events, ("SP1",)) == of_30 * 100_000
    assert read("point_withdrawals_30d", events, ("SP1",)) == before_30
    assert len(read("card_points_7d", events, (7,))) == of_7


@pytest.mark.parametrize(("day", "counted"), [(1, 1), (2, 1), (28, 0)])
def test_a_month_is_that_of_the_business_date(day: int, counted: int) -> None:
    month = 2 if day == 28 else 3
    at_us = NOON + (datetime(2026, month, day, tzinfo=UTC) - datetime(2026, 3, 2, tzinfo=UTC)) // (
        timedelta(microseconds=1)
    )
    assert read("point_tiny_month", [event(at_us, amount=1_000)], ("SP1",)) == counted


def test_another_key_is_another_window() -> None:
    assert read("card_requests_24h", [event()], (8,)) == 0
    assert read("point_cards_2h", [event(), event(card=8)], ("SP1",)) == {7, 8}


def test_refused_requests_count_but_move_no_money() -> None:
    refused = event(moved=False, settles_us=None)
    assert read("card_withdrawals_today", [refused], (7,)) == 1
    assert read("card_withdrawn_today", [refused], (7,)) == 0
    assert read("point_moves_today", [refused], ("SP1",)) == 0


def test_a_held_transfer_is_paid_when_it_is_released() -> None:
    release = NOON + DAY_US
    held = event(business="transfer", payee=55, settles_us=release)
    assert read("card_payee_paid_180d", [held], (7, 55), release - 1) == 0
    assert read("card_payee_paid_180d", [held], (7, 55), release) == 100_000


def test_a_reversal_leaves_the_sums_and_not_the_counts() -> None:
    original = event(NOON - HOUR_US)
    events = [original, reversal(original, NOON)]
    assert read("card_withdrawn_today", events[:1], (7,)) == 100_000
    assert read("card_withdrawn_today", events, (7,)) == 0
    assert read("card_withdrawals_today", events, (7,)) == 1
    assert read("point_cards_2h", events, ("SP1",)) == {7}
    assert read("card_reversals_24h", events, (7,)) == 1
    assert read("card_day_sums_7d", events, (7,)) == {day_of(NOON): 0}
    assert [amount for _, amount, _ in read("card_outflows_24h", events, (7,))] == [
        100_000,
        -100_000,
    ]


def test_a_reversal_is_a_negative_entry_in_its_own_day() -> None:
    original = event(NOON - DAY_US)
    events = [original, reversal(original, NOON)]
    today = day_of(NOON)
    assert read("card_day_sums_7d", events, (7,)) == {today - 1: 100_000, today: -100_000}
    assert read("card_withdrawn_today", events, (7,)) == -100_000


def test_last_seen_is_the_latest_moment_and_of_two_the_later_decided() -> None:
    events = [event(NOON, point="SP2"), event(NOON - 1, point="SP1"), event(NOON, point="SP3")]
    assert read("card_last_moved", events[:2], (7,)) == (NOON, "SP2")
    assert read("card_last_moved", events, (7,)) == (NOON, "SP3")


def test_storage_follows_the_window() -> None:
    """Exact up to 24 hours, hourly up to 7 days, daily beyond; pairs are exact: they are few."""
    for metric in METRICS.values():
        if metric.storage is Storage.EXACT and metric.scope not in ("account+point", "payee+point"):
            assert longest_days(frozenset({metric.name})) == 1
        if metric.storage is Storage.HOURLY:
            assert longest_days(frozenset({metric.name})) == 7


def test_every_windowed_fact_has_its_metric() -> None:
    windowed = [fact for fact in FACTS.values() if fact.source is Source.WINDOW]
    assert windowed
    assert {name for fact in windowed for name in fact.metrics} <= METRICS.keys()


@given(st.integers(NOON - 5_000 * DAY_US, NOON + 5_000 * DAY_US))
def test_the_quick_business_date_is_that_of_the_calendar(at_us: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    assert day_of(at_us) == business_date(moment).toordinal()
