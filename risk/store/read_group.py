"""What a group reads before it decides: the windows of its cards, points, payees and bills."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.store.rows import to_day
from pos_sim.store.sql import Statement
from risk.events import BIG_SHARE, ELDER_AGE, day_of
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
    Spot,
    date_text,
)
from risk.observe import age_on
from risk.store.newest import NewestOf
from risk.templates.parameters import ALL_OF_IT

DAYS = Statement(
    "select service_point_id, business_date, requests, withdrawals, withdrawn_fen, cash_outs,"
    " non_local, moves, moved_fen, jumped, stamp from risk_point_days"
    " where service_point_id {in:points text} and business_date {in:days date}"
)
OF_CARDS = NewestOf(
    "t.decided_us, t.transaction_id, t.card_id, t.business, t.response_code, t.amount_fen,"
    " t.service_point_id, t.biller_id, o.transaction_id, o.business",
    "card_id",
    "bigint",
    joins="left join transactions o on o.transaction_id = t.original_id"
    " and o.ended_by = t.transaction_id",
)
OF_POINTS = NewestOf(
    "t.service_point_id, t.decided_us, t.transaction_id, t.card_id, t.business, t.response_code,"
    " t.amount_fen, t.balance_fen, t.fee_charged_fen, m.kind",
    "service_point_id",
    "text",
    where="and s.card_id is not null and (s.business in ('withdrawal', 'balance_inquiry')"
    " or s.response_code in ('55', '75'))",
    joins="left join terminals m on m.terminal_id = t.terminal_id",
)
SETTLES = (
    "case when t.response_code <> '00' or (t.status = 'reversed' and r.transaction_id is null)"
    " then null else coalesce(t.available_us, t.decided_us) end"
)
OF_PAYEES = NewestOf(
    "t.decided_us, t.transaction_id, t.payee_account_id, t.business, t.response_code,"
    f" t.amount_fen, t.service_point_id, t.card_id, t.details, c.birth_date, {SETTLES},"
    " r.decided_us",
    "payee_account_id",
    "bigint",
    joins="left join cards c on c.card_id = t.card_id"
    " left join transactions r on r.transaction_id = t.ended_by and r.business = 'reversal'",
)
DRAWN = Statement(
    "select c.account_id, t.service_point_id, t.decided_us, t.transaction_id, t.amount_fen"
    " from cards c join transactions t on t.card_id = c.card_id"
    " left join transactions r on r.transaction_id = t.ended_by and r.business = 'reversal'"
    " where c.account_id {in:accounts bigint} and t.decided_us > :since"
    " and t.business = 'withdrawal' and t.response_code = '00' and r.transaction_id is null"
)
BILLS = Statement(
    "select biller_id, bill_no, decided_us, transaction_id from transactions"
    " where bill_no {in:bill_nos text} and biller_id {in:biller_ids text} and decided_us > :since"
)
PAYERS = Statement(
    "select distinct payer_name from bills where bill_no {in:bill_nos text}"
    " and biller_id {in:biller_ids text} and payer_name <> ''"
)
CASH_BILLS = Statement(
    "select b.payer_name, b.biller_id, t.amount_fen, t.decided_us, t.transaction_id"
    " from bills b join transactions t on t.bill_no = b.bill_no and t.biller_id = b.biller_id"
    " where b.payer_name {in:payers text} and b.biller_id {in:biller_ids text}"
    " and t.funding = 'cash' and t.decided_us > :since"
)
READINGS = Statement(
    "select terminal_id, at_us, drift_m, accuracy_m from risk_readings"
    " where terminal_id {in:terminal_ids text}"
)
SERIALS = Statement(
    "select serial, terminal_id, seen_us from risk_serials where serial {in:serials text}"
)


def day_rows(
    connection: Connection, points: Collection[str], days: Iterable[int]
) -> dict[tuple[str, int], DayRow]:
    """Return what the points did on these days."""
    texts = [date_text(day) for day in days]
    found = (_day_row(*row) for row in DAYS.rows(connection, points=points, days=texts))
    return {(row.point, row.day): row for row in found}


def _day_row(point: str, day: Any, *counts: Any) -> DayRow:
    row = DayRow(point, to_day(day).toordinal(), *counts)
    row.jumped = bool(row.jumped)  # SQLite keeps a number
    return row


def seen_of_cards(
    connection: Connection, cards: Collection[int], since_us: int
) -> dict[int, list[Seen]]:
    """Return what each card did, in order of time; a card that did nothing has an empty list."""
    by_card: dict[int, list[Seen]] = {card: [] for card in cards}
    for row in OF_CARDS.rows(connection, cards, since_us):
        by_card[row[2]].append(Seen._make(row))
    for rows in by_card.values():
        rows.sort()
    return by_card


def spots_of_points(
    connection: Connection, points: Collection[str], since_us: int, limits: dict[bool, int]
) -> dict[str, list[Spot]]:
    """Return what happened at each point, in order of time; ``limits``: L, at an ATM or not."""
    by_point: dict[str, list[Spot]] = {point: [] for point in points}
    for point, at_us, event_id, card, *more in OF_POINTS.rows(connection, points, since_us):
        by_point[point].append(Spot(at_us, event_id, card, _marks(*more, limits=limits)))
    for spots in by_point.values():
        spots.sort()
    return by_point


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


def paid_to(
    connection: Connection, payees: Collection[int], since_us: int
) -> dict[int, list[Paid]]:
    """Return what was paid to each account, in order of time."""
    by_payee: dict[int, list[Paid]] = {payee: [] for payee in payees}
    for row in OF_PAYEES.rows(connection, payees, since_us):
        by_payee[row[2]].append(_paid(row))
    for rows in by_payee.values():
        rows.sort()
    return by_payee


def _paid(row: Any) -> Paid:
    at_us, event_id, payee, business, code, amount, point, card, details, birth, settles, undone = (
        row
    )
    payer = str(card) if card is not None else None
    if payer is None and details:
        payer = orjson.loads(details).get("payer_name")
    is_elder = birth is not None and _is_elder(at_us, to_day(birth))
    return Paid(
        at_us, event_id, payee, business, code, amount or 0, point, card, payer, is_elder,
        settles, undone,
    )  # fmt: skip


def _is_elder(at_us: int, birth: date) -> bool:
    return age_on(date.fromordinal(day_of(at_us)), birth) >= ELDER_AGE


def drawn_from(
    connection: Connection, accounts: Collection[int], since_us: int
) -> dict[tuple[int, str | None], list[Drawn]]:
    """Return what stands of the withdrawals from accounts, by account and point."""
    by_pair: dict[tuple[int, str | None], list[Drawn]] = {}
    found = DRAWN.rows(connection, accounts=accounts, since=since_us) if accounts else ()
    for account, point, *drawn in found:
        by_pair.setdefault((account, point), []).append(Drawn._make(drawn))
    for rows in by_pair.values():
        rows.sort()
    return by_pair


Moments = list[tuple[int, str]]


def bill_payments(
    connection: Connection, bills: Collection[tuple[str, str]], since_us: int
) -> tuple[dict[str, Moments], dict[tuple[str, str, int], Moments]]:
    """Return the payments of these bills, and what their payers paid in cash, by amount."""
    if not bills:
        return {}, {}
    values = {"bill_nos": {b[1] for b in bills}, "biller_ids": {b[0] for b in bills}}
    by_bill: dict[str, Moments] = {}
    for biller, bill_no, at_us, event_id in BILLS.rows(connection, since=since_us, **values):
        by_bill.setdefault(f"{biller}/{bill_no}", []).append((at_us, event_id))
    payers = [row[0] for row in PAYERS.rows(connection, **values)]
    return by_bill, _cash_bills(connection, payers, values["biller_ids"], since_us)


def _cash_bills(
    connection: Connection, payers: Sequence[str], biller_ids: set[str], since_us: int
) -> dict[tuple[str, str, int], Moments]:
    """Return what people paid in cash; a bill that was born at the counter names nobody."""
    by_payer: dict[tuple[str, str, int], Moments] = {}
    if payers:
        found = CASH_BILLS.rows(connection, payers=payers, biller_ids=biller_ids, since=since_us)
        for payer, biller, amount, *moment in found:
            by_payer.setdefault((payer, biller, amount), []).append((moment[0], moment[1]))
    return by_payer


def readings_of(
    connection: Connection, terminal_ids: Collection[str]
) -> dict[str, tuple[int, float, float]]:
    found: Sequence[Any] = (
        READINGS.rows(connection, terminal_ids=terminal_ids) if terminal_ids else ()
    )
    return {row[0]: (row[1], row[2], row[3]) for row in found}


def serials_seen(connection: Connection, serials: Collection[str]) -> dict[str, dict[str, int]]:
    by_serial: dict[str, dict[str, int]] = {serial: {} for serial in serials}
    for serial, terminal, seen_us in SERIALS.rows(connection, serials=serials) if serials else ():
        by_serial[serial][terminal] = seen_us
    return by_serial
