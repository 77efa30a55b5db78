"""Cards: numbers, PIN blocks, wrong PINs, secrets that don't print themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.accounts import AccountId
from pos_sim.domain.cards import (
    Card,
    CardSecrets,
    CardStatus,
    Pan,
    Pin,
    Product,
    after_right_pin,
    after_wrong_pin,
    bank_of,
    luhn_digit,
    passes_luhn,
    pin_block_of,
    pin_of_block,
)

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
PAN = Pan("9900010000000017")
SECRETS = CardSecrets(b"a key for tests")
CARD = Card(
    card_id=1,
    masked=str(PAN),
    product=Product.DEBIT,
    bank_id="gyb",
    account_id=AccountId(1_000),
    county="520102",
    birth_date=date(1956, 5, 1),
    status=CardStatus.ACTIVE,
    pin_verification=SECRETS.pin_verification(PAN, Pin("123456")),
    pin_failures=0,
    pin_failed_on=None,
    gets_subsidies=False,
    first_withdrawal_month=0,
    effect=None,
)

digits = st.text("0123456789", min_size=12, max_size=18)
pins = st.text("0123456789", min_size=4, max_size=12).map(Pin)
pans = st.text("0123456789", min_size=13, max_size=19).map(Pan)


# Numbers -------------------------------------------------------------------------------------


@given(digits)
def test_the_check_digit_completes_a_number(body: str) -> None:
    assert passes_luhn(body + str(luhn_digit(body)))


@given(digits, st.integers(1, 9), st.data())
def test_one_wrong_digit_never_passes(body: str, shift: int, data: st.DataObject) -> None:
    number = body + str(luhn_digit(body))
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = str((int(number[place]) + shift) % 10)
    assert not passes_luhn(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    ("number", "bank_id"),
    [
        ("9900010000000017", "gyb"),
        ("9900060000000012", "gzb"),
        ("9900070000000011", "out"),
        ("9900080000000010", None),  # no such bank
        ("9900000000000018", None),
        ("6217000000000000", None),  # a real prefix is never ours
    ],
)
def test_the_number_names_the_issuer(number: str, bank_id: str | None) -> None:
    bank = bank_of(Pan(number))
    assert (bank.bank_id if bank else None) == bank_id


# PIN blocks: ISO 9564 format 0, as Q/CUP 006.4 has it ------------------------------------------


@pytest.mark.parametrize(
    ("pin", "number", "block"),
    [
        ("123456", "123456789012345678", "061253DFFEDCBA98"),
        ("123456", "1234567890123456", "0612713176FEDCBA"),
    ],
)
def test_pin_block_vectors(pin: str, number: str, block: str) -> None:
    assert pin_block_of(Pin(pin), Pan(number)) == block
    assert pin_of_block(block, Pan(number)) == Pin(pin)


@given(pins, pans)
def test_a_pin_survives_its_block(pin: Pin, pan: Pan) -> None:
    block = pin_block_of(pin, pan)
    assert len(block) == 16
    assert pin_of_block(block, pan) == pin


@pytest.mark.parametrize(
    ("clear", "why"),
    [
        ("161234567FFFFFFF", "format 1"),
        ("03123FFFFFFFFFFF", "three digits"),
        ("0D1234567890123F", "thirteen digits"),
        ("0612A456FFFFFFFF", "a letter in the PIN"),
        ("06123456FFFFFFF0", "no filler at the end"),
        ("0612345FFFFFFFFF", "shorter than it says"),
    ],
)
def test_a_malformed_block_has_no_pin(clear: str, why: str) -> None:
    account_part = int("0000" + PAN.whole[-13:-1], 16)
    assert pin_of_block(f"{int(clear, 16) ^ account_part:016X}", PAN) is None, why


def test_a_block_for_another_card_gives_no_right_pin() -> None:
    block = pin_block_of(Pin("123456"), Pan("9900010000000025"))
    assert pin_of_block(block, PAN) != Pin("123456")


# Wrong PINs ------------------------------------------------------------------------------------


def test_wrong_pins_add_up_on_one_business_date() -> None:
    card = CARD
    for count in (1, 2, 3):
        card = after_wrong_pin(card, MONDAY)
        assert card.pin_failures_on(MONDAY) == count


def test_the_next_business_date_starts_from_none() -> None:
    locked = replace(CARD, pin_failures=3, pin_failed_on=MONDAY)
    assert locked.pin_failures_on(TUESDAY) == 0
    assert after_wrong_pin(locked, TUESDAY).pin_failures_on(TUESDAY) == 1


def test_a_right_pin_clears_the_count() -> None:
    card = after_right_pin(after_wrong_pin(CARD, MONDAY))
    assert (card.pin_failures, card.pin_failed_on) == (0, None)


def test_a_right_pin_without_wrong_ones_changes_nothing() -> None:
    assert after_right_pin(CARD) is CARD


# Secrets ---------------------------------------------------------------------------------------


def test_a_card_number_prints_itself_masked() -> None:
    assert str(PAN) == "990001******0017"
    assert PAN.whole not in repr(PAN)
    assert PAN.whole not in f"{PAN} {[PAN]}"


def test_a_pin_never_prints_itself() -> None:
    pin = Pin("123456")
    assert "123456" not in f"{pin} {pin!r} {[pin]}"


def test_keys_never_print_themselves() -> None:
    assert "a key for tests" not in repr(SECRETS)


def test_the_right_pin_is_right_for_its_own_card_and_key_only() -> None:
    expected = CARD.pin_verification
    assert SECRETS.pin_is_right(PAN, Pin("123456"), expected)
    assert not SECRETS.pin_is_right(PAN, Pin("123457"), expected)
    assert not SECRETS.pin_is_right(Pan("9900010000000025"), Pin("123456"), expected)
    assert not CardSecrets(b"another key").pin_is_right(PAN, Pin("123456"), expected)


def test_a_stored_number_depends_on_the_key() -> None:
    assert SECRETS.pan_hash(PAN) == SECRETS.pan_hash(Pan(PAN.whole))
    assert SECRETS.pan_hash(PAN) != CardSecrets(b"another key").pan_hash(PAN)
    assert PAN.whole not in SECRETS.pan_hash(PAN)
