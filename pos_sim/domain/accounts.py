"""Accounts: kinds, normal side, floor, and the numbers of the banks' own accounts."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from pos_sim.domain.banks import BANKS, Bank
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import Fen

AccountId = NewType("AccountId", int)


class Kind(StrEnum):
    """What an account is for."""

    CARDHOLDER = "cardholder"  # 持卡人
    OPERATOR = "operator"  # 服务点负责人结算账户
    TILL = "till"  # 服务点备付现金; for an ATM its cassettes
    CLEARING = "clearing"  # 跨行清算
    FEE_INCOME = "fee_income"  # 手续费收入
    SUSPENSE = "suspense"  # 待处理: held transfers, shortfalls of reversals
    BILLER = "biller"  # 缴费收款单位
    CUSTOMER_CASH = "customer_cash"  # banknotes in the villagers' hands
    FUNDING = "funding"  # where opening balances, pensions and subsidies come from


class Side(StrEnum):
    """The side on which an account grows."""

    DEBIT = "debit"
    CREDIT = "credit"


NORMAL_SIDE: dict[Kind, Side] = {
    Kind.CARDHOLDER: Side.CREDIT,
    Kind.OPERATOR: Side.CREDIT,
    Kind.TILL: Side.DEBIT,
    Kind.CLEARING: Side.CREDIT,
    Kind.FEE_INCOME: Side.CREDIT,
    Kind.SUSPENSE: Side.CREDIT,
    Kind.BILLER: Side.CREDIT,
    Kind.CUSTOMER_CASH: Side.DEBIT,
    Kind.FUNDING: Side.DEBIT,
}

WITH_BALANCE = frozenset({Kind.CARDHOLDER, Kind.OPERATOR, Kind.TILL})
"""Kinds that carry a running balance; the others are hot and are summed from the journal."""

NEVER_BELOW_ZERO = frozenset({Kind.CARDHOLDER, Kind.OPERATOR})

OF_THE_BANK: tuple[Kind, ...] = (
    Kind.CLEARING,
    Kind.FEE_INCOME,
    Kind.SUSPENSE,
    Kind.CUSTOMER_CASH,
    Kind.FUNDING,
)
"""Every bank has one account of each of these kinds."""

FIRST_ORDINARY = AccountId(1_000)
"""Account ids below this one belong to the banks themselves."""


@hot_dataclass(frozen=True, slots=True)
class Account:
    """One account as the group holds it locked; ``balance`` is None where it is summed."""

    account_id: AccountId
    account_no: str
    kind: Kind
    bank_id: str
    name: str
    is_open: bool
    balance: Fen | None

    def grown_by(self, growth: int) -> Account:
        """Return the account with its kept balance changed by ``growth`` fen."""
        assert self.balance is not None
        return Account(  # the hot path: several times faster than dataclasses.replace
            self.account_id,
            self.account_no,
            self.kind,
            self.bank_id,
            self.name,
            self.is_open,
            Fen(self.balance + growth),
        )


BY_BANK: dict[tuple[str, Kind], AccountId] = {
    (bank.bank_id, kind): AccountId(bank.number * 10 + place)
    for bank in BANKS.values()
    for place, kind in enumerate(OF_THE_BANK)
}


def bank_account_id(bank_id: str, kind: Kind) -> AccountId:
    """Return the id of a bank's own account.

    >>> bank_account_id("gyb", Kind.FEE_INCOME)
    11
    """
    return BY_BANK[bank_id, kind]


def account_no_of(bank: Bank, serial: int) -> str:
    """Return an account number: 15 digits, so never mistaken for a card number of 16.

    >>> account_no_of(BANKS["gyb"], 1000)
    '520010000001000'
    """
    return f"52{bank.number:03d}{serial:010d}"


def masked_name(name: str) -> str:
    """Return a name as a payee check shows it: the first character hidden.

    >>> masked_name("王小明"), masked_name("李雷")
    ('*小明', '*雷')
    """
    return "*" + name[1:]


BANK_ACCOUNTS: dict[AccountId, Account] = {
    bank_account_id(bank.bank_id, kind): Account(
        account_id=bank_account_id(bank.bank_id, kind),
        account_no=account_no_of(bank, bank_account_id(bank.bank_id, kind)),
        kind=kind,
        bank_id=bank.bank_id,
        name=f"{bank.name} {kind.value}",
        is_open=True,
        balance=None,
    )
    for bank in BANKS.values()
    for kind in OF_THE_BANK
}
"""The banks' own accounts: the same in every world, so nobody has to load them."""

CLEARING_ACCOUNTS = frozenset(
    account.account_id for account in BANK_ACCOUNTS.values() if account.kind is Kind.CLEARING
)


def bank_account(bank_id: str, kind: Kind) -> Account:
    """Return a bank's own account."""
    return BANK_ACCOUNTS[bank_account_id(bank_id, kind)]
