"""The read side of cards, payees and bills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from pos_sim.domain.bills import Bill, born_amount
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import Fen
from pos_sim.store.tables import accounts, billers, bills, cards, usage


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """One card as a bank clerk sees it; ``used`` is of the business date that was asked for."""

    card_id: int
    card_masked: str
    product: str
    bank_id: str
    holder_name: str
    birth_date: date
    county: str
    status: str
    pin_failures: int
    pin_failed_on: date | None
    gets_subsidies: bool
    first_withdrawal_month: int
    account_no: str
    balance_fen: int
    used: dict[LimitKind, Usage]


@dataclass(frozen=True, slots=True)
class PayeeRecord:
    """An account that may receive money."""

    account_no: str
    name: str
    bank_id: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class BillerRecord:
    """One biller, without its account."""

    biller_id: str
    name: str
    name_en: str
    category: str
    takes_any_bill: bool


def card_by_id(connection: Connection, card_id: int, day: date) -> CardRecord | None:
    """Return the card with this id, with what it used on business date ``day``."""
    return found_card(connection, cards.c.card_id == card_id, day)


def card_by_hash(connection: Connection, pan_hash: str, day: date) -> CardRecord | None:
    """Return the card found under the keyed hash of its number."""
    return found_card(connection, cards.c.pan_hash == pan_hash, day)


def found_card(
    connection: Connection, condition: ColumnElement[bool], day: date
) -> CardRecord | None:
    row = connection.execute(card_query().where(condition)).first()
    if row is None:
        return None
    return CardRecord(**row._mapping, used=used_of(connection, row.card_id, day))


def card_query() -> Select[Any]:
    c = cards.c
    return select(
        c.card_id, c.card_masked, c.product, c.bank_id, c.holder_name, c.birth_date, c.county,
        c.status, c.pin_failures, c.pin_failed_on, c.gets_subsidies, c.first_withdrawal_month,
        accounts.c.account_no, accounts.c.balance_fen,
    ).join(accounts, accounts.c.account_id == c.account_id)  # fmt: skip


def used_of(connection: Connection, subject_id: int, day: date) -> dict[LimitKind, Usage]:
    """Return what a card used of its limits on ``day``."""
    query = select(usage.c.kind, usage.c.amount_fen, usage.c.count).where(
        usage.c.subject_id == subject_id,
        usage.c.business_date == day,
        # An account may have the same number; only remittances are counted by account.
        usage.c.kind != LimitKind.CASH_REMITTANCE.value,
    )
    return {
        LimitKind(kind): Usage(Fen(amount), count)
        for kind, amount, count in connection.execute(query)
    }


def find_payee(connection: Connection, account_no: str) -> PayeeRecord | None:
    """Return the account that could be paid under this number."""
    a = accounts.c
    query = select(a.account_no, a.name, a.bank_id, a.is_open).where(
        a.account_no == account_no, a.kind.in_(("cardholder", "operator"))
    )
    row = connection.execute(query).first()
    return None if row is None else PayeeRecord(*row)


def list_billers(connection: Connection) -> Sequence[BillerRecord]:
    """Return all billers in order of id."""
    query = biller_query().order_by(billers.c.biller_id)
    return [BillerRecord(*row) for row in connection.execute(query)]


def find_bill(connection: Connection, biller_id: str, bill_no: str) -> Bill | None:
    """Return a bill; one that nobody has seen is born where the biller takes any."""
    row = connection.execute(biller_query().where(billers.c.biller_id == biller_id)).first()
    if row is None:
        return None
    b = bills.c
    query = select(b.amount_fen, b.payer_name, b.paid_by).where(
        b.biller_id == biller_id, b.bill_no == bill_no
    )
    found = connection.execute(query).first()
    if found is not None:
        return Bill(biller_id, bill_no, Fen(found.amount_fen), found.payer_name, found.paid_by)
    if not row.takes_any_bill:
        return None
    return Bill(biller_id, bill_no, born_amount(biller_id, bill_no), "", None)


def biller_query() -> Select[Any]:
    b = billers.c
    return select(b.biller_id, b.name, b.name_en, b.category, b.takes_any_bill)
