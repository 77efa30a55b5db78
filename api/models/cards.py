"""Cards, payees, billers and bills as they are shown."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from api.models.fields import Body, CardNo
from pos_sim.domain.bills import Bill
from pos_sim.domain.cards import PIN_TRIES
from pos_sim.domain.limits import Limit, LimitKind, Usage
from pos_sim.domain.money import ZERO
from pos_sim.domain.policy import Policy
from pos_sim.store.query_cards import BillerRecord, CardRecord, PayeeRecord


class CardLookup(Body):
    """A card by its number, which never stands in an address."""

    card_no: CardNo


class UsageShown(BaseModel):
    """What today used of one daily limit; an absent maximum is no cap."""

    kind: str
    used_fen: int
    used_count: int
    limit_fen: int | None
    limit_count: int | None


class CardShown(BaseModel):
    """卡 One card as a bank clerk sees it."""

    card_id: str
    card_no_masked: str
    product: str = Field(
        description="`debit` · `rural_revitalization` · `social_security` · `credit`"
    )
    bank_id: str
    holder_name: str
    birth_date: date
    county: str
    status: str = Field(description="`active` · `lost` · `stolen` · `expired` · `restricted`")
    is_pin_locked: bool = Field(description="Until the next business date")
    gets_subsidies: bool
    account_no: str
    balance_fen: int
    business_date: date = Field(description="The date of `usage`")
    usage: list[UsageShown]

    @classmethod
    def of(cls, card: CardRecord, policy: Policy, today: date) -> Self:
        is_locked = card.pin_failed_on == today and card.pin_failures >= PIN_TRIES
        kinds = [kind for kind in LimitKind if kind is not LimitKind.CASH_REMITTANCE]
        return cls(
            card_id=str(card.card_id),
            card_no_masked=card.card_masked,
            product=card.product,
            bank_id=card.bank_id,
            holder_name=card.holder_name,
            birth_date=card.birth_date,
            county=card.county,
            status=card.status,
            is_pin_locked=is_locked,
            gets_subsidies=card.gets_subsidies,
            account_no=card.account_no,
            balance_fen=card.balance_fen,
            business_date=today,
            usage=[
                usage_shown(kind, card.used.get(kind, UNUSED), policy.limit(kind)) for kind in kinds
            ],
        )


UNUSED = Usage(ZERO, 0)


def usage_shown(kind: LimitKind, used: Usage, limit: Limit) -> UsageShown:
    return UsageShown(
        kind=kind.value,
        used_fen=used.amount,
        used_count=used.count,
        limit_fen=limit.amount_max,
        limit_count=limit.count_max,
    )


class PayeeShown(BaseModel):
    """户名查询 Who would be paid, with the name masked."""

    account_no: str
    name_masked: str = Field(examples=["*小明"])
    bank_id: str
    is_open: bool

    @classmethod
    def of(cls, payee: PayeeRecord, name_masked: str) -> Self:
        return cls(
            account_no=payee.account_no,
            name_masked=name_masked,
            bank_id=payee.bank_id,
            is_open=payee.is_open,
        )


class BillerShown(BaseModel):
    """缴费单位 One biller."""

    biller_id: str
    name: str
    name_en: str
    category: str
    takes_any_bill: bool = Field(description="A bill is born when somebody asks for it")

    @classmethod
    def of(cls, biller: BillerRecord) -> Self:
        return cls(
            biller_id=biller.biller_id,
            name=biller.name,
            name_en=biller.name_en,
            category=biller.category,
            takes_any_bill=biller.takes_any_bill,
        )


class BillerList(BaseModel):
    """All billers."""

    items: list[BillerShown]
    next_cursor: None = None


class BillShown(BaseModel):
    """缴费查询 One bill."""

    biller_id: str
    bill_no: str
    amount_fen: int = Field(description="What must be paid, fen")
    payer_name_masked: str
    is_paid: bool

    @classmethod
    def of(cls, bill: Bill, payer_name_masked: str) -> Self:
        return cls(
            biller_id=bill.biller_id,
            bill_no=bill.bill_no,
            amount_fen=bill.amount,
            payer_name_masked=payer_name_masked,
            is_paid=bill.paid_by is not None,
        )
