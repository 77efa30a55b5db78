"""Before a group decides: which windows its requests can need, and only those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import CardSecrets
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.policy import PolicySet
from pos_sim.domain.requests import (
    CardBillPayment,
    CardRequest,
    CashBillPayment,
    CashRemittance,
    Request,
    Reversal,
    Transfer,
)
from risk.events import DAY_US, HOUR_US
from risk.live.group import GroupWindows
from risk.live.memory import NAMES_MAX, Memory, Spots, stamps_of
from risk.live.rows import start_us_of
from risk.observe import USUAL_LIMIT, microseconds
from risk.store import read_group
from risk.store.point_days import NO_PAST, pasts
from risk.store.register import read_places


def load_windows(
    connection: Connection,
    requests: Sequence[Request],
    memory: Memory,
    secrets: CardSecrets,
    policies: PolicySet,
) -> GroupWindows:
    """Read the windows of a group; its cards, points and payees are locked."""
    windows = GroupWindows(connection, memory)
    moments = [microseconds(request.received_at) for request in requests]
    days = {business_date(request.received_at).toordinal() for request in requests}
    windows.first_day = min(days)
    load_originals(windows, requests)
    load_points(windows, requests, days, min(moments) - 2 * HOUR_US, policies)
    load_cards(windows, requests, secrets, start_us_of(min(days) - 6), min(moments) - 7 * DAY_US)
    load_bills(windows, requests, min(moments) - DAY_US)
    load_reported(windows, requests)
    return windows


def load_originals(windows: GroupWindows, requests: Iterable[Request]) -> None:
    named = {r.original.transaction_id for r in requests if isinstance(r, Reversal)}
    windows.wanted = frozenset(named)
    windows.originals = read_group.originals(windows.connection, named)


def load_points(
    windows: GroupWindows,
    requests: Iterable[Request],
    days: set[int],
    since_us: int,
    policies: PolicySet,
) -> None:
    """Read what the points did today and yesterday; the rest only where memory does not know."""
    connection, memory = windows.connection, windows.memory
    with_yesterday = days | {day - 1 for day in days}
    points, windows.days = read_group.day_rows(
        connection, {r.key.terminal_id for r in requests}, sorted(with_yesterday)
    )
    names = set(points.values())
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
    secrets: CardSecrets,
    cards_since_us: int,
    payees_since_us: int,
) -> None:
    """Read what the cards did in seven days, and what came to them and to the payees."""
    connection = windows.connection
    known = cards_of(windows, requests, secrets)
    cards = {card for card, _ in known} | {
        one.card for one in windows.originals.values() if one.card is not None
    }
    windows.cards = read_group.seen_of_cards(connection, cards, cards_since_us)
    payees = payees_of(windows, requests)
    accounts = {account for _, account in known} | payees
    windows.payees = read_group.paid_to(connection, accounts, payees_since_us)
    windows.drawn_accounts = frozenset(payees)
    windows.drawn = read_group.drawn_from(connection, payees, payees_since_us)


def cards_of(
    windows: GroupWindows, requests: Iterable[Request], secrets: CardSecrets
) -> set[tuple[int, int]]:
    """Return card and account of every request with a card that exists."""
    hashes = {secrets.pan_hash(r.pan) for r in requests if isinstance(r, CardRequest)}
    cards = windows.memory.cards
    unknown = {one for one in hashes if one not in cards}  # a difference would look at all cards
    if unknown:
        if len(cards) > NAMES_MAX:
            cards.clear()
            unknown = hashes
        cards.update(read_group.cards_of_hashes(windows.connection, unknown))
    return {cards[one] for one in hashes if one in cards}


def payees_of(windows: GroupWindows, requests: Iterable[Request]) -> set[int]:
    """Return the accounts that the group wants to pay, and those that its reversals take from."""
    numbers = {r.payee_account_no for r in requests if isinstance(r, Transfer | CashRemittance)}
    accounts = windows.memory.accounts
    unknown = {one for one in numbers if one not in accounts}
    if unknown:
        if len(accounts) > NAMES_MAX:
            accounts.clear()
            unknown = numbers
        accounts.update(read_group.accounts_of_numbers(windows.connection, unknown))
    return {accounts[one] for one in numbers if one in accounts}


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
