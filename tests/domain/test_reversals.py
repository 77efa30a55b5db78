"""Reversals 冲正: the contract's table, row by row, and what is given back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request, ReversalReason
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.transactions import Status
from tests.counter import (
    cash_bill,
    inquiry,
    key,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.domain.undoing import MOVING, ONE_DAY, UNTOUCHED, balances, named
from tests.memory_bank import MemoryBank
from tests.worlds import (
    MOBILE,
    POINT,
    POS,
    UNBOUND,
    UNKNOWN,
    WRONG_PIN,
)


@pytest.mark.parametrize("original", MOVING, ids=named)
def test_what_moved_money_is_mirrored_to_the_last_fen(original: Request) -> None:
    bank = MemoryBank()
    t = bank.ask(original)
    assert balances(bank) != UNTOUCHED
    undone = bank.ask(reversal(terminal=original.key.terminal_id))
    assert (undone.status, undone.response_code) == (Status.APPROVED, "00")
    assert balances(bank) == UNTOUCHED
    ended = bank.find(1, original.key.terminal_id)
    assert (ended.status, ended.ended_by) == (Status.REVERSED, undone.transaction_id)
    assert ended == replace(t, status=ended.status, ended_by=ended.ended_by)


def test_the_answer_names_the_original_its_amount_and_the_fee_that_returns() -> None:
    bank = MemoryBank()
    t = bank.ask(transfer())
    undone = bank.ask(reversal())
    assert undone.original_id == t.transaction_id
    assert (undone.amount, undone.fee_charged) == (t.amount, t.fee_charged)
    assert undone.fee_charged == yuan(1)
    assert (undone.card_id, undone.card_masked) == (t.card_id, t.card_masked)
    assert undone.balance is None


def test_reversed_before_answers_00_and_moves_nothing_again() -> None:
    bank = MemoryBank()
    bank.ask(transfer())
    bank.ask(reversal(8))
    before, entries = balances(bank), len(bank.book.entries)
    again = bank.ask(reversal(9))
    assert (again.response_code, again.original_id) == ("00", key(1).transaction_id)
    assert (again.amount, again.fee_charged) == (yuan(100), 0)  # this one returned no fee
    assert (balances(bank), len(bank.book.entries)) == (before, entries)
    assert bank.find(1).ended_by == key(8).transaction_id


def test_the_same_reversal_again_is_a_replay() -> None:
    bank = MemoryBank()
    bank.ask(transfer())
    first = bank.ask_all([reversal()])[0]
    (again,) = bank.ask_all([reversal(at=DEMO_START + ONE_DAY)])
    assert again.is_replay
    assert again.transaction == first.transaction


@pytest.mark.parametrize(
    "original",
    [withdrawal(pin=WRONG_PIN), withdrawal(amount=yuan(2_010)), remittance(payee_name="谁")],
    ids=named,
)
def test_declined_answers_00_and_has_nothing_to_move(original: Request) -> None:
    bank = MemoryBank()
    bank.ask(original)
    undone = bank.ask(reversal())
    assert (undone.response_code, undone.fee_charged) == ("00", 0)
    assert balances(bank) == UNTOUCHED
    assert bank.find(1).status is Status.DECLINED
    assert not bank.book.entries


def test_never_seen_answers_25_and_buries_the_original() -> None:
    bank = MemoryBank()
    early = bank.ask(reversal())
    assert (early.response_code, early.status, early.original_id) == ("25", Status.DECLINED, None)
    late = bank.ask(withdrawal())
    assert (late.response_code, late.refusal and late.refusal.check) == ("94", "tombstoned")
    assert balances(bank) == UNTOUCHED


def test_an_original_that_came_too_late_is_reversed_no_better() -> None:
    bank = MemoryBank()
    bank.ask(reversal(8))
    bank.ask(withdrawal())
    again = bank.ask(reversal(9))
    assert (again.response_code, again.refusal and again.refusal.check) == (
        "25",
        "original_unknown",
    )
    assert balances(bank) == UNTOUCHED
    assert bank.book.tombstones == {key(1).transaction_id: key(8).transaction_id}


def test_never_seen_and_reversed_again_answers_25_again() -> None:
    bank = MemoryBank()
    assert [bank.ask(reversal(trace)).response_code for trace in (8, 9)] == ["25", "25"]
    assert bank.ask(withdrawal()).response_code == "94"
    assert bank.book.tombstones == {key(1).transaction_id: key(8).transaction_id}


@pytest.mark.parametrize(
    "original", [withdrawal(pin=WRONG_PIN), inquiry(), remittance(), cash_bill()], ids=named
)
def test_a_tombstone_comes_before_every_other_check(original: Request) -> None:
    bank = MemoryBank()
    bank.ask(reversal())
    assert bank.ask(original).response_code == "94"
    assert bank.card("gyb_debit").pin_failures == 0


def test_a_reversal_of_an_inquiry_answers_12() -> None:
    bank = MemoryBank()
    bank.ask(inquiry())
    undone = bank.ask(reversal())
    assert (undone.response_code, undone.status) == ("12", Status.DECLINED)
    assert bank.find(1).status is Status.APPROVED
    assert not bank.book.tombstones


def test_a_reversal_of_a_reversal_answers_12() -> None:
    bank = MemoryBank()
    bank.ask(transfer())
    bank.ask(reversal(8))
    after = balances(bank)
    assert bank.ask(reversal(9, of=8)).response_code == "12"
    assert balances(bank) == after


def test_another_terminals_original_is_never_seen() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(terminal=POS))
    undone = bank.ask(reversal(terminal=MOBILE))
    assert undone.response_code == "25"
    assert bank.find(1).status is Status.APPROVED
    assert bank.ask(withdrawal(2, terminal=POS)).response_code == "00"  # nothing of POS is buried


@pytest.mark.parametrize(
    ("terminal", "code"), [(POS, "25"), (UNBOUND, "25"), (UNKNOWN, "97")], ids=str
)
def test_a_reversal_needs_a_known_terminal(terminal: str, code: str) -> None:
    bank = MemoryBank()
    assert bank.ask(reversal(terminal=terminal)).response_code == code
    assert bool(bank.book.tombstones) == (code == "25")


@pytest.mark.parametrize("status", PointStatus)
def test_a_reversal_works_whatever_became_of_the_point(status: PointStatus) -> None:
    bank = MemoryBank()
    bank.ask(withdrawal())
    point = bank.book.points[POINT]
    bank.book.points[POINT] = replace(point, status=status, operator_is_trained=False)
    assert bank.ask(reversal()).response_code == "00"
    assert balances(bank) == UNTOUCHED


def test_the_reason_is_kept_and_is_content() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal())
    undone = bank.ask(reversal(reason=ReversalReason.BAD_MAC))
    assert undone.details == {"reason": "bad_mac"}
    (other,) = bank.ask_all([reversal(reason=ReversalReason.OTHER)])
    assert other.transaction is None  # the same key with other content
