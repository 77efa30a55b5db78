"""What people ask at the counter of the small world: valid by default, changed in one place."""

from __future__ import annotations

from datetime import datetime

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.cards import Pin
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import (
    BalanceInquiry,
    CardBillPayment,
    CashBillPayment,
    CashRemittance,
    Charge,
    Key,
    Reversal,
    ReversalReason,
    Transfer,
    Withdrawal,
)
from tests.worlds import BILL_AMOUNT, BILL_NO, PIN, POS, POWER, SMALL

HUNDRED = yuan(100)


def key(trace: int = 1, terminal: str = POS, batch: int = 1) -> Key:
    """Return the key of one request: terminal, batch and trace number."""
    return Key(terminal, f"{batch:06d}", f"{trace:06d}")


def withdrawal(
    trace: int = 1,
    *,
    terminal: str = POS,
    card: str = "gyb_debit",
    amount: Fen = HUNDRED,
    pin: Pin = PIN,
    at: datetime = DEMO_START,
) -> Withdrawal:
    return Withdrawal(
        key=key(trace, terminal), received_at=at, pan=SMALL.pan(card), pin=pin, amount=amount
    )


def inquiry(
    trace: int = 1,
    *,
    terminal: str = POS,
    card: str = "gyb_debit",
    pin: Pin = PIN,
    at: datetime = DEMO_START,
) -> BalanceInquiry:
    return BalanceInquiry(key=key(trace, terminal), received_at=at, pan=SMALL.pan(card), pin=pin)


def transfer(
    trace: int = 1,
    *,
    terminal: str = POS,
    card: str = "gyb_debit",
    payee: str = "abc_debit",
    payee_name: str | None = None,
    amount: Fen = HUNDRED,
    pin: Pin = PIN,
    at: datetime = DEMO_START,
) -> Transfer:
    """Return a transfer; ``payee`` names the card whose account gets the money."""
    account = SMALL.account_of(payee)
    return Transfer(
        key=key(trace, terminal),
        received_at=at,
        pan=SMALL.pan(card),
        pin=pin,
        amount=amount,
        payee_account_no=account.account_no,
        payee_name=account.name if payee_name is None else payee_name,
    )


def remittance(
    trace: int = 1,
    *,
    terminal: str = POS,
    payee: str = "abc_debit",
    payee_name: str | None = None,
    payer_name: str = "张三",
    amount: Fen = HUNDRED,
    at: datetime = DEMO_START,
) -> CashRemittance:
    """Return a cash remittance; ``payee`` names the card whose account gets the money."""
    account = SMALL.account_of(payee)
    return CashRemittance(
        key=key(trace, terminal),
        received_at=at,
        amount=amount,
        payer_name=payer_name,
        payee_account_no=account.account_no,
        payee_name=account.name if payee_name is None else payee_name,
    )


def card_bill(
    trace: int = 1,
    *,
    terminal: str = POS,
    card: str = "gyb_debit",
    biller: str = POWER,
    bill_no: str = BILL_NO,
    amount: Fen = BILL_AMOUNT,
    pin: Pin = PIN,
    at: datetime = DEMO_START,
) -> CardBillPayment:
    return CardBillPayment(
        key=key(trace, terminal),
        received_at=at,
        pan=SMALL.pan(card),
        pin=pin,
        amount=amount,
        biller_id=biller,
        bill_no=bill_no,
    )


def cash_bill(
    trace: int = 1,
    *,
    terminal: str = POS,
    biller: str = POWER,
    bill_no: str = BILL_NO,
    amount: Fen = BILL_AMOUNT,
    at: datetime = DEMO_START,
) -> CashBillPayment:
    return CashBillPayment(
        key=key(trace, terminal), received_at=at, amount=amount, biller_id=biller, bill_no=bill_no
    )


def reversal(
    trace: int = 9,
    *,
    of: int = 1,
    terminal: str = POS,
    reason: ReversalReason = ReversalReason.TIMEOUT,
    at: datetime = DEMO_START,
) -> Reversal:
    """Return a reversal of the request with trace number ``of`` at the same terminal."""
    return Reversal(
        key=key(trace, terminal), received_at=at, original=key(of, terminal), reason=reason
    )


def charge(
    trace: int = 1,
    *,
    operation: str = "annual_fee",
    card: str = "gyb_debit",
    at: datetime = DEMO_START,
) -> Charge:
    """Return a charge that the bank posts itself; its key is the number that its caller gave."""
    return Charge(
        key=Key("", "", f"CHG-{trace:024d}"),
        received_at=at,
        operation=operation,
        card_id=SMALL.card(card).card.card_id,
    )
