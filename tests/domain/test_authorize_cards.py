"""The checks of a card, each at its edge: number, status, kind, PIN, and the magic ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pos_sim.domain.cards import CardStatus, Pan
from pos_sim.domain.magic import Effect
from tests.counter import (
    inquiry,
    withdrawal,
)
from tests.domain.asked import answer, checked, mistyped
from tests.domain.days import MONDAY
from tests.worlds import (
    ATM,
    MOBILE,
    POS,
    SMALL,
    WRONG_PIN,
)


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        (SMALL.pan("gyb_debit").whole, None),
        (mistyped(SMALL.pan("gyb_debit").whole), ("card_unknown", "14")),  # fails Luhn
        (checked("990001999999999"), ("card_unknown", "14")),  # passes, but nobody has it
        (checked("990099000000000"), ("issuer_unknown", "15")),  # the network has no bank 99
        (checked("622202000000000"), ("issuer_unknown", "15")),  # not a number of this world
        (mistyped(checked("622202000000000")), ("card_unknown", "14")),  # Luhn comes first
    ],
)
def test_the_card_number(digits: str, expected: tuple[str, str] | None) -> None:
    assert answer(replace(withdrawal(), pan=Pan(digits))) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (CardStatus.ACTIVE, None),
        (CardStatus.LOST, ("card_lost", "41")),
        (CardStatus.STOLEN, ("card_stolen", "43")),
        (CardStatus.EXPIRED, ("card_expired", "54")),
        (CardStatus.RESTRICTED, ("card_restricted", "62")),
    ],
)
def test_the_status_of_the_card(status: CardStatus, expected: tuple[str, str] | None) -> None:
    world = SMALL.with_card("gyb_debit", status=status)
    assert answer(withdrawal(), world) == expected
    assert answer(inquiry(), world) == expected


@pytest.mark.parametrize(
    ("terminal", "expected"),
    [(POS, ("credit_card", "57")), (MOBILE, ("credit_card", "57")), (ATM, None)],
)
def test_a_credit_card(terminal: str, expected: tuple[str, str] | None) -> None:
    assert answer(withdrawal(terminal=terminal, card="gyb_credit")) == expected


WRONG, LOCKED = ("pin_wrong", "55"), ("pin_locked", "75")


@pytest.mark.parametrize(
    ("failures", "failed_on", "is_right", "expected"),
    [
        (0, None, True, None),
        (0, None, False, WRONG),
        (1, MONDAY, False, WRONG),
        (2, MONDAY, True, None),  # two wrong ones, then the right one
        (2, MONDAY, False, LOCKED),  # the third wrong PIN
        (3, MONDAY, True, LOCKED),  # and after it
        (3, MONDAY, False, LOCKED),
        (4, MONDAY, True, LOCKED),
        (3, MONDAY - timedelta(days=1), True, None),  # the next business date
        (2, MONDAY - timedelta(days=1), False, WRONG),
        (3, MONDAY - timedelta(days=1), False, WRONG),
    ],
)
def test_the_pin(
    failures: int, failed_on: date | None, is_right: bool, expected: tuple[str, str] | None
) -> None:
    world = SMALL.with_card("gyb_debit", pin_failures=failures, pin_failed_on=failed_on)
    request = withdrawal() if is_right else withdrawal(pin=WRONG_PIN)
    assert answer(request, world) == expected


def test_a_malformed_pin_block_is_a_wrong_pin() -> None:
    assert answer(replace(withdrawal(), pin=None)) == WRONG


@pytest.mark.parametrize("failures", [0, 2, 3, 99])
def test_the_magic_wrong_pin_card_never_locks(failures: int) -> None:
    world = SMALL.with_card("magic_wrong_pin", pin_failures=failures, pin_failed_on=MONDAY)
    assert answer(withdrawal(card="magic_wrong_pin"), world) == WRONG


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect.SHORT_OF_MONEY, ("balance", "51")),
        (Effect.WRONG_PIN, WRONG),
        (Effect.ISSUER_DOWN, ("issuer_down", "91")),
        (Effect.SLOW, None),
        (Effect.SILENT, None),
    ],
)
def test_a_magic_card_always_answers_the_same(
    effect: Effect, expected: tuple[str, str] | None
) -> None:
    world = SMALL.with_card("gyb_debit", effect=effect)
    assert answer(withdrawal(), world) == expected
