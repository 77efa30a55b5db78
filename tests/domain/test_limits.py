"""Limits: the sum of the day counts, the limit itself is still allowed, the amount comes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.limits import Breach, Granularity, Limit, Usage, first_breach
from pos_sim.domain.money import LARGEST, Fen, yuan

amounts = st.integers(1, LARGEST).map(Fen)
usages = st.builds(Usage, st.integers(0, LARGEST).map(Fen), st.integers(0, 1_000))
limits = st.builds(
    Limit,
    st.none() | st.integers(0, LARGEST).map(Fen),
    st.none() | st.integers(0, 1_000),
)


@pytest.mark.parametrize(
    ("used", "amount", "is_breach"),
    [
        (0, 1_999, False),
        (0, 2_000, False),  # 2,000 included
        (0, 2_001, True),
        (1_900, 99, False),
        (1_900, 100, False),  # lands exactly on the limit
        (1_900, 101, True),
        (2_000, 1, True),
    ],
)
def test_the_day_limit_of_a_card(used: int, amount: int, is_breach: bool) -> None:
    limit = Limit(yuan(2_000), None)
    breach = first_breach(limit, Usage(yuan(used), 1), yuan(amount))
    assert breach == (Breach("amount_limit", 200_000, yuan(used)) if is_breach else None)


@pytest.mark.parametrize(("used", "is_breach"), [(8, False), (9, False), (10, True), (11, True)])
def test_the_count_of_a_day(used: int, is_breach: bool) -> None:
    breach = first_breach(Limit(None, 10), Usage(yuan(50), used), yuan(10))
    assert breach == (Breach("count_limit", 10, used) if is_breach else None)


def test_the_amount_is_named_before_the_count() -> None:
    breach = first_breach(Limit(yuan(100), 1), Usage(yuan(100), 1), yuan(10))
    assert breach == Breach("amount_limit", 10_000, 10_000)


def test_a_limit_of_zero_lets_nothing_through() -> None:
    assert first_breach(Limit(Fen(0), None), Usage(Fen(0), 0), Fen(1)) is not None
    assert first_breach(Limit(None, 0), Usage(Fen(0), 0), Fen(1)) is not None


@given(usages, amounts)
def test_without_caps_nothing_is_a_breach(used: Usage, amount: Fen) -> None:
    assert first_breach(Limit(None, None), used, amount) is None


@given(limits, usages, amounts)
def test_what_fits_keeps_the_day_within_the_limit(limit: Limit, used: Usage, amount: Fen) -> None:
    if first_breach(limit, used, amount) is None:
        assert limit.amount_max is None or used.amount + amount <= limit.amount_max
        assert limit.count_max is None or used.count < limit.count_max


@given(limits, usages, amounts, amounts)
def test_less_never_breaches_where_more_fits(
    limit: Limit, used: Usage, one: Fen, other: Fen
) -> None:
    smaller, larger = sorted((one, other))
    if first_breach(limit, used, larger) is None:
        assert first_breach(limit, used, smaller) is None


@pytest.mark.parametrize(
    ("amount", "fits"),
    [(0, False), (999, False), (1_000, True), (1_001, False), (1_500, False), (2_000, True)],
)
def test_notes_of_ten_yuan(amount: int, fits: bool) -> None:
    assert Granularity(minimum=yuan(10), step=yuan(10)).fits(Fen(amount)) is fits
