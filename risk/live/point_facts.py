"""Facts over what happened at one point: the last two hours, today, the days before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pos_sim.domain.tariff import Region
from risk.baseline import ACTIVE_DAYS, HIGH_MARK, percentile
from risk.events import BIG_SHARE
from risk.live.card_facts import was_inquired
from risk.live.case import Case, Maker, each_of
from risk.live.crowd import HALF_AN_HOUR_US, TWO_HOURS_US, Cards
from risk.live.rows import (
    DEALINGS,
    INQUIRY,
    IS_BIG,
    IS_INQUIRY,
    IS_PIN_FAILURE,
    IS_WITHDRAWAL,
    MOVES_MONEY,
    TAKES_MOST,
    WITHDRAWAL,
    Spot,
)
from risk.live.weeks import a_week_ago, is_off_hours, off_hours, own_dealings, week
from risk.templates.parameters import ALL_OF_IT


def marks_of(case: Case) -> int:
    """Return what the request in hand is for the windows of its point."""
    if case.marks is None:
        made = MARKS.get(case.business)
        marks = made(case) if made else 0
        case.marks = marks | IS_PIN_FAILURE if case.pin_failed else marks
    return case.marks


def marks_of_withdrawal(case: Case) -> int:
    if case.amount * ALL_OF_IT // case.limit >= BIG_SHARE:
        return IS_WITHDRAWAL | IS_BIG | TAKES_MOST
    return IS_WITHDRAWAL | TAKES_MOST if case.moved and takes_most(case) else IS_WITHDRAWAL


MARKS: dict[str, Callable[[Case], int]] = {
    WITHDRAWAL: marks_of_withdrawal,
    INQUIRY: lambda case: IS_INQUIRY,
}


def takes_most(case: Case) -> bool:
    balance = case.facts.account.balance if case.facts.account else None
    return balance is not None and case.amount * ALL_OF_IT >= balance * BIG_SHARE


def in_half_an_hour(mark: int) -> Maker:
    """Return the maker of: how many different cards had a mark here, now included."""

    def make(case: Case) -> int:
        if case.point is None:
            return 0
        spots = case.windows.spots[case.point]
        since_us = case.at_us - HALF_AN_HOUR_US
        return with_now(spots.half_an_hour.lately(mark, since_us, spots.rows), case, mark)

    return make


def point_cards_2h(case: Case) -> int:
    if case.point is None:
        return 0
    spots = case.windows.spots[case.point]
    cards = spots.two_hours.lately(IS_WITHDRAWAL, case.at_us - TWO_HOURS_US, spots.rows)
    return with_now(cards, case, IS_WITHDRAWAL)


def with_now(cards: Cards, case: Case, mark: int) -> int:
    """Return how many different cards there are, the one in hand included where it counts."""
    is_new = case.card is not None and case.card not in cards and marks_of(case) & mark
    return len(cards) + 1 if is_new else len(cards)


CROWD: dict[str, Maker] = {
    "point_cards_2h": point_cards_2h,
    "point_big_cards_30m": in_half_an_hour(IS_BIG),
    "point_pin_failed_cards_30m": in_half_an_hour(IS_PIN_FAILURE),
    "point_inquired_cards_30m": in_half_an_hour(IS_INQUIRY),
}


def point_drained_cards_30m(case: Case) -> int:
    """Return how many cards drew most of it within 30 minutes of an inquiry here."""
    if case.point is None:
        return 0
    here, since = case.windows.spots[case.point], case.at_us - HALF_AN_HOUR_US
    takes_now = case.card is not None and marks_of(case) & TAKES_MOST
    cards = set[int]()
    if here.half_an_hour.lately(TAKES_MOST, since, here.rows):
        spots = [spot for spot in here.rows if spot.at_us > since - HALF_AN_HOUR_US]
        inquiries = [spot for spot in spots if spot.marks & IS_INQUIRY]
        takers = (spot for spot in spots if spot.at_us > since and spot.marks & TAKES_MOST)
        cards = {spot.card for spot in takers if follows(spot, inquiries)}
    if takes_now and was_inquired(case):
        cards.add(case.card or 0)
    return len(cards)


def follows(spot: Spot, inquiries: list[Spot]) -> bool:
    return any(
        spot.card == one.card and 0 <= spot.at_us - one.at_us < HALF_AN_HOUR_US for one in inquiries
    )


# Business dates ----------------------------------------------------------------------------------


def today(case: Case) -> dict[str, Any]:
    """Return what the point did on this business date, the request in hand included."""
    row, amount = case.windows.day_row(case.point, case.day), case.amount
    is_cash = case.business == WITHDRAWAL and case.point is not None
    moves = case.moved and case.business in MOVES_MONEY
    return {
        "point_withdrawals_today": row.withdrawals + is_cash,
        "point_withdrawn_today": row.withdrawn + (amount if is_cash and moves else 0),
        "point_non_local_today": row.non_local + is_non_local_withdrawal(case),
        "point_moves_today": row.moves + moves,
        "point_moved_today": row.moved + (amount if moves else 0),
        "point_jumped_today": row.jumped,
    }


TODAY = (
    "point_withdrawals_today",
    "point_withdrawn_today",
    "point_non_local_today",
    "point_moves_today",
    "point_moved_today",
    "point_jumped_today",
)


def is_non_local_withdrawal(case: Case) -> bool:
    region = case.facts.region
    return case.business == WITHDRAWAL and region is not None and region is not Region.LOCAL


def before(case: Case) -> dict[str, Any]:
    """Return what the days before say."""
    windows, point, day = case.windows, case.point, case.day
    past, yesterday = windows.past(point, day), windows.day_row(point, day - 1)
    jumps = past.jump_days + yesterday.jumped + windows.day_row(point, day).jumped
    return {
        "point_withdrawals_30d": past.withdrawals + yesterday.withdrawals,
        "point_non_local_30d": past.non_local + yesterday.non_local,
        "point_jump_days_10d": jumps,
    }


BEFORE = (
    "point_withdrawals_30d",
    "point_non_local_30d",
    "point_jump_days_10d",
)


def point_idle_days(case: Case) -> int | None:
    """Return how many days before this one nobody drew cash here."""
    windows, yesterday = case.windows, case.day - 1
    if windows.day_row(case.point, yesterday).cash_outs:
        return 1
    last = windows.past(case.point, case.day).last_cash_day
    return None if last is None else case.day - last


def days_alike(case: Case) -> list[tuple[int, int]]:
    """Return counts and sums of the last 28 usual days that were of today's kind."""
    if case.place is None:
        return []
    is_busy = case.place.profile.is_busy
    kind = is_busy(case.day)
    usual = case.windows.usual_days(case.point, case.day)[:ACTIVE_DAYS]
    return [(count, total) for day, count, total in usual if is_busy(day) is kind]


def point_p95_count(case: Case) -> int | None:
    days = days_alike(case)
    return percentile([count for count, _ in days], HIGH_MARK) if days else None


def point_p95_sum(case: Case) -> int | None:
    days = days_alike(case)
    return percentile([total for _, total in days], HIGH_MARK) if days else None


# The week and the month, read when a rule gets that far -------------------------------------------


NOT_OWN: dict[str, Any] = {"point_own_count_7d": 0, "point_own_sum_30d": 0}


def point_own_count_7d(case: Case) -> int:
    if not case.is_own and case.windows.register.asks_own_people_only:
        return 0
    start = a_week_ago(case)
    before = sum(one.at_us >= start for one in own_dealings(case))
    return before + (case.is_own and case.business in DEALINGS)


def point_own_sum_30d(case: Case) -> int:
    if not case.is_own and case.windows.register.asks_own_people_only:
        return 0
    before = sum(one.sum_since(case.day - 29) for one in own_dealings(case))
    return before + (case.amount if case.is_own and is_dealing(case) else 0)


def is_dealing(case: Case) -> bool:
    return case.business in DEALINGS and case.moved


def point_off_hours_7d(case: Case) -> int:
    return off_hours(case) + is_off_hours(case)


def point_reversals_7d(case: Case) -> int:
    return week(case).reversals + case.undoes


def point_moves_7d(case: Case) -> int:
    now = case.business in MOVES_MONEY and case.moved
    return week(case).moves + now


POINT_MAKERS: dict[str, Maker] = {
    **CROWD,
    **each_of(today, *TODAY),
    **each_of(before, *BEFORE),
    "point_drained_cards_30m": point_drained_cards_30m,
    "point_idle_days": point_idle_days,
    "point_p95_count": point_p95_count,
    "point_p95_sum": point_p95_sum,
    "point_baseline_days": lambda case: len(days_alike(case)),
    "point_own_count_7d": point_own_count_7d,
    "point_own_sum_30d": point_own_sum_30d,
    "point_off_hours_7d": point_off_hours_7d,
    "point_reversals_7d": point_reversals_7d,
    "point_moves_7d": point_moves_7d,
}
