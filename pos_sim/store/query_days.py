"""The read side of a business day: counts and sums by business, code and waiver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from pos_sim.domain.transactions import Status
from pos_sim.store.tables import service_points, transactions

MOVED = (Status.APPROVED.value, Status.HELD.value)

originals = transactions.alias("originals")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFilter:
    """Which day, and where: a bank's points, a county's, or everything."""

    business_date: date
    bank_id: str | None = None
    county: str | None = None


@dataclass(frozen=True, slots=True)
class BusinessRow:
    """One business and answer code on a day; sums are of what moved money, in fen."""

    business: str
    response_code: str
    count: int
    amount: int
    fee_before: int
    fee_waived: int
    fee_charged: int


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """What one waiver of one policy version waived on a day, and what reversals took back."""

    policy_version: str
    waiver_id: str
    bearer: str
    count: int
    waived: int


@dataclass(frozen=True, slots=True)
class ReversedRow:
    """What the reversals of a day took back, in fen."""

    count: int
    amount: int
    fee_charged: int
    fee_waived: int


def by_business(connection: Connection, wanted: DayFilter) -> Sequence[BusinessRow]:
    """Return every business and answer code of the day."""
    t = transactions.c
    query = (
        placed(
            select(
                t.business,
                t.response_code,
                func.count(),
                total(t.amount_fen),
                total(t.fee_before_fen),
                total(t.fee_waived_fen),
                total(t.fee_charged_fen),
            ),
            wanted,
        )
        .group_by(t.business, t.response_code)
        .order_by(t.business, t.response_code)
    )
    return [BusinessRow(*plain(row)) for row in connection.execute(query)]


def by_waiver(connection: Connection, wanted: DayFilter) -> Sequence[WaiverRow]:
    """Return what each waiver waived on the day."""
    t = transactions.c
    query = (
        placed(select(*waiver_columns(t)), wanted)
        .where(t.waiver_id.is_not(None), t.first_status.in_(MOVED))
        .group_by(t.policy_version, t.waiver_id, t.fee_bearer)
        .order_by(t.waiver_id, t.policy_version)
    )
    return [WaiverRow(*plain(row)) for row in connection.execute(query)]


def taken_back(connection: Connection, wanted: DayFilter) -> Sequence[WaiverRow]:
    """Return what reversals of the day took back of each waiver, whenever it was granted."""
    t, o = transactions.c, originals.c
    query = (
        placed(
            select(*waiver_columns(o)).join_from(
                transactions, originals, o.transaction_id == t.original_id
            ),
            wanted,
        )
        .where(o.ended_by == t.transaction_id, o.waiver_id.is_not(None))
        .group_by(o.policy_version, o.waiver_id, o.fee_bearer)
        .order_by(o.waiver_id, o.policy_version)
    )
    return [WaiverRow(*plain(row)) for row in connection.execute(query)]


def reversed_on(connection: Connection, wanted: DayFilter) -> ReversedRow:
    """Return what reversals of the day really took back; many find nothing left to take."""
    t, o = transactions.c, originals.c
    query = placed(
        select(
            func.count(), total(o.amount_fen), total(o.fee_charged_fen), total(o.fee_waived_fen)
        ).join_from(transactions, originals, o.transaction_id == t.original_id),
        wanted,
    ).where(o.ended_by == t.transaction_id)
    return ReversedRow(*plain(connection.execute(query).one()))


def waiver_columns(source: Any) -> tuple[Any, ...]:
    return (
        source.policy_version,
        source.waiver_id,
        func.coalesce(source.fee_bearer, ""),
        func.count(),
        total(source.fee_waived_fen),
    )


def placed(query: Select[Any], wanted: DayFilter) -> Select[Any]:
    """Narrow a query to the day and, where asked for, to the points of a bank or county."""
    query = query.where(transactions.c.business_date == wanted.business_date)
    conditions = place_conditions(wanted)
    if not conditions:
        return query
    at_points = select(service_points.c.service_point_id).where(*conditions)
    return query.where(transactions.c.service_point_id.in_(at_points))


def place_conditions(wanted: DayFilter) -> list[ColumnElement[bool]]:
    p = service_points.c
    found = []
    if wanted.bank_id is not None:
        found.append(p.bank_id == wanted.bank_id)
    if wanted.county is not None:
        found.append(p.county.startswith(wanted.county, autoescape=True))
    return found


def total(column: Any) -> Any:
    return func.coalesce(func.sum(column), 0)


def plain(row: Any) -> tuple[Any, ...]:
    """Return a row with whole numbers: PostgreSQL sums big integers as decimals."""
    return tuple(value if isinstance(value, str) else int(value) for value in row)
