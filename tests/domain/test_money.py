"""Money: whole fen, one rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.money import LARGEST, BasisPoints, Fen, between, in_yuan, share, yuan

amounts = st.integers(0, LARGEST).map(Fen)
rates = st.integers(0, 10_000).map(BasisPoints)


@pytest.mark.parametrize(
    ("amount", "fen"),
    [(0, 0), (1, 100), ("0.01", 1), ("2.50", 250), ("2.5", 250), (2_000, 200_000), ("-1.23", -123)],
)
def test_yuan_become_whole_fen(amount: int | str, fen: int) -> None:
    assert yuan(amount) == fen


@pytest.mark.parametrize("amount", ["0.001", "1.239", "ten", ""])
def test_what_is_no_whole_number_of_fen_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        yuan(amount)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_at_all_is_refused(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        yuan(text)


@given(amounts)
def test_fen_survive_the_way_to_yuan_and_back(amount: Fen) -> None:
    assert yuan(in_yuan(amount).replace(",", "")) == amount


@pytest.mark.parametrize(
    ("amount", "rate", "expected"),
    [
        (99, 50, 0),  # 0.495
        (100, 50, 1),  # 0.5: halves go up
        (101, 50, 1),  # 0.505
        (299, 50, 1),  # 1.495
        (300, 50, 2),  # 1.5
        (50_000, 50, 250),
        (200_000, 50, 1_000),
        (200_000, 80, 1_600),
        (12_345, 10_000, 12_345),  # all of it
        (12_345, 0, 0),
    ],
)
def test_the_one_rounding(amount: int, rate: int, expected: int) -> None:
    assert share(Fen(amount), BasisPoints(rate)) == expected


@given(amounts, rates)
def test_a_share_is_never_more_than_half_a_fen_off(amount: Fen, rate: BasisPoints) -> None:
    exact = Fraction(amount * rate, 10_000)
    assert -Fraction(1, 2) < share(amount, rate) - exact <= Fraction(1, 2)


@given(amounts, rates)
def test_a_share_is_never_negative_and_never_more_than_the_whole(
    amount: Fen, rate: BasisPoints
) -> None:
    assert 0 <= share(amount, rate) <= amount


@given(amounts, amounts, rates)
def test_a_share_of_more_is_not_less(one: Fen, other: Fen, rate: BasisPoints) -> None:
    smaller, larger = sorted((one, other))
    assert share(smaller, rate) <= share(larger, rate)


@pytest.mark.parametrize(
    ("amount", "floor", "cap", "expected"),
    [
        (99, 100, 2_000, 100),
        (100, 100, 2_000, 100),
        (101, 100, 2_000, 101),
        (1_999, 100, 2_000, 1_999),
        (2_000, 100, 2_000, 2_000),
        (2_001, 100, 2_000, 2_000),
        (2_001, 100, None, 2_001),
    ],
)
def test_floor_and_cap(amount: int, floor: int, cap: int | None, expected: int) -> None:
    capped = between(Fen(amount), floor=Fen(floor), cap=None if cap is None else Fen(cap))
    assert capped == expected
