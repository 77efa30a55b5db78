"""What a group asks before it decides: the windows of its cards, points, payees and bills."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import starmap
from typing import Any, TypeVar

from sqlalchemy import Connection

from pos_sim.store.rows import to_day
from pos_sim.store.sql import NOTHING, Later, Statement
from risk.events import BIG_SHARE
from risk.live.rows import (
    APPROVED,
    INQUIRY,
    IS_BIG,
    IS_INQUIRY,
    IS_PIN_FAILURE,
    IS_WITHDRAWAL,
    PIN_CODES,
    TAKES_MOST,
    WITHDRAWAL,
    DayRow,
    Drawn,
    Paid,
    Seen,
    Since,
    Spot,
    date_text,
)
from risk.store.newest import NewestOf
from risk.templates.parameters import ALL_OF_IT

K = TypeVar("K")
V = TypeVar("V", Seen, Spot, Since, Paid, Drawn)

OF_TERMINALS = (
    "(select t.service_point_id from terminals t where t.terminal_id {in:terminal_ids text})"
)
ON_DAYS = (
    "select d.service_point_id, d.business_date, d.requests, d.withdrawals, d.withdrawn_fen,"
    " d.cash_outs, d.non_local, d.moves, d.moved_fen, d.jumped, d.stamp from risk_point_days d"
    " where d.business_date {in:days date} and d.service_point_id"
)
DAYS = {
    "sqlite": Statement(f"{ON_DAYS} in {OF_TERMINALS}"),
    "postgresql": Statement(f"{ON_DAYS} = any(array{OF_TERMINALS})"),  # never a join, see newest
}
UNDOES = (
    "(select o.{column} from transactions o where o.transaction_id = t.original_id"
    " and o.ended_by = t.transaction_id)"
)
OF_CARDS = NewestOf(
    "t.decided_us, t.transaction_id, t.card_id, t.business, t.response_code, t.amount_fen,"
    " t.service_point_id, t.biller_id,"
    f" {UNDOES.format(column='transaction_id')}, {UNDOES.format(column='business')}",
    "card_id",
    "bigint",
)
SPOT_COLUMNS = (
    "t.service_point_id, t.decided_us, t.transaction_id, t.card_id, t.business, t.response_code,"
    " t.amount_fen, t.balance_fen, t.fee_charged_fen,"
    " (select r.kind from terminals r where r.terminal_id = t.terminal_id)"
)
OF_POINTS = NewestOf(
    SPOT_COLUMNS,
    "service_point_id",
    "text",
    where="and s.card_id is not null and (s.business in ('withdrawal', 'balance_inquiry')"
    " or s.response_code in ('55', '75'))",
)
SINCE_MOST = 64
"""More than so many new requests at one point are not added to what is known: it is read anew."""

AT_POINT_SINCE = (
    "from transactions s where s.service_point_id = k.value and s.decided_us > {moment}"
    f" order by s.decided_us desc, s.transaction_id desc limit {SINCE_MOST}"
)
SINCE = {
    "sqlite": Statement(
        f"select {SPOT_COLUMNS} from {{each:points text}} k"
        " join {each:moments bigint} m on m.key = k.key join transactions t on t.rowid in"
        f" (select s.rowid {AT_POINT_SINCE.format(moment='m.value')})"
    ),
    "postgresql": Statement(
        f"select {SPOT_COLUMNS} from unnest({{list:points text}}, {{list:moments bigint}})"
        " as k(value, moment) cross join lateral"
        f" (select * {AT_POINT_SINCE.format(moment='k.moment')}) t"
    ),
}
BILLS = Statement(
    "select biller_id, bill_no, decided_us, transaction_id from transactions"
    " where bill_no {in:bill_nos text} and biller_id {in:biller_ids text} and decided_us > :since"
)
CASH_BILLS = Statement(
    "select b.payer_name, b.biller_id, t.amount_fen, t.decided_us, t.transaction_id"
    " from bills b join transactions t on t.bill_no = b.bill_no and t.biller_id = b.biller_id"
    " where b.payer_name in (select payer_name from bills where bill_no {in:bill_nos text}"
    " and biller_id {in:biller_ids text} and payer_name <> '')"
    " and b.biller_id {in:biller_ids text} and t.funding = 'cash' and t.decided_us > :since"
)
READINGS = Statement(
    "select terminal_id, at_us, drift_m, accuracy_m from risk_readings"
    " where terminal_id {in:terminal_ids text}"
)
SERIALS = Statement(
    "select serial, terminal_id, seen_us from risk_serials where serial {in:serials text}"
)


def ask_days(
    connection: Connection, terminal_ids: Collection[str], days: Iterable[int]
) -> Later[dict[tuple[str, int], DayRow]]:
    """Ask what the points of these terminals did on these days."""
    texts = [date_text(day) for day in days]
    asked = DAYS[connection.dialect.name].ask(connection, terminal_ids=terminal_ids, days=texts)
    return Later(asked, _by_point_and_day)


def _by_point_and_day(found: Sequence[Any]) -> dict[tuple[str, int], DayRow]:
    return {(row.point, row.day): row for row in starmap(_day_row, found)}


def _day_row(point: str, day: Any, *counts: Any) -> DayRow:
    row = DayRow(point, to_day(day).toordinal(), *counts)
    row.jumped = bool(row.jumped)  # SQLite keeps a number
    return row


def ask_seen(
    connection: Connection, cards: Collection[int], since_us: int
) -> Later[dict[int, list[Seen]]]:
    """Ask what each card did, in order of time; a card that did nothing has an empty list."""

    def by_card(found: Sequence[Any]) -> dict[int, list[Seen]]:
        seen: dict[int, list[Seen]] = {card: [] for card in cards}
        for row in found:
            seen[row[2]].append(Seen._make(row))
        return each_sorted(seen)

    return Later(OF_CARDS.ask(connection, cards, since_us), by_card)


def ask_spots(
    connection: Connection, points: Collection[str], since_us: int, limits: dict[bool, int]
) -> Later[dict[str, list[Spot]]]:
    """Ask what happened at each point, in order of time; ``limits``: L, at an ATM or not."""

    def by_point(found: Sequence[Any]) -> dict[str, list[Spot]]:
        spots: dict[str, list[Spot]] = {point: [] for point in points}
        for point, at_us, event_id, card, *more in found:
            spots[point].append(Spot(at_us, event_id, card, _marks(*more, limits=limits)))
        return each_sorted(spots)

    return Later(OF_POINTS.ask(connection, points, since_us), by_point)


def ask_since(
    connection: Connection, moments: dict[str, int], limits: dict[bool, int]
) -> Later[dict[str, list[Since]]]:
    """Ask for all that was decided at each point after a moment, in order of time."""

    def by_point(found: Sequence[Any]) -> dict[str, list[Since]]:
        since: dict[str, list[Since]] = {point: [] for point in moments}
        for point, at_us, event_id, card, business, code, *more in found:
            marks = _marks(business, code, *more, limits=limits)
            spot = Spot(at_us, event_id, card, marks) if marks and card is not None else None
            since[point].append(Since(at_us, event_id, code, spot))
        return each_sorted(since)

    if not moments:
        return Later(NOTHING, by_point)
    statement = SINCE[connection.dialect.name]
    asked = statement.ask(connection, points=list(moments), moments=list(moments.values()))
    return Later(asked, by_point)


def each_sorted(lists: dict[K, list[V]]) -> dict[K, list[V]]:
    """Sort each list by time, and return them all."""
    for rows in lists.values():
        rows.sort()
    return lists


def _marks(
    business: str,
    code: str,
    amount: int | None,
    balance: int | None,
    fee: int,
    kind: str | None,
    *,
    limits: dict[bool, int],
) -> int:
    marks = IS_PIN_FAILURE if code in PIN_CODES else 0
    if business == INQUIRY:
        return marks | IS_INQUIRY
    if business != WITHDRAWAL or amount is None:
        return marks
    marks |= IS_WITHDRAWAL
    if amount * ALL_OF_IT // limits[kind == "atm"] >= BIG_SHARE:
        return marks | IS_BIG | TAKES_MOST
    if code == APPROVED and balance is not None:
        before = balance + amount + fee
        marks |= TAKES_MOST if amount * ALL_OF_IT >= before * BIG_SHARE else 0
    return marks


Moments = list[tuple[int, str]]


def ask_bills(
    connection: Connection, bills: Collection[tuple[str, str]], since_us: int
) -> Later[dict[str, Moments]]:
    """Ask for the payments of these bills."""

    def by_bill(found: Sequence[Any]) -> dict[str, Moments]:
        paid: dict[str, Moments] = {}
        for biller, bill_no, at_us, event_id in found:
            paid.setdefault(f"{biller}/{bill_no}", []).append((at_us, event_id))
        return paid

    return Later(BILLS.ask(connection, **_named(bills, since_us)) if bills else NOTHING, by_bill)


def ask_cash_bills(
    connection: Connection, bills: Collection[tuple[str, str]], since_us: int
) -> Later[dict[tuple[str, str, int], Moments]]:
    """Ask what the payers of these bills paid in cash, by amount.

    A bill that was born at the counter names nobody.
    """

    def by_payer(found: Sequence[Any]) -> dict[tuple[str, str, int], Moments]:
        paid: dict[tuple[str, str, int], Moments] = {}
        for payer, biller, amount, *moment in found:
            paid.setdefault((payer, biller, amount), []).append((moment[0], moment[1]))
        return paid

    asked = CASH_BILLS.ask(connection, **_named(bills, since_us)) if bills else NOTHING
    return Later(asked, by_payer)


def _named(bills: Collection[tuple[str, str]], since_us: int) -> dict[str, Any]:
    return {
        "bill_nos": {bill_no for _, bill_no in bills},
        "biller_ids": {biller_id for biller_id, _ in bills},
        "since": since_us,
    }


def ask_readings(
    connection: Connection, terminal_ids: Collection[str]
) -> Later[dict[str, tuple[int, float, float]]]:
    """Ask for the last reading of each terminal."""
    asked = READINGS.ask(connection, terminal_ids=terminal_ids) if terminal_ids else NOTHING
    return Later(asked, lambda found: {row[0]: (row[1], row[2], row[3]) for row in found})


def ask_serials(
    connection: Connection, serials: Collection[str]
) -> Later[dict[str, dict[str, int]]]:
    """Ask which terminals reported each serial number, and when last."""

    def by_serial(found: Sequence[Any]) -> dict[str, dict[str, int]]:
        seen: dict[str, dict[str, int]] = {serial: {} for serial in serials}
        for serial, terminal, seen_us in found:
            seen[serial][terminal] = seen_us
        return seen

    return Later(SERIALS.ask(connection, serials=serials) if serials else NOTHING, by_serial)
