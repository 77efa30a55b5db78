"""What the bank does with a request: answers, counts, limits, holds; and what a replay gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from pos_sim.domain.accounts import Kind
from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.domain.cards import CardStatus, Pin
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
from tests.memory_bank import MemoryBank, Suspicious
from tests.worlds import (
    ANY,
    ATM,
    BILL_AMOUNT,
    MOBILE,
    OPERATOR,
    OTHER_POS,
    PIN,
    POINT,
    POS,
    SMALL,
    UNKNOWN,
    WRONG_PIN,
)

MONDAY = date(2026, 3, 2)
BEFORE_CUT_OFF = datetime(2026, 3, 2, 22, 59, 59, 999_999, tzinfo=SHANGHAI)
AT_CUT_OFF = datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI)
HELD_AMOUNT = Fen(yuan(100) + Suspicious.HELD)
DOUBTED_AMOUNT = Fen(yuan(100) + Suspicious.DECLINED)


# An approval says everything --------------------------------------------------------------------


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


# Keys -------------------------------------------------------------------------------------------


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


# PIN --------------------------------------------------------------------------------------------

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


# Limits of a business date ----------------------------------------------------------------------


def test_the_second_of_two_sees_what_the_first_used() -> None:
    decisions = MemoryBank().ask_all(
        [
            withdrawal(1, amount=yuan(1_500)),
            withdrawal(2, amount=yuan(510)),
            withdrawal(3, amount=yuan(500)),
        ]
    )
    assert [d.transaction.response_code for d in decisions if d.transaction] == ["00", "61", "00"]


@pytest.mark.parametrize(
    ("at", "code"), [(BEFORE_CUT_OFF, "61"), (AT_CUT_OFF, "00")], ids=["before", "after"]
)
def test_a_new_business_date_is_a_new_limit(at: datetime, code: str) -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1, amount=yuan(2_000)))
    assert bank.ask(withdrawal(2, amount=yuan(10), at=at)).response_code == code


def test_points_and_atms_have_limits_of_their_own() -> None:
    bank = MemoryBank()
    assert bank.ask(withdrawal(1, amount=yuan(2_000))).response_code == "00"
    assert bank.ask(withdrawal(2, terminal=ATM, amount=yuan(8_000))).response_code == "00"
    assert bank.used("gyb_debit", LimitKind.WITHDRAWAL, MONDAY) == Usage(yuan(2_000), 1)
    assert bank.used("gyb_debit", LimitKind.ATM_WITHDRAWAL, MONDAY) == Usage(yuan(8_000), 1)


def test_all_points_together_count_against_one_card() -> None:
    bank = MemoryBank()
    assert bank.ask(withdrawal(1, amount=yuan(1_900))).response_code == "00"
    assert bank.ask(withdrawal(1, terminal=OTHER_POS, amount=yuan(110))).response_code == "61"
    assert bank.ask(withdrawal(2, terminal=OTHER_POS, amount=yuan(100))).response_code == "00"


def test_cash_remittances_count_per_payee_wherever_they_are_paid_in() -> None:
    bank = MemoryBank()
    assert bank.ask(remittance(1, amount=yuan(1_500))).response_code == "00"
    other = bank.ask(remittance(1, terminal=OTHER_POS, amount=yuan(501), payer_name="李四"))
    assert other.response_code == "61"
    assert bank.ask(remittance(2, terminal=OTHER_POS, amount=yuan(500))).response_code == "00"
    assert bank.ask(remittance(3, payee="ccb_debit", amount=yuan(2_000))).response_code == "00"
    assert bank.used("abc_debit", LimitKind.CASH_REMITTANCE, MONDAY) == Usage(yuan(2_000), 2)


def test_bills_count_but_have_no_limit() -> None:
    bank = MemoryBank(SMALL.with_account("王小明", balance=yuan(9_000_000)))
    assert bank.ask(card_bill(1, biller=ANY, amount=yuan(5_000_000))).response_code == "00"
    assert bank.ask(card_bill(2)).response_code == "00"
    used = bank.used("gyb_debit", LimitKind.BILL_PAYMENT, MONDAY)
    assert used == Usage(Fen(yuan(5_000_000) + BILL_AMOUNT), 2)


def test_only_what_was_approved_uses_a_limit() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1, amount=yuan(500)))
    bank.ask(withdrawal(2, pin=WRONG_PIN))
    bank.ask(withdrawal(3, amount=yuan(2_000)))
    assert bank.used("gyb_debit", LimitKind.WITHDRAWAL, MONDAY) == Usage(yuan(500), 1)


# The month's first withdrawal -------------------------------------------------------------------

APRIL = datetime(2026, 3, 31, 23, 0, tzinfo=SHANGHAI)
"""The cut-off of the 31st: business date 1 April."""


def test_the_first_withdrawal_of_a_subsidy_card_is_free_once_a_month() -> None:
    bank = MemoryBank()
    fees = [
        bank.ask(withdrawal(trace, card="abc_pension", terminal=UNWAIVED, at=at))
        for trace, at in enumerate(
            [DEMO_START, DEMO_START, APRIL - timedelta(microseconds=1), APRIL], 1
        )
    ]
    assert [(t.is_first_of_month, t.waiver_id) for t in fees] == [
        (True, None),
        (False, None),
        (False, None),
        (True, None),
    ]


UNWAIVED = OTHER_POS
"""At its own bank a withdrawal costs nothing, so there is nothing to waive."""


def test_the_free_first_withdrawal_is_named_where_no_other_waiver_comes_first() -> None:
    world = SMALL.with_card("grcu_debit", gets_subsidies=True)
    bank = MemoryBank(world)
    first, second = (
        bank.ask(withdrawal(trace, card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)))
        for trace in (1, 2)
    )
    assert (first.waiver_id, first.fee_waived, first.fee_charged) == (
        "first-subsidy-withdrawal",
        250,
        0,
    )
    assert (second.waiver_id, second.fee_charged) == (None, 250)


def test_a_refused_withdrawal_is_not_the_first() -> None:
    bank = MemoryBank(SMALL.with_card("grcu_debit", gets_subsidies=True))
    bank.ask(withdrawal(1, card="grcu_debit", pin=WRONG_PIN))
    bank.ask(withdrawal(2, card="grcu_debit", amount=yuan(2_010)))
    assert bank.ask(withdrawal(3, card="grcu_debit")).is_first_of_month


def test_a_card_without_subsidies_pays_from_the_start() -> None:
    t = MemoryBank().ask(withdrawal(card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)))
    assert (t.is_first_of_month, t.waiver_id, t.fee_charged) == (True, None, 250)


# Held -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (transfer(terminal=ATM), Status.HELD),  # to another holder, at an ATM
        (transfer(terminal=ATM, payee="abc_own"), Status.APPROVED),  # to his own other account
        (transfer(), Status.APPROVED),  # at a point
        (transfer(terminal=MOBILE), Status.APPROVED),
        (transfer(amount=HELD_AMOUNT), Status.HELD),  # the monitor wants time
        (remittance(amount=HELD_AMOUNT), Status.HELD),
        (transfer(terminal=ATM, amount=HELD_AMOUNT), Status.HELD),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, Request) else str(v),
)
def test_what_is_held(request_: Request, status: Status) -> None:
    t = MemoryBank().ask(request_)
    assert (t.status, t.first_status, t.response_code) == (status, status, "00")
    is_held = status is Status.HELD
    assert t.available_at == (DEMO_START + timedelta(hours=24) if is_held else None)


def test_held_money_waits_in_suspense_and_then_goes_on() -> None:
    bank = MemoryBank()
    bank.ask(transfer(terminal=ATM, amount=yuan(300)))
    assert bank.balance("gyb_debit") == yuan(9_698)  # the fee is 2 yuan
    assert bank.balance("abc_debit") == yuan(400_000)
    assert bank.summed("gyb", Kind.SUSPENSE) == yuan(300)
    day = timedelta(hours=24)
    assert bank.release_due(DEMO_START + day - timedelta(microseconds=1)) == 0
    assert bank.release_due(DEMO_START + day) == 1
    assert bank.balance("abc_debit") == yuan(400_300)
    assert bank.summed("gyb", Kind.SUSPENSE) == 0
    released = bank.find(1, ATM)
    assert (released.status, released.first_status) == (Status.APPROVED, Status.HELD)


def test_a_cancelled_hold_returns_money_and_fee_and_limit() -> None:
    bank = MemoryBank()
    t = bank.ask(transfer(terminal=ATM, amount=yuan(300)))
    bank.cancel(t.transaction_id, DEMO_START)
    assert bank.balance("gyb_debit") == yuan(10_000)
    assert bank.summed("gyb", Kind.SUSPENSE) == 0
    assert bank.summed("gyb", Kind.FEE_INCOME) == 0
    assert bank.find(1, ATM).status is Status.REVERSED
    assert bank.used("gyb_debit", LimitKind.TRANSFER, MONDAY) == Usage(ZERO, 0)
    assert bank.release_due(DEMO_START + timedelta(days=2)) == 0


def test_a_held_remittance_keeps_the_operators_money_until_it_is_cancelled() -> None:
    bank = MemoryBank()
    t = bank.ask(remittance(amount=HELD_AMOUNT))
    operator = SMALL.account(OPERATOR)
    assert bank.balance_of(operator) == yuan(20_000) - HELD_AMOUNT - t.fee_charged
    bank.cancel(t.transaction_id, DEMO_START)
    assert bank.balance_of(operator) == yuan(20_000)
    assert bank.used("abc_debit", LimitKind.CASH_REMITTANCE, MONDAY) == Usage(ZERO, 0)


# The monitor ------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [transfer, remittance])
def test_the_monitor_has_the_last_word(make: Callable[..., Request]) -> None:
    bank = MemoryBank()
    t = bank.ask(make(amount=DOUBTED_AMOUNT))
    assert (t.response_code, t.status) == ("59", Status.DECLINED)
    assert t.refusal is not None
    assert t.refusal.check == "risk"
    assert not bank.book.entries


def test_an_earlier_refusal_keeps_its_code_whatever_the_monitor_says() -> None:
    assert MemoryBank().ask(transfer(amount=DOUBTED_AMOUNT, pin=WRONG_PIN)).response_code == "55"
    too_much = Fen(yuan(2_000) + Suspicious.DECLINED)
    assert MemoryBank().ask(remittance(amount=too_much)).response_code == "61"


# Bills ------------------------------------------------------------------------------------------


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


# Magic cards ------------------------------------------------------------------------------------


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


# Charges ----------------------------------------------------------------------------------------


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


# Points -----------------------------------------------------------------------------------------


def test_a_frozen_point_still_answers_what_it_answered_before() -> None:
    bank = MemoryBank()
    first = bank.ask(withdrawal())
    point = bank.book.points[POINT]
    bank.book.points[POINT] = replace(point, status=PointStatus.FROZEN)
    assert bank.ask(withdrawal()) == first
    assert bank.ask(withdrawal(2)).response_code == "58"
