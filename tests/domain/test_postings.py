"""Postings of each business: who pays whom, through which clearing account, which notes move.

Each case is written as a bookkeeper would: debit, credit, fen.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.accounts import BANK_ACCOUNTS, Account, AccountId, Kind, bank_account_id
from pos_sim.domain.banks import BANKS
from pos_sim.domain.journal import Posting, clearing_imbalance
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.postings import charge, credit, release, till_filled
from pos_sim.domain.requests import Request
from tests.counter import card_bill, cash_bill, inquiry, remittance, transfer, withdrawal
from tests.memory_bank import HELD_AMOUNT, MemoryBank
from tests.worlds import (
    ATM,
    BILL_AMOUNT,
    MOBILE,
    OPERATOR,
    OTHER_OPERATOR,
    OTHER_POS,
    SMALL,
    WATER,
)

Line = tuple[str, str, int]


def name_of(account_id: AccountId) -> str:
    """Return how the cases below call an account."""
    if account_id in BANK_ACCOUNTS:
        account = BANK_ACCOUNTS[account_id]
        return f"{account.bank_id} {account.kind}"
    return next(a.name for a in SMALL.accounts if a.account_id == account_id)


def lines_of(request: Request) -> list[Line]:
    """Return what an approved request posts."""
    bank = MemoryBank()
    decided = bank.ask(request)
    assert decided.response_code == "00"
    entry = bank.book.entries[decided.transaction_id]
    return [(name_of(p.debit), name_of(p.credit), p.amount) for p in entry.postings]


SAME_BANK: list[tuple[str, Request, list[Line]]] = [
    (
        "a withdrawal: the operator pays out of the till and gets the money on his account",
        withdrawal(amount=yuan(500)),
        [("王小明", OPERATOR, 50_000), ("gyb customer_cash", "till", 50_000)],
    ),
    (
        "at an ATM the bank gives its own notes",
        withdrawal(terminal=ATM, amount=yuan(500)),
        [("王小明", "cassettes", 50_000)],
    ),
    (
        "a transfer within the bank",
        transfer(payee="gyb_rural"),
        [("王小明", "李大山", 10_000)],
    ),
    (
        "a remittance: the operator pays, the villager hands over notes for amount and fee",
        remittance(payee="gyb_debit"),
        [
            (OPERATOR, "王小明", 10_000),
            (OPERATOR, "gyb fee_income", 100),
            ("till", "gyb customer_cash", 10_100),
        ],
    ),
    (
        "a bill from the card",
        card_bill(),
        [("王小明", "biller power", BILL_AMOUNT)],
    ),
    (
        "a bill in cash",
        cash_bill(),
        [
            (OPERATOR, "biller power", BILL_AMOUNT),
            ("till", "gyb customer_cash", BILL_AMOUNT),
        ],
    ),
]

ACROSS_BANKS: list[tuple[str, Request, list[Line]]] = [
    (
        "a withdrawal with another bank's card: its bank owes the point's bank",
        withdrawal(card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)),
        [
            ("钱多多", "grcu clearing", 50_000),
            ("abc clearing", OTHER_OPERATOR, 50_000),
            ("钱多多", "grcu clearing", 250),
            ("abc clearing", "abc fee_income", 250),
            ("abc customer_cash", "other till", 50_000),
        ],
    ),
    (
        "the same with the fee waived",
        withdrawal(card="abc_debit", amount=yuan(500)),
        [
            ("孙二娘", "abc clearing", 50_000),
            ("gyb clearing", OPERATOR, 50_000),
            ("gyb customer_cash", "till", 50_000),
        ],
    ),
    (
        "at an ATM",
        withdrawal(card="ccb_debit", terminal=ATM, amount=yuan(500)),
        [
            ("吴用", "ccb clearing", 50_000),
            ("gyb clearing", "cassettes", 50_000),
            ("吴用", "ccb clearing", 300),
            ("gyb clearing", "gyb fee_income", 300),
        ],
    ),
    (
        "a transfer to another bank",
        transfer(payee="abc_debit"),
        [
            ("王小明", "gyb clearing", 10_000),
            ("abc clearing", "孙二娘", 10_000),
            ("王小明", "gyb fee_income", 100),
        ],
    ),
    (
        "card, terminal and payee of three banks",
        transfer(card="ccb_debit", payee="abc_debit"),
        [
            ("吴用", "ccb clearing", 10_000),
            ("abc clearing", "孙二娘", 10_000),
            ("吴用", "ccb clearing", 100),
            ("gyb clearing", "gyb fee_income", 100),
        ],
    ),
    (
        "a remittance to another bank",
        remittance(payee="abc_debit"),
        [
            (OPERATOR, "gyb clearing", 10_000),
            ("abc clearing", "孙二娘", 10_000),
            (OPERATOR, "gyb fee_income", 200),
            ("till", "gyb customer_cash", 10_200),
        ],
    ),
    (
        "a bill of another bank's biller in cash",
        cash_bill(biller=WATER, amount=yuan(30)),
        [
            (OPERATOR, "gyb clearing", 3_000),
            ("ccb clearing", "biller water", 3_000),
            ("till", "gyb customer_cash", 3_000),
        ],
    ),
    (
        "a mobile terminal pays out of the till of its point",
        withdrawal(card="abc_debit", terminal=MOBILE),
        [("孙二娘", OTHER_OPERATOR, 10_000), ("abc customer_cash", "other till", 10_000)],
    ),
]

HELD: list[tuple[str, Request, list[Line]]] = [
    (
        "a held transfer waits at the payer's bank; the fee is paid at once",
        transfer(terminal=ATM, payee="abc_debit"),
        [("王小明", "gyb suspense", 10_000), ("王小明", "gyb fee_income", 200)],
    ),
    (
        "held at another bank's ATM: it waits at the payer's bank all the same",
        transfer(card="ccb_debit", terminal=ATM, payee="abc_debit"),
        [
            ("吴用", "ccb suspense", 10_000),
            ("吴用", "ccb clearing", 200),
            ("gyb clearing", "gyb fee_income", 200),
        ],
    ),
    (
        "a held remittance: the notes are in the till already",
        remittance(payee="gyb_debit", amount=HELD_AMOUNT),
        [
            (OPERATOR, "gyb suspense", HELD_AMOUNT),
            (OPERATOR, "gyb fee_income", 100),
            ("till", "gyb customer_cash", HELD_AMOUNT + 100),
        ],
    ),
]

CASES = [*SAME_BANK, *ACROSS_BANKS, *HELD]


@pytest.mark.parametrize(
    ("request_", "lines"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_postings_of(request_: Request, lines: list[Line]) -> None:
    assert lines_of(request_) == lines


@pytest.mark.parametrize("request_", [c[1] for c in CASES], ids=[c[0] for c in CASES])
def test_every_bank_keeps_its_own_books(request_: Request) -> None:
    """Both sides of every posting belong to one bank, so each bank's books balance alone."""
    bank_of = {a.account_id: a.bank_id for a in (*BANK_ACCOUNTS.values(), *SMALL.accounts)}
    bank = MemoryBank()
    bank.ask(request_)
    for entry in bank.book.entries.values():
        for posting in entry.postings:
            assert bank_of[posting.debit] == bank_of[posting.credit]


def test_an_inquiry_posts_nothing() -> None:
    bank = MemoryBank()
    bank.ask(inquiry(card="abc_debit"))
    assert not bank.book.entries


def test_a_busy_morning_nets_to_zero_between_the_banks() -> None:
    bank = MemoryBank()
    for trace, request in enumerate([c[1] for c in ACROSS_BANKS], start=1):
        bank.ask(with_trace(request, trace))
    net = {bank_id: bank.summed(bank_id, Kind.CLEARING) for bank_id in BANKS}
    assert sum(net.values()) == 0
    assert any(net.values())


def with_trace(request: Request, trace: int) -> Request:
    return replace(request, key=request.key._replace(trace_no=f"{trace:06d}"))


def test_a_till_may_go_below_zero_the_difference_is_the_operators_own_cash() -> None:
    bank = MemoryBank(SMALL.with_account("till", balance=yuan(10)))
    assert bank.ask(withdrawal(amount=yuan(500))).response_code == "00"
    assert bank.balance_of(SMALL.account("till")) == yuan(-490)


@pytest.mark.parametrize("amount", [1, 10_000])
def test_a_release_goes_on_from_the_payers_bank(amount: int) -> None:
    payer, near, far = (SMALL.account_of(n) for n in ("gyb_debit", "gyb_rural", "abc_debit"))
    suspense = bank_account_id("gyb", Kind.SUSPENSE)
    assert release(payer, near, Fen(amount)) == (Posting(suspense, near.account_id, Fen(amount)),)
    assert release(payer, far, Fen(amount)) == (
        Posting(suspense, bank_account_id("gyb", Kind.CLEARING), Fen(amount)),
        Posting(bank_account_id("abc", Kind.CLEARING), far.account_id, Fen(amount)),
    )


def test_money_from_outside_comes_out_of_funding() -> None:
    card, till = SMALL.account_of("abc_debit"), SMALL.account("till")
    assert credit(card, Fen(5)) == (
        Posting(bank_account_id("abc", Kind.FUNDING), card.account_id, Fen(5)),
    )
    assert till_filled(till, Fen(5)) == (
        Posting(till.account_id, bank_account_id("gyb", Kind.FUNDING), Fen(5)),
    )


def test_a_charge_is_the_own_banks_income_and_a_waived_one_posts_nothing() -> None:
    card = SMALL.account_of("abc_debit")
    income = bank_account_id("abc", Kind.FEE_INCOME)
    assert charge(card, Fen(1_000)) == (Posting(card.account_id, income, Fen(1_000)),)
    assert charge(card, Fen(0)) == ()


people: st.SearchStrategy[Account] = st.sampled_from(
    [a for a in SMALL.accounts if a.kind in (Kind.CARDHOLDER, Kind.OPERATOR)]
)


@given(people, people, st.integers(1, 10**12))
def test_whoever_pays_whom_the_clearing_accounts_agree(
    payer: Account, payee: Account, amount: int
) -> None:
    moved = release(payer, payee, Fen(amount))
    clearing = frozenset(a.account_id for a in BANK_ACCOUNTS.values() if a.kind is Kind.CLEARING)
    assert clearing_imbalance(moved, clearing) == 0
    assert sum(p.amount for p in moved if p.credit == payee.account_id) == amount
