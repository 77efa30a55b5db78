"""The postings of each business: who pays whom, and which banknotes change hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pos_sim.domain.accounts import Account, Kind, bank_account
from pos_sim.domain.authorize import Facts
from pos_sim.domain.journal import Posting, mirror, route
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.requests import (
    BalanceInquiry,
    CardBillPayment,
    CashBillPayment,
    CashRemittance,
    Request,
    Transfer,
    Withdrawal,
)

T = TypeVar("T")


def postings_of(facts: Facts, *, held: bool) -> tuple[Posting, ...]:
    """Return what an approved request posts; ``held``: the payee's money waits in suspense."""
    return tuple(POSTINGS[type(facts.request)](facts, held))


def withdrawal(facts: Facts, _held: bool) -> list[Posting]:
    """The villager pays the operator and gets banknotes; at an ATM the bank gives its own."""
    card, till = present(facts.account), present(facts.till)
    if facts.is_at_atm:
        return route(card, till, facts.amount) + fee(facts, payer=card)
    operator = present(facts.operator)
    return [
        *route(card, operator, facts.amount),
        *fee(facts, payer=card),
        *notes_out(facts, facts.amount),
    ]


def transfer(facts: Facts, held: bool) -> list[Posting]:
    card = present(facts.account)
    return route(card, receiver(facts, card, held), facts.amount) + fee(facts, payer=card)


def cash_remittance(facts: Facts, held: bool) -> list[Posting]:
    """The operator pays for the villager, who hands over banknotes for amount and fee."""
    operator = present(facts.operator)
    return [
        *route(operator, receiver(facts, operator, held), facts.amount),
        *fee(facts, payer=operator),
        *notes_in(facts, facts.total),
    ]


def card_bill_payment(facts: Facts, _held: bool) -> list[Posting]:
    card, biller = present(facts.account), present(facts.biller)
    return route(card, biller.account, facts.amount) + fee(facts, payer=card)


def cash_bill_payment(facts: Facts, _held: bool) -> list[Posting]:
    operator, biller = present(facts.operator), present(facts.biller)
    return [
        *route(operator, biller.account, facts.amount),
        *fee(facts, payer=operator),
        *notes_in(facts, facts.total),
    ]


def nothing(_facts: Facts, _held: bool) -> list[Posting]:
    return []


POSTINGS: dict[type[Request], Callable[[Facts, bool], list[Posting]]] = {
    Withdrawal: withdrawal,
    Transfer: transfer,
    CashRemittance: cash_remittance,
    CardBillPayment: card_bill_payment,
    CashBillPayment: cash_bill_payment,
    BalanceInquiry: nothing,
}


def fee(facts: Facts, payer: Account) -> list[Posting]:
    """The acquirer earns the fee."""
    charged = facts.fee.charged if facts.fee else ZERO
    return route(payer, bank_account(present(facts.point).bank_id, Kind.FEE_INCOME), charged)


def charge(card_account: Account, amount: Fen) -> tuple[Posting, ...]:
    """The card's own bank earns a charge."""
    return tuple(route(card_account, bank_account(card_account.bank_id, Kind.FEE_INCOME), amount))


def credit(receiver_account: Account, amount: Fen) -> tuple[Posting, ...]:
    """Money from outside this world: opening balances, pensions, subsidies."""
    funding = bank_account(receiver_account.bank_id, Kind.FUNDING)
    return (Posting(funding.account_id, receiver_account.account_id, amount),)


def till_filled(till: Account, amount: Fen) -> tuple[Posting, ...]:
    """The banknotes with which a till opens."""
    funding = bank_account(till.bank_id, Kind.FUNDING)
    return (Posting(till.account_id, funding.account_id, amount),)


def emptied(account: Account) -> tuple[Posting, ...]:
    """What is left of an account leaves this world, the way it came in."""
    balance = present(account.balance)
    enters = till_filled if account.kind is Kind.TILL else credit
    way = enters(account, Fen(abs(balance)))
    return () if not balance else tuple(mirror(way)) if balance > 0 else way


def release(payer: Account, payee: Account, amount: Fen) -> tuple[Posting, ...]:
    """A held amount goes on from the payer's bank to the payee."""
    return tuple(route(bank_account(payer.bank_id, Kind.SUSPENSE), payee, amount))


def receiver(facts: Facts, payer: Account, held: bool) -> Account:
    return bank_account(payer.bank_id, Kind.SUSPENSE) if held else present(facts.payee)


def notes_out(facts: Facts, amount: Fen) -> list[Posting]:
    cash = bank_account(present(facts.point).bank_id, Kind.CUSTOMER_CASH)
    return [Posting(cash.account_id, present(facts.till).account_id, amount)]


def notes_in(facts: Facts, amount: Fen) -> list[Posting]:
    cash = bank_account(present(facts.point).bank_id, Kind.CUSTOMER_CASH)
    return [Posting(present(facts.till).account_id, cash.account_id, amount)]


def present(fact: T | None) -> T:
    """Return a fact that the checks have proved to exist."""
    assert fact is not None
    return fact
