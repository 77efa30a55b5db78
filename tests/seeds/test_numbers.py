"""Card numbers and PINs follow from the seed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.banks import BANKS, Bank
from pos_sim.domain.cards import bank_of, passes_luhn
from seeds.numbers import EASY_PINS, SERIALS, pan_of, pin_of

GYB = BANKS["gyb"]

seeds = st.integers(min_value=0, max_value=2**63 - 1)
card_ids = st.integers(min_value=1, max_value=SERIALS - 1)


@given(seeds, card_ids, st.sampled_from(list(BANKS.values())))
def test_a_number_has_sixteen_digits_names_its_bank_and_passes_luhn(
    seed: int, card_id: int, bank: Bank
) -> None:
    pan = pan_of(seed, bank, card_id)
    assert len(pan.whole) == 16
    assert pan.whole.startswith("9900")
    assert bank_of(pan) == bank
    assert passes_luhn(pan.whole)


@given(seeds, st.lists(card_ids, min_size=2, max_size=50, unique=True))
def test_two_cards_never_share_a_number(seed: int, ids: list[int]) -> None:
    assert len({pan_of(seed, GYB, card_id).whole for card_id in ids}) == len(ids)


def test_another_seed_gives_other_numbers_and_pins() -> None:
    def world(seed: int) -> Iterator[tuple[str, str]]:
        for card_id in range(1, 200):
            yield pan_of(seed, GYB, card_id).whole, pin_of(seed, card_id).digits

    first, second = set(world(1)), set(world(2))
    assert not {pan for pan, _ in first} & {pan for pan, _ in second}
    assert first == set(world(1))


@given(seeds, card_ids)
def test_a_pin_has_six_digits_and_is_none_of_the_easy_ones(seed: int, card_id: int) -> None:
    pin = pin_of(seed, card_id)
    assert len(pin.digits) == 6
    assert pin.digits.isdigit()
    assert pin.digits not in EASY_PINS


@pytest.mark.parametrize("pin", ["000000", "111111", "123456"])
def test_what_a_tester_tries_first_is_a_wrong_pin(pin: str) -> None:
    assert pin in EASY_PINS
