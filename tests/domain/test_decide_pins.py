"""What wrong PINs do: which of them count, when they lock a card, and when the lock ends."""

from __future__ import annotations

from datetime import datetime

import pytest

from pos_sim.domain.cards import CardStatus, Pin
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Request
from tests.counter import (
    card_bill,
    inquiry,
    transfer,
    withdrawal,
)
from tests.domain.days import AT_CUT_OFF, BEFORE_CUT_OFF, MONDAY
from tests.memory_bank import DOUBTED_AMOUNT, MemoryBank
from tests.worlds import (
    ATM,
    OTHER_POS,
    PIN,
    POS,
    SMALL,
    WRONG_PIN,
)

R, W = PIN, WRONG_PIN


@pytest.mark.parametrize(
    ("pins", "codes"),
    [
        ([W, W, W, W], ["55", "55", "75", "75"]),
        ([W, W, R], ["55", "55", "00"]),
        ([W, W, W, R], ["55", "55", "75", "75"]),  # the right one comes too late
        ([W, W, R, W, W, R], ["55", "55", "00", "55", "55", "00"]),  # a right one resets
        ([W, W, R, W, W, W, R], ["55", "55", "00", "55", "55", "75", "75"]),
    ],
)
def test_three_wrong_pins_lock_the_card(pins: list[Pin], codes: list[str]) -> None:
    bank = MemoryBank()
    asked = [inquiry(trace, pin=pin) for trace, pin in enumerate(pins, start=1)]
    assert [bank.ask(request).response_code for request in asked] == codes


@pytest.mark.parametrize(
    ("at", "code"), [(BEFORE_CUT_OFF, "75"), (AT_CUT_OFF, "00")], ids=["before", "after"]
)
def test_the_lock_ends_with_the_business_date(at: datetime, code: str) -> None:
    bank = MemoryBank()
    for trace in (1, 2, 3):
        bank.ask(inquiry(trace, pin=WRONG_PIN))
    assert bank.ask(inquiry(4, at=at)).response_code == code


@pytest.mark.parametrize(
    ("at", "codes"),
    [(BEFORE_CUT_OFF, ["75", "75"]), (AT_CUT_OFF, ["55", "55", "75"])],
    ids=["before", "after"],
)
def test_wrong_pins_of_yesterday_do_not_count(at: datetime, codes: list[str]) -> None:
    bank = MemoryBank()
    bank.ask(inquiry(1, pin=WRONG_PIN))
    bank.ask(inquiry(2, pin=WRONG_PIN))
    later = [inquiry(3 + i, pin=WRONG_PIN, at=at) for i in range(len(codes))]
    assert [bank.ask(request).response_code for request in later] == codes


def test_a_replayed_wrong_pin_does_not_count() -> None:
    bank = MemoryBank()
    for _ in range(5):
        assert bank.ask(inquiry(1, pin=WRONG_PIN)).response_code == "55"
    assert bank.card("gyb_debit").pin_failures == 1


def test_every_terminal_counts_the_same_card() -> None:
    bank = MemoryBank()
    codes = [
        bank.ask(inquiry(1, terminal=terminal, pin=WRONG_PIN)).response_code
        for terminal in (POS, ATM, OTHER_POS)
    ]
    assert codes == ["55", "55", "75"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"status": CardStatus.LOST}, "41"), ({"status": CardStatus.EXPIRED}, "54")],
)
def test_a_pin_that_was_never_looked_at_does_not_count(
    changes: dict[str, object], code: str
) -> None:
    bank = MemoryBank(SMALL.with_card("gyb_debit", pin_failures=1, pin_failed_on=MONDAY, **changes))
    assert bank.ask(inquiry(pin=WRONG_PIN)).response_code == code
    assert bank.card("gyb_debit").pin_failures == 1


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (withdrawal(3, amount=Fen(1_001)), "13"),
        (withdrawal(3, amount=yuan(2_010)), "61"),
        (card_bill(3, bill_no="99999999"), "25"),
        (transfer(3, payee_name="谁"), "A3"),
        (transfer(3, amount=yuan(20_000)), "51"),
        (transfer(3, amount=DOUBTED_AMOUNT), "59"),
    ],
)
def test_a_right_pin_resets_the_count_even_when_a_later_check_refuses(
    request_: Request, code: str
) -> None:
    bank = MemoryBank()
    bank.ask(inquiry(1, pin=WRONG_PIN))
    bank.ask(inquiry(2, pin=WRONG_PIN))
    assert bank.ask(request_).response_code == code
    assert bank.card("gyb_debit").pin_failures == 0


def test_the_magic_wrong_pin_card_never_locks() -> None:
    bank = MemoryBank()
    codes = {
        bank.ask(inquiry(trace, card="magic_wrong_pin")).response_code for trace in range(1, 9)
    }
    assert codes == {"55"}
    assert bank.card("magic_wrong_pin").pin_failures == 0
