"""The six businesses of the counter as bodies, each of which becomes a request of the domain."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from api.models.fields import (
    AccountNo,
    AmountFen,
    BatchNo,
    BillerId,
    BillNo,
    Body,
    CardNo,
    EntryMode,
    OccurredAt,
    PersonName,
    PinBlock,
    PinDigits,
    PositionBody,
    TerminalId,
    TerminalSerial,
    TraceNo,
)
from api.words import broken_rule
from pos_sim.domain.cards import Pan, Pin, pin_of_block
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import (
    NOTHING_REPORTED,
    BalanceInquiry,
    CardBillPayment,
    CashBillPayment,
    CashRemittance,
    Key,
    Position,
    Reported,
    Request,
    Reversal,
    ReversalReason,
    Transfer,
    Withdrawal,
)


class Keyed(Body):
    """The key, and what a terminal may report beside its request."""

    terminal_id: TerminalId
    batch_no: BatchNo
    trace_no: TraceNo
    position: PositionBody | None = None
    terminal_serial: TerminalSerial | None = None
    entry_mode: EntryMode | None = None
    occurred_at: OccurredAt | None = None

    def shared(self, now: datetime) -> dict[str, Any]:
        """Return what all requests share, stamped at the door."""
        return {
            "key": Key(self.terminal_id, self.batch_no, self.trace_no),
            "received_at": now,
            "reported": self.reported() if len(self.model_fields_set) > 3 else NOTHING_REPORTED,
        }

    def reported(self) -> Reported:
        place = self.position
        return Reported(
            position=Position(place.latitude, place.longitude, place.accuracy_m) if place else None,
            terminal_serial=self.terminal_serial,
            entry_mode=self.entry_mode,
            occurred_at=self.occurred_at,
        )


ONE_PIN: dict[str, Any] = {
    "oneOf": [
        {"required": ["pin"], "properties": {"pin": {"type": "string"}}},
        {"required": ["pin_block"], "properties": {"pin_block": {"type": "string"}}},
    ]
}


class WithCard(Keyed):
    """A card with its PIN, given as digits or as a block."""

    model_config = ConfigDict(json_schema_extra=ONE_PIN)

    card_no: CardNo
    pin: PinDigits | None = None
    pin_block: PinBlock | None = None

    @model_validator(mode="after")
    def has_one_pin(self) -> Self:
        """Want ``pin`` or ``pin_block``, and not both."""
        if (self.pin is None) == (self.pin_block is None):
            raise broken_rule("pin", "pin 与 pin_block 二选一 · Exactly one of pin and pin_block")
        return self

    def card(self) -> dict[str, Any]:
        """Return card number and PIN; the PIN is None where its block is malformed."""
        pan = Pan(self.card_no)
        pin = Pin(self.pin) if self.pin else pin_of_block(self.pin_block or "", pan)
        return {"pan": pan, "pin": pin}


class WithdrawalBody(WithCard):
    """助农取款 Cash from the till against the card; at an ATM 取款."""

    amount_fen: AmountFen

    def request(self, now: datetime) -> Withdrawal:
        """Return the request, received ``now``."""
        return Withdrawal(amount=Fen(self.amount_fen), **self.card(), **self.shared(now))


class TransferBody(WithCard):
    """转账汇款 From the card to another account."""

    amount_fen: AmountFen
    payee_account_no: AccountNo
    payee_name: PersonName

    def request(self, now: datetime) -> Transfer:
        """Return the request, received ``now``."""
        return Transfer(
            amount=Fen(self.amount_fen),
            payee_account_no=self.payee_account_no,
            payee_name=self.payee_name,
            **self.card(),
            **self.shared(now),
        )


class BalanceInquiryBody(WithCard):
    """余额查询 The balance of the card's account."""

    def request(self, now: datetime) -> BalanceInquiry:
        """Return the request, received ``now``."""
        return BalanceInquiry(**self.card(), **self.shared(now))


class CashRemittanceBody(Keyed):
    """现金汇款 Banknotes into the till, the payee's account is credited."""

    amount_fen: AmountFen
    payer_name: PersonName
    payee_account_no: AccountNo
    payee_name: PersonName

    def request(self, now: datetime) -> CashRemittance:
        """Return the request, received ``now``."""
        return CashRemittance(
            amount=Fen(self.amount_fen),
            payer_name=self.payer_name,
            payee_account_no=self.payee_account_no,
            payee_name=self.payee_name,
            **self.shared(now),
        )


class CardBillBody(WithCard):
    """代理缴费 A bill paid from the card."""

    funding: Literal["card"]
    amount_fen: AmountFen
    biller_id: BillerId
    bill_no: BillNo

    def request(self, now: datetime) -> CardBillPayment:
        """Return the request, received ``now``."""
        return CardBillPayment(
            amount=Fen(self.amount_fen),
            biller_id=self.biller_id,
            bill_no=self.bill_no,
            **self.card(),
            **self.shared(now),
        )


class CashBillBody(Keyed):
    """代理缴费 A bill paid with banknotes: no card fields."""

    funding: Literal["cash"]
    amount_fen: AmountFen
    biller_id: BillerId
    bill_no: BillNo

    def request(self, now: datetime) -> CashBillPayment:
        """Return the request, received ``now``."""
        return CashBillPayment(
            amount=Fen(self.amount_fen),
            biller_id=self.biller_id,
            bill_no=self.bill_no,
            **self.shared(now),
        )


BillPaymentBody: TypeAlias = Annotated[CardBillBody | CashBillBody, Field(discriminator="funding")]


class OriginalKey(Body):
    """Batch and trace of the original; its terminal is the one that reverses."""

    batch_no: BatchNo
    trace_no: TraceNo


class ReversalBody(Keyed):
    """冲正 Takes back an earlier request of the same terminal, named by its key."""

    original: OriginalKey
    reason: Annotated[
        ReversalReason,
        Field(description="timeout 98 · terminal_fault 96 · bad_mac A0 · other 06"),
    ]

    @model_validator(mode="after")
    def names_another(self) -> Self:
        """A reversal cannot name itself."""
        if (self.original.batch_no, self.original.trace_no) == (self.batch_no, self.trace_no):
            raise broken_rule("original", "不能冲正自己 · A reversal cannot name its own key")
        return self

    def request(self, now: datetime) -> Reversal:
        """Return the request, received ``now``."""
        original = Key(self.terminal_id, self.original.batch_no, self.original.trace_no)
        return Reversal(original=original, reason=self.reason, **self.shared(now))


AnyBody: TypeAlias = (
    WithdrawalBody
    | TransferBody
    | BalanceInquiryBody
    | CashRemittanceBody
    | CardBillBody
    | CashBillBody
    | ReversalBody
)
Reader: TypeAlias = TypeAdapter[Any]

READERS: dict[str, Reader] = {
    "withdrawal": TypeAdapter(WithdrawalBody),
    "cash_remittance": TypeAdapter(CashRemittanceBody),
    "transfer": TypeAdapter(TransferBody),
    "bill_payment": TypeAdapter(BillPaymentBody),
    "balance_inquiry": TypeAdapter(BalanceInquiryBody),
    "reversal": TypeAdapter(ReversalBody),
}
"""What reads the body of each business."""


def request_of(reader: Reader, content: bytes, now: datetime) -> Request:
    """Validate a body once and return the request; pydantic's ValidationError otherwise."""
    body: AnyBody = reader.validate_json(content)
    return body.request(now)
