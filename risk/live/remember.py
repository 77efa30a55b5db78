"""What a decided request leaves in the windows of its group: later members see it."""

from __future__ import annotations

from bisect import insort
from typing import TypeVar

from risk.events import ELDER_AGE
from risk.live.case import Case
from risk.live.memory import stamp_after
from risk.live.point_facts import is_non_local_withdrawal, marks_of
from risk.live.request_facts import bill, holder_age, reading
from risk.live.rows import (
    BILL_PAYMENT,
    MOVES_MONEY,
    PAYS_IN,
    WITHDRAWAL,
    DayRow,
    Drawn,
    Original,
    Paid,
    Seen,
    Spot,
)
from risk.live.windows import GroupWindows
from risk.store.newest import MOST
from risk.store.read_later import PaidBefore

R = TypeVar("R", Seen, Paid)


def remember(case: Case, *, jumped: bool) -> None:
    """Put a decided request into every window that counts it; R19 spoke where it ``jumped``."""
    windows = case.windows
    if case.undoes and case.original is not None:
        undo(windows, case.original, case.at_us)
    if case.card is not None and windows.meets_cards_again:
        add_row(windows.cards.setdefault(case.card, []), seen_of(case))
    if case.point is not None:
        row = windows.day_row(case.point, case.day)
        add_to_day(row, case, jumped=jumped)
        windows.touched.add((case.point, case.day))
        add_spot(windows, case, case.point, row)
    if case.payee is not None and case.business in PAYS_IN and case.payee in windows.payees:
        add_row(windows.payees[case.payee], paid_of(case, case.payee))
    if case.payee is not None and case.card is not None and case.moved:
        add_pair(windows, case, (case.card, case.payee))
    if case.account in windows.drawn_accounts and case.business == WITHDRAWAL and case.moved:
        add_drawn(windows, case)
    if case.business == BILL_PAYMENT:
        add_bill(windows, case)
    reported = case.request.reported
    if reported.position is not None or reported.terminal_serial is not None:
        add_reported(windows, case)
    if case.event_id in windows.wanted:
        windows.originals[case.event_id] = original_of(case)


def undo(windows: GroupWindows, original: Original, at_us: int) -> None:
    """Let an original be taken back, in every window that counts what stands."""
    event_id = original.event_id
    windows.undone[event_id] = at_us
    windows.originals[event_id] = original._replace(stands=False)
    paid = windows.paid_to(original.payee)
    for place, one in enumerate(paid):
        if one.event_id == event_id:
            paid[place] = one._replace(undone_us=at_us)
    for rows in windows.drawn.values():
        rows[:] = [one for one in rows if one.event_id != event_id]


def add_row(rows: list[R], row: R) -> None:
    """Put a row in its place and keep the newest, as many as are read."""
    insort(rows, row)
    if len(rows) > MOST:
        del rows[:-MOST]


def seen_of(case: Case) -> Seen:
    assert case.card is not None
    undone = case.original if case.undoes else None
    return Seen(
        case.at_us,
        case.event_id,
        case.card,
        case.business,
        case.code,
        undone.amount if undone else case.amount or None,
        case.point,
        case.decision.biller_id if case.decision else None,
        undone.event_id if undone else None,
        undone.business if undone else None,
    )


def add_to_day(row: DayRow, case: Case, *, jumped: bool) -> None:
    is_cash = case.business == WITHDRAWAL
    row.requests += 1
    if is_cash:
        row.withdrawals += 1
        row.non_local += is_non_local_withdrawal(case)
    if case.moved and case.business in MOVES_MONEY:
        row.moves += 1
        row.moved += case.amount
        if is_cash:
            row.cash_outs += 1
            row.withdrawn += case.amount
    elif case.undoes and case.original is not None:
        row.moved -= case.original.amount
        row.withdrawn -= case.original.amount if case.original.business == WITHDRAWAL else 0
    if jumped:
        row.jumped = True
    row.stamp = stamp_after(row.stamp, case.event_id, case.code)


def add_spot(windows: GroupWindows, case: Case, point: str, row: DayRow) -> None:
    spots = windows.spots.get(point)
    if spots is None:
        return
    spots.stamps[case.day] = row.stamp
    spots.until_us = max(spots.until_us, case.at_us)
    marks = marks_of(case)
    if marks and case.card is not None:
        spots.add(Spot(case.at_us, case.event_id, case.card, marks))


def paid_of(case: Case, payee: int) -> Paid:
    age = holder_age(case)
    return Paid(
        case.at_us,
        case.event_id,
        payee,
        case.business,
        case.code,
        case.amount,
        case.point,
        case.facts.card.card_id if case.facts.card else None,
        case.payer,
        age is not None and age >= ELDER_AGE,
        case.settles_us,
        None,
    )


def add_pair(windows: GroupWindows, case: Case, pair: tuple[int, int]) -> None:
    paid = PaidBefore(case.event_id, case.amount, case.settles_us or 0, None)
    windows.paid_by_pair.setdefault(pair, []).append(paid)


def add_drawn(windows: GroupWindows, case: Case) -> None:
    if case.account is not None:
        rows = windows.drawn.setdefault((case.account, case.point), [])
        insort(rows, Drawn(case.at_us, case.event_id, case.amount))


def add_bill(windows: GroupWindows, case: Case) -> None:
    moment = (case.at_us, case.event_id)
    that = bill(case)
    if that is not None:
        windows.bills.setdefault(that, []).append(moment)
    if case.card is None and case.payer is not None and case.facts.biller is not None:
        key = (case.payer, case.facts.biller.biller_id, case.amount)
        windows.cash_bills.setdefault(key, []).append(moment)


def add_reported(windows: GroupWindows, case: Case) -> None:
    """Keep what the terminal said of itself, the latest of it."""
    serial = case.request.reported.terminal_serial
    if serial is not None:
        seen = windows.serials.setdefault(serial, {})
        seen[case.terminal] = max(case.at_us, seen.get(case.terminal, 0))
    that = reading(case)
    if that is not None and case.at_us >= windows.readings.get(case.terminal, (0, 0, 0))[0]:
        windows.readings[case.terminal] = (case.at_us, *that)


def original_of(case: Case) -> Original:
    return Original(
        event_id=case.event_id,
        at_us=case.at_us,
        business=case.business,
        moved=case.moved,
        stands=case.moved,
        amount=case.amount,
        point=case.point,
        card=case.card,
        payee=case.payee,
        settles_us=case.settles_us,
    )
