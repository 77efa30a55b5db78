"""The read side: lists with keyset cursors. No statement here locks or writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from pos_sim.domain.calendar import business_date
from pos_sim.domain.transactions import Transaction
from pos_sim.store import rows
from pos_sim.store.tables import transactions

T = TypeVar("T")

ROW = tuple(transactions.c[name] for name in rows.TRANSACTION_COLUMNS)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; ``after`` is where the next one starts, None on the last."""

    items: Sequence[T]
    after: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFilter:
    """What is asked for; None asks nothing."""

    terminal_id: str | None = None
    batch_no: str | None = None
    trace_no: str | None = None
    service_point_id: str | None = None
    card_id: int | None = None
    business_date: date | None = None
    response_code: str | None = None
    business: str | None = None
    status: str | None = None


def find_transaction(connection: Connection, transaction_id: str) -> Transaction | None:
    """Return the transaction with this id."""
    query = select(*ROW).where(transactions.c.transaction_id == transaction_id)
    row = connection.execute(query).first()
    return None if row is None else rows.transaction_of(tuple(row))


def list_transactions(
    connection: Connection, wanted: TransactionFilter, limit: int, after: tuple[int, str] | None
) -> Page[Transaction]:
    """Return transactions, the newest first; ``after`` is what the page before gave."""
    query = select(*ROW).where(*conditions(wanted))
    if after is not None:
        query = query.where(comes_after(*after))
    query = newest_first(query, wanted).limit(limit + 1)
    found = [rows.transaction_of(tuple(row)) for row in connection.execute(query)]
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], (rows.to_us(last.decided_at), last.transaction_id))


def conditions(wanted: TransactionFilter) -> list[ColumnElement[bool]]:
    """Return one condition for each column that is asked for."""
    asked = {name: getattr(wanted, name) for name in FILTERS}
    found = [transactions.c[name] == value for name, value in asked.items() if value is not None]
    if wanted.terminal_id is not None:
        # Ids begin with the terminal, so the primary key finds what no other index does.
        first, last = (wanted.terminal_id + digit * 12 for digit in "09")
        found.append(transactions.c.transaction_id.between(first, last))
    return found


FILTERS = tuple(TransactionFilter.__dataclass_fields__)


def comes_after(decided_us: int, transaction_id: str) -> ColumnElement[bool]:
    """Return the condition that a row is older than the last one of the page before."""
    day = business_date(rows.from_us(decided_us))
    t = transactions.c
    older = or_(
        t.decided_us < decided_us,
        and_(t.decided_us == decided_us, t.transaction_id < transaction_id),
    )
    return and_(t.business_date <= day, older)


def newest_first(query: Select[Any], wanted: TransactionFilter) -> Select[Any]:
    """Order by time. Business dates follow it, and their index serves where no other does."""
    t = transactions.c
    has_own_index = wanted.card_id is not None or wanted.service_point_id is not None
    if has_own_index:
        return query.order_by(t.decided_us.desc(), t.transaction_id.desc())
    return query.order_by(t.business_date.desc(), t.decided_us.desc(), t.transaction_id.desc())
