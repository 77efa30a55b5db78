"""What a terminal may ask: one frozen dataclass a business, its natural key, its fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, ClassVar, NamedTuple, TypeAlias

from pos_sim.domain.cards import Pan, Pin
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import ZERO, Fen


class Business(StrEnum):
    """The six businesses of the counter, and the charges that the bank posts itself."""

    WITHDRAWAL = "withdrawal"  # 助农取款; at an ATM 取款
    CASH_REMITTANCE = "cash_remittance"  # 现金汇款
    TRANSFER = "transfer"  # 转账汇款
    BILL_PAYMENT = "bill_payment"  # 代理缴费
    BALANCE_INQUIRY = "balance_inquiry"  # 余额查询
    REVERSAL = "reversal"  # 冲正
    CHARGE = "charge"  # 账户收费, posted by the bank itself


class Funding(StrEnum):
    """Where the money of a bill payment comes from."""

    CARD = "card"
    CASH = "cash"


class ReversalReason(StrEnum):
    """Why a terminal reverses (ISO 8583 field 39 of the 0400)."""

    TIMEOUT = "timeout"  # 98
    TERMINAL_FAULT = "terminal_fault"  # 96
    BAD_MAC = "bad_mac"  # A0
    OTHER = "other"  # 06


class Key(NamedTuple):
    """Terminal, batch and trace: names one request for ever, whatever its business."""

    terminal_id: str
    batch_no: str
    trace_no: str

    @property
    def transaction_id(self) -> str:
        """The three parts written together: 20 characters."""
        return self.terminal_id + self.batch_no + self.trace_no


class Position(NamedTuple):
    """Where the terminal says it stands (degrees, metres)."""

    latitude: float
    longitude: float
    accuracy_m: float


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a terminal may report beside the request; nothing of it is content."""

    position: Position | None = None
    terminal_serial: str | None = None
    entry_mode: str | None = None
    occurred_at: datetime | None = None


NOTHING_REPORTED = Reported()


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What all requests share. ``received_at`` is the sandbox's time, stamped once at the door."""

    business: ClassVar[Business]
    key: Key
    received_at: datetime
    reported: Reported = NOTHING_REPORTED


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class CardRequest(Request):
    """A request with a card and its PIN; the PIN is None when its block was malformed."""

    pan: Pan
    pin: Pin | None


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(CardRequest):
    """助农取款: cash from the till against the card."""

    business = Business.WITHDRAWAL
    amount: Fen


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(CardRequest):
    """转账汇款: from the card to another account."""

    business = Business.TRANSFER
    amount: Fen
    payee_account_no: str
    payee_name: str


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class BalanceInquiry(CardRequest):
    """余额查询."""

    business = Business.BALANCE_INQUIRY


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class CashRemittance(Request):
    """现金汇款: cash into the till, the payee's account is credited."""

    business = Business.CASH_REMITTANCE
    amount: Fen
    payer_name: str
    payee_account_no: str
    payee_name: str


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class CardBillPayment(CardRequest):
    """代理缴费 from the card."""

    business = Business.BILL_PAYMENT
    amount: Fen
    biller_id: str
    bill_no: str


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class CashBillPayment(Request):
    """代理缴费 with banknotes."""

    business = Business.BILL_PAYMENT
    amount: Fen
    biller_id: str
    bill_no: str


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Reversal(Request):
    """冲正: takes back an earlier request of the same terminal, named by its key."""

    business = Business.REVERSAL
    original: Key
    reason: ReversalReason


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Charge(Request):
    """One of the charges of the fee quote, posted to a card by the bank itself.

    Its key has no terminal: the whole of it is the caller's charge number.
    """

    business = Business.CHARGE
    operation: str
    card_id: int


ToPayee: TypeAlias = Transfer | CashRemittance
"""What names a payee."""

ForBill: TypeAlias = CardBillPayment | CashBillPayment
"""What names a bill."""


def amount_of(request: Request) -> Fen:
    """Return the amount asked for; zero where the business has none."""
    amount: Fen = getattr(request, "amount", ZERO)
    return amount


def fingerprint_of(request: Request, pan_hash: str | None) -> str:
    """Return the hash of the content: what must match when a key comes again (32 hex digits).

    PIN, position, times, entry mode and serial are not content. Control characters cannot stand
    in a field, so the separator keeps fields apart.
    """
    fields = (
        request.business.value,
        *request.key,
        pan_hash or "",
        *CONTENT[type(request)](request),
    )
    return blake2b("\x1f".join(fields).encode(), digest_size=16).hexdigest()


CONTENT: dict[type[Request], Callable[[Any], tuple[str, ...]]] = {
    Withdrawal: lambda r: (str(r.amount),),
    Transfer: lambda r: (str(r.amount), r.payee_account_no, r.payee_name),
    BalanceInquiry: lambda r: (),
    CashRemittance: lambda r: (str(r.amount), r.payer_name, r.payee_account_no, r.payee_name),
    CardBillPayment: lambda r: (str(r.amount), r.biller_id, r.bill_no, Funding.CARD),
    CashBillPayment: lambda r: (str(r.amount), r.biller_id, r.bill_no, Funding.CASH),
    Reversal: lambda r: (*r.original, r.reason.value),
    Charge: lambda r: (r.operation, str(r.card_id)),
}
"""The content of each business beside its key and card."""
