"""Even spreading: amounts that keep shape and sum, shares that keep their size."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Business
from seeds.dice import Dice
from seeds.traffic.habits import PAID
from seeds.traffic.spread import along, amounts, even, rounded, settled, shuffled, some
from tests.traffic.days import RHYTHM

seeds = st.integers(0, 2**32)
counts = st.integers(0, 300)
BANDS = RHYTHM.habits.bands
MEANS = {business: RHYTHM.record.volumes[business].mean for business in PAID}


@pytest.mark.parametrize("business", PAID)
@pytest.mark.parametrize("count", [40, 433, 990, 1_051])
@pytest.mark.parametrize("seed", range(5))
def test_a_day_has_the_sum_that_was_asked_for(business: Business, count: int, seed: int) -> None:
    asked = count * MEANS[business]
    found = sum(amounts(BANDS[business], count, asked, Dice(seed)))
    assert abs(found - asked) <= max(band.step for band in BANDS[business])


@given(count=counts, seed=seeds, business=st.sampled_from(PAID))
def test_every_amount_can_be_asked_for(count: int, seed: int, business: Business) -> None:
    bands = BANDS[business]
    found = amounts(bands, count, count * MEANS[business], Dice(seed))
    lowest, highest = min(band.low for band in bands), max(band.high for band in bands)
    assert len(found) == count
    assert all(lowest <= amount <= highest for amount in found)
    if business is Business.WITHDRAWAL:
        assert all(amount % yuan(10) == 0 for amount in found)


@pytest.mark.parametrize("seed", range(5))
def test_common_amounts_are_as_common_as_their_bands_say(seed: int) -> None:
    bands = BANDS[Business.WITHDRAWAL]
    found = Counter(amounts(bands, 990, 990 * MEANS[Business.WITHDRAWAL], Dice(seed)))
    for band in bands:
        if band.low == band.high:
            assert abs(found[band.low] - 990 * band.permille / 1_000) <= 12  # type: ignore[index]


def test_no_operations_have_no_amounts() -> None:
    assert amounts(BANDS[Business.WITHDRAWAL], 0, Fraction(0), Dice(1)) == []
    assert settled([], Fraction(100)) == []


def test_two_remittances_still_have_about_the_mean() -> None:
    mean = MEANS[Business.CASH_REMITTANCE]
    for seed in range(20):
        found = amounts(BANDS[Business.CASH_REMITTANCE], 2, 2 * mean, Dice(seed))
        assert abs(sum(found) - 2 * mean) < yuan(100), found


@given(count=st.integers(1, 300), seed=seeds)
def test_even_places_stand_one_in_each_part(count: int, seed: int) -> None:
    assert [int(place * count) for place in even(count, Dice(seed))] == list(range(count))


@given(weights=st.lists(st.integers(0, 50), min_size=1), count=counts, seed=seeds)
def test_everybody_is_chosen_as_often_as_the_weight_asks(
    weights: list[int], count: int, seed: int
) -> None:
    if sum(weights) == 0:
        return
    chosen = Counter(along(weights, count, Dice(seed)))
    for number, weight in enumerate(weights):
        assert abs(chosen[number] - Fraction(count * weight, sum(weights))) <= 1


@given(permille=st.integers(0, 1_000), count=counts, seed=seeds)
def test_a_share_is_kept_give_or_take_one(permille: int, count: int, seed: int) -> None:
    answers = some(permille, count, Dice(seed))
    assert len(answers) == count
    assert abs(sum(answers) - Fraction(permille * count, 1_000)) < 1


def test_rounding_keeps_the_number_in_the_long_run() -> None:
    dice = Dice(1)
    assert abs(sum(rounded(Fraction(1, 4), dice) for _ in range(4_000)) - 1_000) < 100


@given(items=st.lists(st.integers()), seed=seeds)
def test_shuffling_loses_nothing(items: list[int], seed: int) -> None:
    assert sorted(shuffled(items, Dice(seed))) == sorted(items)
