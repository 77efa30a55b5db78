"""What reversals are tried on: every business that moves money, and what a bank holds."""

from __future__ import annotations

from datetime import timedelta

from pos_sim.domain.accounts import BANK_ACCOUNTS, AccountId
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Request
from tests.counter import (
    card_bill,
    cash_bill,
    remittance,
    transfer,
    withdrawal,
)
from tests.memory_bank import HELD_AMOUNT, MemoryBank
from tests.worlds import (
    ANY,
    ATM,
    MOBILE,
    OTHER_POS,
)


def balances(bank: MemoryBank) -> dict[AccountId, int]:
    """Return every balance: kept where it is kept, summed where not, zeros left out."""
    kept = {a.account_id: int(a.balance or 0) for a in bank.book.accounts.values()}
    summed = {a.account_id: bank.summed(a.bank_id, a.kind) for a in BANK_ACCOUNTS.values()}
    return {account_id: balance for account_id, balance in (kept | summed).items() if balance}


ONE_DAY = timedelta(days=1)
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
