"""What is plain about a request before anybody looks: most rules need not be asked about it.

From the signs of a request (`risk.live.signs`) it follows what some facts are, and of counts how
high they can be at most. Requests with the same signs are of one kind; which clauses are left for a
kind is worked out once (`risk.plans`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk.events import OFF_HOURS_AMOUNT_FEN
from risk.live.card_facts import NO_TRAVEL
from risk.live.case import Case, Maker
from risk.live.makers import MAKERS
from risk.live.payee_facts import NOT_PLACED
from risk.live.point_facts import NOT_OWN
from risk.live.signs import (
    CARDS,
    FEN,
    IN_USE,
    MANY,
    NEAR_M,
    REQUESTS,
    TOLD_NOTHING,
    Signs,
    signs_of_request,
    signs_of_size,
    signs_of_windows,
)
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
PAYERS = ("payee_payers_24h", "payee_points_24h", "payee_elder_payers_7d")
COUNTS_TODAY = ("point_withdrawals_today", "point_moves_today", "point_non_local_today")
SUMS_TODAY = ("point_withdrawn_today", "point_moved_today")


class Foresight:
    """The kinds of requests that there were, by what is plain about them.

    What is known needs no maker; how high numbers can be is known of those of our makers alone.
    """

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        self._names = makers.keys()
        self._ours = {name for name, maker in makers.items() if MAKERS.get(name) is maker}
        self.kinds: dict[tuple[Signs, Signs, Signs], Plain] = {}

    def kind_of(self, case: Case) -> Plain:
        """Return what is plain about a request."""
        kind = (signs_of_request(case), signs_of_size(case), signs_of_windows(case))
        found = self.kinds.get(kind)
        if found is None:
            facts, most = plain_facts(*kind[0]), at_most_now(*kind[1]) | at_most(*kind[2])
            ours = {name: value for name, value in most.items() if name in self._ours}
            found = self.kinds[kind] = Plain(case.business, facts, ours, self._names)
        return found


def plain_facts(
    business: str,
    is_own: bool,
    pin_failed: bool,
    told: int | None,
    is_no_list: bool,
    asks_own_people_only: bool,
    is_unpaid: bool,
    is_new: bool,
    is_nothing_drawn: bool,
) -> dict[str, Any]:
    """Return what is known, the same values as makers give; ``is_new``: the card did nothing."""
    facts: dict[str, Any] = {"business": business, "is_own": is_own, "pin_failed": pin_failed}
    facts |= NOTHING_TOLD if told == TOLD_NOTHING else {"serial_differs": told}
    if is_no_list:
        facts["list_matches"] = ()
    if not is_own:
        facts["payee_is_own"] = False
        facts |= NOT_OWN if asks_own_people_only else {}
    if is_unpaid:
        facts["card_credits_24h"] = ()
    if is_new:
        facts |= NO_TRAVEL
    if is_nothing_drawn:
        facts["pair_outs_7d"] = ()
    return facts


def at_most_now(
    is_small: bool, is_daytime: bool, payers: int, is_near: bool, is_serial_of_one: bool
) -> dict[str, int]:
    """Return how high numbers about the request itself can be."""
    most: dict[str, int] = {}
    if is_small:
        most["amount"] = OFF_HOURS_AMOUNT_FEN - 1
    if is_daytime:
        most["minutes_outside_hours"] = 0
    if payers < MANY:
        most |= dict.fromkeys(PAYERS, payers)
    if is_near:
        most["drift_m"] = NEAR_M
    if is_serial_of_one:
        most["serial_terminals_24h"] = 1
    return most


def at_most(
    rows: int,
    days: int,
    was_elsewhere: bool,
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
