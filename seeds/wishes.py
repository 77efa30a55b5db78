"""What somebody may wish for, and what is wrong with a wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, select

from pos_sim.domain.banks import BANKS, Bank
from pos_sim.domain.cards import CardStatus, Product
from pos_sim.domain.money import LARGEST, yuan
from pos_sim.store.tables import billers, bills
from seeds.mistakes import AlreadyThere, Mistake

Word = TypeVar("Word", bound=StrEnum)


class CreditKind(StrEnum):
    """What arrives on a card."""

    PENSION = "pension"  # 养老金
    SUBSIDY = "subsidy"  # 惠农补贴
    SALARY = "salary"  # 工资
    OTHER = "other"  # 其他


FROM_GOVERNMENT = frozenset({CreditKind.PENSION, CreditKind.SUBSIDY})
"""Kinds that make the first withdrawal of every month free from now on (银发〔2014〕235号)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """A card that somebody wishes for; whatever is not said is an ordinary card of the place."""

    product: str = Product.DEBIT.value
    bank_id: str = "gyb"
    county: str | None = None
    balance_fen: int = yuan(10_000)
    name: str | None = None
    birth_date: date = date(1970, 1, 1)
    status: str = CardStatus.ACTIVE.value
    gets_subsidies: bool = False
    effect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBills:
    """Bills that somebody wishes for: one with this number, or ``count`` with numbers of ours."""

    biller_id: str
    amount_fen: int
    bill_no: str | None = None
    payer_name: str = ""
    count: int = 1


def bank_of(wish: NewCard) -> Bank:
    if wish.bank_id not in BANKS:
        raise Mistake("bank_id", f"须为下列之一 · Must be one of {', '.join(BANKS)}")
    return BANKS[wish.bank_id]


def word(field: str, value: str, words: type[Word]) -> Word:
    """Return one word of a vocabulary."""
    try:
        return words(value)
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise Mistake(field, f"须为下列之一 · Must be one of {known}") from None


def check_card(wish: NewCard, product: Product, county: str, today: date) -> None:
    if product is Product.RURAL_REVITALIZATION and wish.bank_id != "gyb":
        raise Mistake("product", "乡村振兴卡仅由贵阳银行发行 · Issued by gyb only")
    if not (len(county) == 6 and county.isascii() and county.isdigit()):
        raise Mistake("county", "须为六位行政区划代码 · Must be a county code of six digits")
    if not date(1900, 1, 1) <= wish.birth_date <= today:
        raise Mistake("birth_date", "须在1900年至今天之间 · Must lie between 1900 and today")
    if wish.name is not None and not 1 <= len(wish.name.strip()) <= len(wish.name) <= 80:
        raise Mistake("name", "须为1至80个字 · Must have 1 to 80 characters")
    check_amount("balance_fen", wish.balance_fen, lowest=0)


def check_amount(field: str, amount: int, lowest: int) -> None:
    if not lowest <= amount <= LARGEST:
        raise Mistake(field, f"须在{lowest}至{LARGEST}分之间 · Must be {lowest} to {LARGEST} fen")


def check_bills(connection: Connection, wish: NewBills) -> None:
    if not 1 <= wish.count <= 1_000 or (wish.bill_no and wish.count != 1):
        raise Mistake("count", "须为1至1000，给定单号时为1 · Must be 1 to 1000, 1 with a bill_no")
    if wish.bill_no is not None and not 1 <= len(wish.bill_no) <= 32:
        raise Mistake("bill_no", "须为1至32个字符 · Must have 1 to 32 characters")
    if len(wish.payer_name) > 80:
        raise Mistake("payer_name", "至多80个字 · At most 80 characters")
    if not _exists(
        connection, select(billers.c.biller_id).where(billers.c.biller_id == wish.biller_id)
    ):
        raise Mistake("biller_id", "无此收款单位 · No such biller")
    taken = select(bills.c.bill_no).where(
        bills.c.biller_id == wish.biller_id, bills.c.bill_no == wish.bill_no
    )
    if wish.bill_no is not None and _exists(connection, taken):
        raise AlreadyThere("bill_no", "该单号已存在 · The biller has a bill with this number")


def _exists(connection: Connection, query: Select[Any]) -> bool:
    return connection.execute(query.limit(1)).first() is not None
