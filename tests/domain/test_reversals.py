"""Reversals 冲正: the contract's table, row by row, and what is given back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from pos_sim.domain.accounts import BANK_ACCOUNTS, Account, AccountId, Kind
from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.domain.journal import Posting
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Request, ReversalReason
from pos_sim.domain.reversals import covered
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.transactions import Status, Transaction
from tests.counter import (
    card_bill,
    cash_bill,
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
    BILL_NO,
    MOBILE,
    OPERATOR,
    OTHER_OPERATOR,
    OTHER_POS,
    POINT,
    POS,
    POWER,
    SMALL,
    UNBOUND,
    UNKNOWN,
    WRONG_PIN,
)

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
ONE_DAY = timedelta(days=1)
HELD_AMOUNT = Fen(yuan(100) + Suspicious.HELD)


def balances(bank: MemoryBank) -> dict[AccountId, int]:
    """Return every balance: kept where it is kept, summed where not, zeros left out."""
    kept = {a.account_id: int(a.balance or 0) for a in bank.book.accounts.values()}
    summed = {a.account_id: bank.summed(a.bank_id, a.kind) for a in BANK_ACCOUNTS.values()}
    return {account_id: balance for account_id, balance in (kept | summed).items() if balance}


UNTOUCHED = balances(MemoryBank())

MOVING: tuple[Request, ...] = (
    withdrawal(),
    withdrawal(card="abc_debit", amount=yuan(500)),
    withdrawal(card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)),  # with a fee
    withdrawal(terminal=ATM, card="ccb_debit"),
    transfer(),
    transfer(terminal=ATM),  # held
    transfer(terminal=ATM, payee="abc_own"),
    transfer(amount=HELD_AMOUNT),
    remittance(),
    remittance(amount=HELD_AMOUNT),  # held
    card_bill(),
    card_bill(card="abc_debit", terminal=MOBILE),
    card_bill(biller=ANY, bill_no="X", amount=Fen(777)),
    cash_bill(),
    cash_bill(terminal=OTHER_POS),
)


def named(value: object) -> str:
    if not isinstance(value, Request):
        return str(value)
    return f"{type(value).__name__}-{value.key.terminal_id}"


# The table of the contract ----------------------------------------------------------------------


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


# It needs no more than a known terminal ---------------------------------------------------------


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


# What is given back -----------------------------------------------------------------------------

NEXT_DAY = datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI)
"""Business date Tuesday."""


def test_a_reversal_is_dated_today_and_gives_back_the_limit_of_its_originals_date() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1, amount=yuan(500)))
    bank.ask(withdrawal(2, amount=yuan(700)))
    undone = bank.ask(reversal(3, of=1, at=NEXT_DAY))
    assert undone.business_date == TUESDAY
    assert bank.entry(3).business_date == TUESDAY
    assert bank.used("gyb_debit", LimitKind.WITHDRAWAL, MONDAY) == Usage(yuan(700), 1)
    assert bank.used("gyb_debit", LimitKind.WITHDRAWAL, TUESDAY) == Usage(ZERO, 0)


def test_what_was_given_back_may_be_used_again() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1, amount=yuan(2_000)))
    assert bank.ask(withdrawal(2, amount=yuan(10))).response_code == "61"
    bank.ask(reversal(3, of=1))
    assert bank.ask(withdrawal(4, amount=yuan(2_000))).response_code == "00"


@pytest.mark.parametrize("amount", [yuan(100), HELD_AMOUNT], ids=["approved", "held"])
def test_a_remittance_gives_back_the_limit_of_its_payee(amount: Fen) -> None:
    bank = MemoryBank()
    bank.ask(remittance(1, amount=amount))
    assert bank.used("abc_debit", LimitKind.CASH_REMITTANCE, MONDAY) == Usage(amount, 1)
    bank.ask(reversal())
    assert bank.used("abc_debit", LimitKind.CASH_REMITTANCE, MONDAY) == Usage(ZERO, 0)


def test_the_free_first_withdrawal_of_the_month_is_given_back() -> None:
    bank = MemoryBank(SMALL.with_card("grcu_debit", gets_subsidies=True))

    def pay_out(trace: int) -> Transaction:
        return bank.ask(withdrawal(trace, card="grcu_debit", terminal=OTHER_POS))

    assert pay_out(1).waiver_id == "first-subsidy-withdrawal"
    assert pay_out(2).waiver_id is None
    bank.ask(reversal(3, of=1, terminal=OTHER_POS))
    assert pay_out(4).waiver_id == "first-subsidy-withdrawal"
    assert pay_out(5).waiver_id is None


def test_reversing_a_later_withdrawal_gives_no_free_one_back() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1))
    bank.ask(withdrawal(2))
    bank.ask(reversal(3, of=2))
    assert not bank.ask(withdrawal(4)).is_first_of_month


def test_reversing_last_months_first_leaves_this_month_alone() -> None:
    bank = MemoryBank()
    april = datetime(2026, 4, 1, 10, 0, tzinfo=SHANGHAI)
    bank.ask(withdrawal(1))
    assert bank.ask(withdrawal(2, at=april)).is_first_of_month
    bank.ask(reversal(3, of=1, at=april))
    assert not bank.ask(withdrawal(4, at=april)).is_first_of_month


@pytest.mark.parametrize("make", [card_bill, cash_bill])
def test_the_bill_may_be_paid_again(make: Callable[..., Request]) -> None:
    bank = MemoryBank()
    bank.ask(make(1))
    bank.ask(reversal(2, of=1))
    assert bank.book.bills[POWER, BILL_NO].paid_by is None
    assert bank.ask(make(3)).response_code == "00"
    bank.ask(reversal(4, of=1))  # again: the bill now belongs to the third
    assert bank.book.bills[POWER, BILL_NO].paid_by == key(3).transaction_id


# Held, released, reversed -----------------------------------------------------------------------


def test_a_released_transfer_is_taken_back_from_the_payee() -> None:
    bank = MemoryBank()
    bank.ask(transfer(terminal=ATM, amount=yuan(300)))
    bank.release_due(DEMO_START + ONE_DAY)
    assert bank.balance("abc_debit") == yuan(400_300)
    assert bank.ask(reversal(terminal=ATM)).response_code == "00"
    assert balances(bank) == UNTOUCHED
    assert bank.find(1, ATM).status is Status.REVERSED


def test_a_cancelled_hold_is_reversed_with_00_and_moves_nothing() -> None:
    bank = MemoryBank()
    t = bank.ask(transfer(terminal=ATM))
    bank.cancel(t.transaction_id, DEMO_START)
    assert bank.ask(reversal(terminal=ATM)).response_code == "00"
    assert balances(bank) == UNTOUCHED


# The payee has spent the money ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "from_payee", "from_suspense"),
    [
        (101, 100, 0),
        (100, 100, 0),  # just enough
        (99, 99, 1),
        (1, 1, 99),
        (0, 0, 100),
    ],
)
def test_a_shortfall_goes_to_the_suspense_account_of_the_payees_bank(
    left: int, from_payee: int, from_suspense: int
) -> None:
    bank = MemoryBank()
    bank.ask(transfer(amount=yuan(100)))
    payee = SMALL.account_of("abc_debit").account_id
    bank.book.accounts[payee] = replace(bank.book.accounts[payee], balance=yuan(left))
    assert bank.ask(reversal()).response_code == "00"
    assert bank.balance("abc_debit") == yuan(left - from_payee)
    assert bank.summed("abc", Kind.SUSPENSE) == -yuan(from_suspense)
    assert bank.balance("gyb_debit") == yuan(10_000)  # the payer gets everything back
    assert bank.summed("abc", Kind.CLEARING) + bank.summed("gyb", Kind.CLEARING) == 0


@pytest.mark.parametrize(
    ("terminal", "bank_id", "operator"),
    [(POS, "gyb", OPERATOR), (OTHER_POS, "abc", OTHER_OPERATOR)],
)
def test_an_operator_who_has_spent_the_money_owes_it_too(
    terminal: str, bank_id: str, operator: str
) -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(terminal=terminal, amount=yuan(500)))
    empty(bank, SMALL.account(operator))
    assert bank.ask(reversal(terminal=terminal)).response_code == "00"
    assert bank.balance("gyb_debit") == yuan(10_000)
    assert bank.balance_of(SMALL.account(operator)) == 0
    assert bank.summed(bank_id, Kind.SUSPENSE) == -yuan(500)


def empty(bank: MemoryBank, account: Account) -> None:
    bank.book.accounts[account.account_id] = replace(account, balance=ZERO)


def test_two_postings_of_one_account_share_what_is_left() -> None:
    bank = MemoryBank(SMALL.with_account("王小明", balance=yuan(5)))
    own, other = SMALL.account_of("gyb_debit"), SMALL.account_of("gyb_rural")
    wanted = [Posting(own.account_id, other.account_id, yuan(n)) for n in (3, 4)]
    suspense = next(
        a.account_id
        for a in BANK_ACCOUNTS.values()
        if (a.bank_id, a.kind) == ("gyb", Kind.SUSPENSE)
    )
    assert covered(wanted, bank.book) == (
        Posting(own.account_id, other.account_id, yuan(3)),
        Posting(own.account_id, other.account_id, yuan(2)),
        Posting(suspense, other.account_id, yuan(2)),
    )
