"""What the bank does with a request: what it answers, keeps and charges, and what a replay gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pos_sim.domain.accounts import Kind
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Position, Reported, Request
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.transactions import Status
from tests.counter import (
    card_bill,
    cash_bill,
    charge,
    inquiry,
    key,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.domain.days import MONDAY
from tests.memory_bank import HELD_AMOUNT, MemoryBank
from tests.worlds import (
    ANY,
    MOBILE,
    POINT,
    POS,
    SMALL,
    UNKNOWN,
    WRONG_PIN,
)


def test_an_approval_carries_what_the_receipt_shows() -> None:
    t = MemoryBank().ask(withdrawal(amount=yuan(500)))
    assert (t.status, t.response_code, t.refusal) == (Status.APPROVED, "00", None)
    assert (t.amount, t.balance) == (yuan(500), yuan(9_500))
    assert (t.business, t.terminal_id, t.batch_no, t.trace_no) == (
        "withdrawal",
        POS,
        "000001",
        "000001",
    )
    assert (t.service_point_id, t.card_id) == (POINT, SMALL.card("gyb_debit").card.card_id)
    assert t.card_masked == SMALL.card("gyb_debit").card.masked
    assert (t.business_date, t.decided_at, t.policy_version) == (MONDAY, DEMO_START, "2014-235")


def test_a_cash_remittance_shows_neither_card_nor_balance() -> None:
    t = MemoryBank().ask(remittance())
    assert (t.card_id, t.card_masked, t.balance) == (None, None, None)
    assert t.details == {"payee_name": "孙二娘", "payer_name": "张三"}


def test_an_inquiry_tells_the_balance_and_moves_nothing() -> None:
    bank = MemoryBank()
    t = bank.ask(inquiry())
    assert (t.response_code, t.balance, t.amount) == ("00", yuan(10_000), None)
    assert not bank.book.entries


def test_a_refusal_keeps_the_check_and_moves_nothing() -> None:
    bank = MemoryBank()
    t = bank.ask(withdrawal(amount=yuan(2_010)))
    assert (t.status, t.response_code, t.balance) == (Status.DECLINED, "61", None)
    assert t.refusal is not None
    assert t.refusal.check == "amount_limit"
    assert (t.fee_before, t.fee_waived, t.fee_charged) == (0, 0, 0)
    assert not bank.book.entries
    assert bank.used("gyb_debit", LimitKind.WITHDRAWAL, MONDAY) == Usage(ZERO, 0)


def test_what_the_terminal_reports_is_kept_for_the_reader() -> None:
    reported = Reported(position=Position(26.6, 106.7, 5.0), terminal_serial="SN-1")
    t = MemoryBank().ask(replace(withdrawal(), reported=reported))
    assert t.details == {"position": [26.6, 106.7, 5.0], "terminal_serial": "SN-1"}


def test_the_waiver_is_named_with_what_it_waived() -> None:
    t = MemoryBank().ask(withdrawal(card="abc_debit", amount=yuan(500)))
    assert (t.fee_before, t.fee_waived, t.fee_charged) == (250, 250, 0)
    assert (t.waiver_id, t.fee_bearer) == ("W3-own-points", "acquirer")


@pytest.mark.parametrize(
    "request_",
    [
        withdrawal(),
        withdrawal(amount=yuan(2_010)),
        withdrawal(pin=WRONG_PIN),
        withdrawal(terminal=UNKNOWN),
        transfer(amount=HELD_AMOUNT),
        remittance(),
        card_bill(),
        inquiry(),
        reversal(1, of=2),
        charge(),
    ],
    ids=lambda r: type(r).__name__,
)
def test_the_same_key_again_gets_the_first_answer_and_changes_nothing(request_: Request) -> None:
    bank = MemoryBank()
    first = bank.ask_all([request_])[0]
    accounts, cards, usage = (
        dict(bank.book.accounts),
        dict(bank.book.cards),
        dict(bank.book.usage),
    )
    later = replace(request_, received_at=DEMO_START + timedelta(days=40))
    (again,) = bank.ask_all([later])
    assert again.is_replay
    assert not first.is_replay
    assert again.transaction == first.transaction
    assert (bank.book.accounts, bank.book.cards, bank.book.usage) == (accounts, cards, usage)
    assert not bank.book.changes.transactions


def test_a_replay_with_another_pin_is_a_replay() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal())
    (again,) = bank.ask_all([withdrawal(pin=WRONG_PIN)])
    assert again.is_replay
    assert again.transaction == bank.find(1)
    assert bank.card("gyb_debit").pin_failures == 0


@pytest.mark.parametrize(
    "other",
    [
        withdrawal(amount=yuan(110)),
        withdrawal(card="abc_debit"),
        inquiry(),
        transfer(),
        reversal(1, of=2),
    ],
    ids=lambda r: type(r).__name__,
)
def test_the_same_key_with_other_content_is_not_answered(other: Request) -> None:
    bank = MemoryBank()
    bank.ask(withdrawal())
    before = bank.balance("gyb_debit")
    (decision,) = bank.ask_all([other])
    assert decision.transaction is None
    assert bank.balance("gyb_debit") == before


def test_the_same_trace_at_another_terminal_is_another_key() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal())
    bank.ask(withdrawal(terminal=MOBILE))
    assert bank.balance("gyb_debit") == yuan(9_800)


def test_a_replay_after_the_reversal_still_has_its_first_status() -> None:
    bank = MemoryBank()
    first = bank.ask(withdrawal())
    bank.ask(reversal())
    (again,) = bank.ask_all([withdrawal()])
    assert again.transaction == replace(
        first, status=Status.REVERSED, ended_by=key(9).transaction_id
    )
    assert again.transaction.first_status is Status.APPROVED


@pytest.mark.parametrize("make", [card_bill, cash_bill])
def test_a_bill_is_paid_once(make: Callable[..., Request]) -> None:
    bank = MemoryBank()
    assert bank.ask(make(1)).response_code == "00"
    again = bank.ask(make(2))
    assert (again.response_code, again.refusal and again.refusal.check) == ("94", "bill_paid")


def test_the_any_biller_takes_any_number_and_any_amount_once() -> None:
    bank = MemoryBank()
    assert bank.ask(card_bill(1, biller=ANY, bill_no="X1", amount=Fen(1))).response_code == "00"
    assert bank.ask(cash_bill(2, biller=ANY, bill_no="X2", amount=Fen(777))).response_code == "00"
    assert bank.ask(cash_bill(3, biller=ANY, bill_no="X1", amount=Fen(1))).response_code == "94"


@pytest.mark.parametrize(
    ("card", "code", "effect"),
    [
        ("magic_slow", "00", Effect.SLOW),
        ("magic_silent", "00", Effect.SILENT),
        ("magic_issuer_down", "91", None),
        ("magic_short_of_money", "51", None),
        ("magic_lost", "41", None),
    ],
)
def test_only_money_that_moved_can_be_answered_late(
    card: str, code: str, effect: Effect | None
) -> None:
    bank = MemoryBank()
    (first,) = bank.ask_all([withdrawal(card=card)])
    assert first.transaction is not None
    assert (first.transaction.response_code, first.effect) == (code, effect)
    (again,) = bank.ask_all([withdrawal(card=card)])
    assert again.effect is None  # a replay is answered plainly


def test_a_charge_is_debited_with_its_waiver() -> None:
    bank = MemoryBank()
    paid = bank.ask(charge(1, operation="annual_fee", card="gyb_debit"))
    free = bank.ask(charge(2, operation="annual_fee", card="gyb_rural"))
    assert (paid.response_code, paid.business, paid.fee_charged) == ("00", "annual_fee", yuan(10))
    assert (free.fee_before, free.fee_waived, free.waiver_id) == (yuan(10), yuan(10), "W1-charges")
    assert bank.balance("gyb_debit") == yuan(9_990)
    assert bank.balance("gyb_rural") == yuan(5_000)
    assert bank.summed("gyb", Kind.FEE_INCOME) == yuan(10)


@pytest.mark.parametrize(("has", "code"), [(yuan("9.99"), "51"), (yuan(10), "00")])
def test_a_charge_needs_the_money(has: Fen, code: str) -> None:
    bank = MemoryBank(SMALL.with_account("王小明", balance=has))
    assert bank.ask(charge()).response_code == code


def test_a_frozen_point_still_answers_what_it_answered_before() -> None:
    bank = MemoryBank()
    first = bank.ask(withdrawal())
    point = bank.book.points[POINT]
    bank.book.points[POINT] = replace(point, status=PointStatus.FROZEN)
    assert bank.ask(withdrawal()) == first
    assert bank.ask(withdrawal(2)).response_code == "58"
