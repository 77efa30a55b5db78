"""What is plain about a request before anybody looks: most rules need not be asked about it.

Most requests report nothing and concern no insider; the card was nowhere else, little happened at
the point today. Then some facts are known without a look, and of counts how high they can be at
most. Requests about which the same is plain are of one kind; which clauses are left for a kind is
worked out once (`risk.plans`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from risk.events import OFF_HOURS_AMOUNT_FEN, day_of
from risk.live.card_facts import NO_TRAVEL
from risk.live.case import Case, Maker
from risk.live.crowd import HALF_AN_HOUR_US, TWO_HOURS_US
from risk.live.makers import MAKERS
from risk.live.payee_facts import NOT_PLACED
from risk.live.point_facts import NOT_OWN, is_non_local_withdrawal
from risk.live.rows import DayRow
from risk.plans import Plain

NOTHING_TOLD: dict[str, Any] = NOT_PLACED | {
    "serial": None,
    "serial_differs": None,
    "serial_terminals_24h": None,
}
POINTS_OF_CARD = ("card_points_24h", "card_points_7d", "card_withdrawal_points_today")
STANDING_OUT = (
    "point_big_cards_30m",
    "point_pin_failed_cards_30m",
    "point_inquired_cards_30m",
)
COUNTS_TODAY = ("point_withdrawals_today", "point_moves_today", "point_non_local_today")
SUMS_TODAY = ("point_withdrawn_today", "point_moved_today")

MANY = 4
"""So many withdrawals, points or days of a card are looked at; fewer reach no usual edge."""

CARDS = (8, 11)
"""So many cards in two hours are no crowd at points that are watched closely, and elsewhere."""

REQUESTS, FEN = (4, 14), (500_000, 1_400_000)
"""Requests and sums that make a quiet day of a point, and a usual one."""

QUIET = 0

IN_USE = 30
"""A point where nobody drew cash for so many days is not idle yet."""

Signs = tuple[Any, ...]


class Foresight:
    """The kinds of requests that there were, by what is plain about them.

    What is known needs no maker; how high numbers can be is known of those of our makers alone.
    """

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        self._names = makers.keys()
        self._ours = {name for name, maker in makers.items() if MAKERS.get(name) is maker}
        self.kinds: dict[tuple[Signs, Signs], Plain] = {}

    def kind_of(self, case: Case) -> Plain:
        """Return what is plain about a request."""
        kind = (signs_of_request(case), signs_of_windows(case))
        found = self.kinds.get(kind)
        if found is None:
            facts, most = plain_facts(*kind[0]), at_most(*kind[1])
            ours = {name: value for name, value in most.items() if name in self._ours}
            found = self.kinds[kind] = Plain(case.business, facts, ours, self._names)
        return found


def signs_of_request(case: Case) -> Signs:
    """Return what ``plain_facts`` is told."""
    register, reported = case.windows.register, case.request.reported
    return (
        case.business,
        case.is_own,
        case.pin_failed,
        reported.position is None and reported.terminal_serial is None,
        not register.lists.entries,
        register.asks_own_people_only,
        case.account is not None and not case.windows.payees.get(case.account),
        not case.seen,
    )


def signs_of_windows(case: Case) -> Signs:
    """Return what ``at_most`` is told."""
    rows, row = len(case.seen) + 1, case.windows.day_row(case.point, case.day)
    today = day_of_point(row, case.amount)
    return (
        rows if rows < MANY else MANY,
        rows if rows < MANY else min(span_of_days(case), MANY),
        rows > 1 and was_elsewhere(case),
        case.amount < OFF_HOURS_AMOUNT_FEN,
        *crowd_of(case),
        row.non_local == 0 and not is_non_local_withdrawal(case),
        row.jumped,
        today,
        today > QUIET and is_in_use(case),
    )


def plain_facts(
    business: str,
    is_own: bool,
    pin_failed: bool,
    tells_nothing: bool,
    is_no_list: bool,
    asks_own_people_only: bool,
    is_unpaid: bool,
    is_new: bool,
) -> dict[str, Any]:
    """Return what is known, the same values as makers give; ``is_new``: the card did nothing."""
    facts: dict[str, Any] = {"business": business, "is_own": is_own, "pin_failed": pin_failed}
    if tells_nothing:
        facts |= NOTHING_TOLD
    if is_no_list:
        facts["list_matches"] = ()
    if asks_own_people_only and not is_own:
        facts |= NOT_OWN
    if is_unpaid:
        facts["card_credits_24h"] = ()
    if is_new:
        facts |= NO_TRAVEL
    return facts


def at_most(
    rows: int,
    days: int,
    was_elsewhere: bool,
    is_small: bool,
    is_still: bool,
    crowd: int,
    is_local: bool,
    has_jumped: bool,
    today: int,
    is_in_use: bool,
) -> dict[str, int]:
    """Return how high numbers can be, and how long lists, the request in hand included."""
    most: dict[str, int] = {}
    if rows < MANY:
        most |= dict.fromkeys(POINTS_OF_CARD, rows) | {"card_withdrawals_today": rows}
    if min(rows, days) < MANY:
        most["card_day_sums_7d"] = min(rows, days)
    if not was_elsewhere:
        most |= dict.fromkeys(POINTS_OF_CARD, 1) | {"travel_km": 0}
    if is_small:
        most["amount"] = OFF_HOURS_AMOUNT_FEN - 1
    if is_still:
        most |= dict.fromkeys(STANDING_OUT, 1)
    if crowd < len(CARDS):
        most["point_cards_2h"] = CARDS[crowd]
    if today < len(REQUESTS):
        most |= dict.fromkeys(COUNTS_TODAY, REQUESTS[today])
        most |= dict.fromkeys(SUMS_TODAY, FEN[today])
    if is_local:
        most["point_non_local_today"] = 0
    if not has_jumped:
        most["point_jumped_today"] = 0
    if is_in_use:
        most["point_idle_days"] = IN_USE
    return most


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
    last = case.windows.past(case.point, case.day).last_cash_day
    return last is None or case.day - last <= IN_USE
