"""What a reversal gives back: limits, the free withdrawal, the bill; and who owes what is spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from pos_sim.domain.accounts import BANK_ACCOUNTS, Account, Kind
from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.domain.journal import Posting
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Request
from pos_sim.domain.reversals import covered
from pos_sim.domain.transactions import Status, Transaction
from tests.counter import (
    card_bill,
    cash_bill,
    key,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.domain.days import AT_CUT_OFF, MONDAY, TUESDAY
from tests.domain.undoing import ONE_DAY, UNTOUCHED, balances
from tests.memory_bank import HELD_AMOUNT, MemoryBank
from tests.worlds import (
    ATM,
    BILL_NO,
    OPERATOR,
    OTHER_OPERATOR,
    OTHER_POS,
    POS,
    POWER,
    SMALL,
)

"""Business date Tuesday."""


def test_a_reversal_is_dated_today_and_gives_back_the_limit_of_its_originals_date() -> None:
    bank = MemoryBank()
    bank.ask(withdrawal(1, amount=yuan(500)))
    bank.ask(withdrawal(2, amount=yuan(700)))
    undone = bank.ask(reversal(3, of=1, at=AT_CUT_OFF))
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


PENSIONER = SMALL.with_card("gyb_debit", gets_subsidies=True)


def test_reversing_a_later_withdrawal_gives_no_free_one_back() -> None:
    bank = MemoryBank(PENSIONER)
    assert bank.ask(withdrawal(1)).is_first_of_month
    bank.ask(withdrawal(2))
    bank.ask(reversal(3, of=2))
    assert not bank.ask(withdrawal(4)).is_first_of_month


def test_reversing_last_months_first_leaves_this_month_alone() -> None:
    bank = MemoryBank(PENSIONER)
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
