"""The signs of a request: what can be seen of it at a glance, before any rule is asked.

Most requests report nothing unusual and concern no insider; the card was nowhere else, hardly
anybody pays the payee, little happened at the point today.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from risk.events import OFF_HOURS_AMOUNT_FEN, day_of
from risk.live.case import Case
from risk.live.crowd import HALF_AN_HOUR_US, TWO_HOURS_US
from risk.live.point_facts import is_non_local_withdrawal
from risk.live.request_facts import minutes_outside_hours
from risk.live.rows import DayRow
from risk.observe import serial_differs

MANY = 4
"""So many withdrawals, points, days or payers are looked at; fewer reach no usual edge."""

CARDS = (8, 11)
"""So many cards in two hours are no crowd at points that are watched closely, and elsewhere."""

REQUESTS, FEN = (4, 14), (500_000, 1_400_000)
"""Requests and sums that make a quiet day of a point, and a usual one."""

QUIET = 0

NEAR_M = 200
"""A terminal that reports to be no farther from its point was not moved."""

METERS_A_DEGREE = 111_200

TOLD_NOTHING = -1

IN_USE = 30
"""A point where nobody drew cash for so many days is not idle yet."""

Signs = tuple[Any, ...]


def signs_of_request(case: Case) -> Signs:
    """Return what ``plain_facts`` is told."""
    register = case.windows.register
    return (
        case.business,
        case.is_own,
        case.pin_failed,
        told(case),
        not register.lists.entries,
        register.asks_own_people_only,
        case.account is not None and not case.windows.payees.get(case.account),
        not case.seen,
        is_nothing_drawn(case),
    )


def signs_of_size(case: Case) -> Signs:
    """Return what ``at_most_now`` is told."""
    is_small = case.amount < OFF_HOURS_AMOUNT_FEN
    return (
        is_small,
        not is_small and not minutes_outside_hours(case),
        1 if case.payee is None else payers_of(case, case.payee),
        is_near(case),
        is_serial_of_one(case),
    )


def signs_of_windows(case: Case) -> Signs:
    """Return what ``at_most`` is told."""
    rows, row = len(case.seen) + 1, case.windows.day_row(case.point, case.day)
    today = day_of_point(row, case.amount)
    return (
        rows if rows < MANY else MANY,
        rows if rows < MANY else min(span_of_days(case), MANY),
        rows > 1 and was_elsewhere(case),
        *crowd_of(case),
        row.non_local == 0 and not is_non_local_withdrawal(case),
        row.jumped,
        today,
        today > QUIET and is_in_use(case),
    )


def told(case: Case) -> int | None:
    """Say what the serial number says that a terminal reports, if it reports anything."""
    reported = case.request.reported
    if reported.position is None and reported.terminal_serial is None:
        return TOLD_NOTHING
    return serial_differs(case.facts)


def is_near(case: Case) -> bool:
    """Say whether a reading is so near to the point that no distance need be worked out."""
    position = case.request.reported.position
    if position is None or case.place is None:
        return True
    profile = case.place.profile
    north, east = position.latitude - profile.latitude, position.longitude - profile.longitude
    return (abs(north) + abs(east)) * METERS_A_DEGREE <= NEAR_M


def is_serial_of_one(case: Case) -> bool:
    """Say whether no other terminal reported this serial number lately."""
    serial = case.request.reported.terminal_serial
    seen = case.windows.serials.get(serial) if serial is not None else None
    return not seen or (len(seen) == 1 and case.terminal in seen)


def payers_of(case: Case, payee: int) -> int:
    """Return how many may have paid the payee, the one in hand included, up to ``MANY``."""
    return min(len(case.windows.paid_to(payee)) + 1, MANY)


def is_nothing_drawn(case: Case) -> bool:
    """Say whether nobody drew here from the payee's account."""
    if case.payee is None or case.point is None:
        return False
    return not case.windows.drawn.get((case.payee, case.point))


def span_of_days(case: Case) -> int:
    """Return over how many business dates a card was used, from the first to the last."""
    first, last = day_of(case.seen[0].at_us), day_of(case.seen[-1].at_us)
    return max(last, case.day) - min(first, case.day) + 1


def was_elsewhere(case: Case) -> bool:
    """Say whether the card did anything at another point."""
    here = case.point
    for one in case.seen:  # noqa: SIM110  (a generator costs more than it asks)
        if one.point != here:
            return True
    return False


def crowd_of(case: Case) -> tuple[bool, int]:
    """Say whether nobody stood out here in half an hour, and the place of two in ``CARDS``."""
    spots = case.windows.spots.get(case.point) if case.point is not None else None
    if spots is None:
        return False, len(CARDS)
    rows, at_us = spots.rows, case.at_us
    standing_out = spots.half_an_hour.most(at_us - HALF_AN_HOUR_US, rows, 0)
    drawn = spots.two_hours.most(at_us - TWO_HOURS_US, rows, CARDS[0] - 1)
    return standing_out == 0, bisect_left(CARDS, drawn + 1)


def day_of_point(row: DayRow, amount: int) -> int:
    """Return the place of the day, the request in hand included, in ``REQUESTS`` and ``FEN``."""
    requests = bisect_left(REQUESTS, row.requests + 1)
    fen = bisect_left(FEN, max(row.moved, row.withdrawn) + amount)
    return max(requests, fen)


def is_in_use(case: Case) -> bool:
    """Say whether cash was drawn at the point lately, or not before yesterday: then it is new."""
    windows = case.windows
    if windows.day_row(case.point, case.day - 1).cash_outs:
        return True
    last = windows.past(case.point, case.day).last_cash_day
    return last is None or case.day - last <= IN_USE
