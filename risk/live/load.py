"""Before a group decides: which windows its requests can need, and only those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from pos_sim.domain.book import Book
from pos_sim.domain.calendar import business_date
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.policy import PolicySet
from pos_sim.domain.requests import (
    CardBillPayment,
    CashBillPayment,
    CashRemittance,
    Request,
    Reversal,
    Transfer,
)
from pos_sim.domain.transactions import Transaction
from risk.events import DAY_US, HOUR_US
from risk.live.case import Original
from risk.live.group import GroupWindows
from risk.live.memory import Memory, Spots, stamps_of
from risk.live.rows import APPROVED, start_us_of
from risk.observe import USUAL_LIMIT, microseconds
from risk.store import read_group
from risk.store.point_days import NO_PAST, pasts
from risk.store.register import read_places


def load_windows(
    connection: Connection,
    requests: Sequence[Request],
    book: Book,
    memory: Memory,
    policies: PolicySet,
) -> GroupWindows:
    """Read the windows of a group; its cards, points and payees are locked and in the book."""
    windows = GroupWindows(connection, memory)
    moments = [microseconds(request.received_at) for request in requests]
    days = {business_date(request.received_at).toordinal() for request in requests}
    windows.first_day = min(days)
    load_originals(windows, requests, book)
    load_points(windows, book, days, min(moments) - 2 * HOUR_US, policies)
    load_cards(windows, requests, book, start_us_of(min(days) - 6), min(moments) - 7 * DAY_US)
    load_bills(windows, requests, min(moments) - DAY_US)
    load_reported(windows, requests)
    return windows


def load_originals(windows: GroupWindows, requests: Iterable[Request], book: Book) -> None:
    named = {r.original.transaction_id for r in requests if isinstance(r, Reversal)}
    windows.wanted = frozenset(named)
    windows.originals = {name: stored(book.earlier[name]) for name in named & book.earlier.keys()}


def stored(transaction: Transaction) -> Original:
    """Return what a reversal names, as it stands now."""
    t, at_us = transaction, microseconds(transaction.decided_at)
    settles = at_us if t.available_at is None else microseconds(t.available_at)
    return Original(
        event_id=t.transaction_id,
        at_us=at_us,
        business=t.business,
        moved=t.response_code == APPROVED,
        stands=t.stands,
        amount=t.amount or 0,
        point=t.service_point_id,
        card=t.card_id,
        payee=t.payee_account_id,
        settles_us=settles if t.response_code == APPROVED else None,
    )


def load_points(
    windows: GroupWindows,
    book: Book,
    days: set[int],
    since_us: int,
    policies: PolicySet,
) -> None:
    """Read what the points did today and yesterday; the rest only where memory does not know."""
    connection, memory = windows.connection, windows.memory
    with_yesterday = days | {day - 1 for day in days}
    names = set(book.points)
    windows.days = read_group.day_rows(connection, names, sorted(with_yesterday))
    unknown = [point for point in names if point not in memory.places]
    if unknown:
        memory.places.update(read_places(connection, unknown))
    for day in days:
        load_pasts(windows, names, day)
    missing: dict[str, dict[int, str]] = {}
    for point in names:
        stamps = stamps_of(windows.days, point, with_yesterday)
        spots = memory.spots.get(point)
        if spots is None or not spots.are_true(since_us, stamps):
            missing[point] = stamps
        else:
            windows.spots[point] = spots
    if missing:
        limits = limits_on(policies, max(days))
        found = read_group.spots_of_points(connection, missing, since_us, limits)
        for point, rows in found.items():
            windows.spots[point] = Spots(since_us, rows, missing[point])
            memory.spots.put(point, windows.spots[point])


def load_pasts(windows: GroupWindows, points: set[str], day: int) -> None:
    memory = windows.memory
    missing = []
    for point in points:
        known = memory.pasts.get((point, day))
        if known is None:
            missing.append(point)
        else:
            windows.pasts[point, day] = known
    found = pasts(windows.connection, missing, day) if missing else {}
    for point in missing:
        past = found.get(point, NO_PAST)
        windows.pasts[point, day] = past
        if windows.first_day >= day - 1:  # else this very group may still change it
            memory.pasts.put((point, day), past)


def limits_on(policies: PolicySet, day: int) -> dict[bool, int]:
    """Return L at an ATM and elsewhere."""
    policy = policies.on(date.fromordinal(day))
    kinds = {True: LimitKind.ATM_WITHDRAWAL, False: LimitKind.WITHDRAWAL}
    return {at_atm: policy.limit(kind).amount_max or USUAL_LIMIT for at_atm, kind in kinds.items()}


def load_cards(
    windows: GroupWindows,
    requests: Sequence[Request],
    book: Book,
    cards_since_us: int,
    payees_since_us: int,
) -> None:
    """Read what the cards did in seven days, and what came to them and to the payees."""
    connection = windows.connection
    windows.cards = read_group.seen_of_cards(connection, book.cards, cards_since_us)
    numbers = {r.payee_account_no for r in requests if isinstance(r, Transfer | CashRemittance)}
    payees = {book.account_ids[number] for number in numbers & book.account_ids.keys()}
    accounts = {card.account_id for card in book.cards.values()} | payees
    windows.payees = read_group.paid_to(connection, accounts, payees_since_us)
    windows.drawn_accounts = frozenset(payees)
    windows.drawn = read_group.drawn_from(connection, payees, payees_since_us)


def load_bills(windows: GroupWindows, requests: Iterable[Request], since_us: int) -> None:
    bills = {
        (r.biller_id, r.bill_no)
        for r in requests
        if isinstance(r, CardBillPayment | CashBillPayment)
    }
    found = read_group.bill_payments(windows.connection, bills, since_us)
    windows.bills, windows.cash_bills = found


def load_reported(windows: GroupWindows, requests: Iterable[Request]) -> None:
    """Read what terminals reported before, as far as any reports something now."""
    placed = {r.key.terminal_id for r in requests if r.reported.position is not None}
    serials = {r.reported.terminal_serial for r in requests} - {None}
    windows.readings = read_group.readings_of(windows.connection, placed)
    windows.serials = read_group.serials_seen(
        windows.connection, [serial for serial in serials if serial is not None]
    )
