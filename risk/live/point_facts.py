"""Facts over what happened at one point: the last two hours, today, the days before."""

from __future__ import annotations

from risk.baseline import ACTIVE_DAYS, HIGH_MARK, percentile
from risk.events import BIG_SHARE, DAY_US, HOUR_US, MINUTE_US, OFF_HOURS_AMOUNT_FEN
from risk.events import OFF_HOURS_SLACK_MIN as SLACK
from risk.live.card_facts import was_inquired
from risk.live.case import Case, Maker
from risk.live.request_facts import minutes_outside_hours
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
from risk.templates.parameters import ALL_OF_IT

HALF_AN_HOUR_US, TWO_HOURS_US = 30 * MINUTE_US, 2 * HOUR_US


def marks_of(case: Case) -> int:
    """Return what the request in hand is for the windows of its point."""
    if case.business == WITHDRAWAL:
        marks = IS_WITHDRAWAL
        if case.share >= BIG_SHARE:
            marks |= IS_BIG | TAKES_MOST
        elif case.moved and takes_most(case):
            marks |= TAKES_MOST
    else:
        marks = IS_INQUIRY if case.business == INQUIRY else 0
    return marks | IS_PIN_FAILURE if case.pin_failed else marks


def takes_most(case: Case) -> bool:
    balance = case.facts.account.balance if case.facts.account else None
    return balance is not None and case.amount * ALL_OF_IT >= balance * BIG_SHARE


def cards_with(case: Case, mark: int, since_us: int) -> set[int]:
    """Return the different cards with a mark at this point after a moment, now included."""
    cards: set[int] = set()
    if case.point is None:
        return cards
    for spot in reversed(case.windows.spots_at(case.point)):
        if spot.at_us <= since_us:
            break
        if spot.marks & mark:
            cards.add(spot.card)
    if case.card is not None and marks_of(case) & mark:
        cards.add(case.card)
    return cards


def point_inquired_cards_30m(case: Case) -> int:
    return len(cards_with(case, IS_INQUIRY, case.at_us - HALF_AN_HOUR_US))


def point_drained_cards_30m(case: Case) -> int:
    """Return how many cards drew most of it within 30 minutes of an inquiry here."""
    since = case.at_us - HALF_AN_HOUR_US
    spots = [s for s in case.windows.spots_at(case.point) if s.at_us > since - HALF_AN_HOUR_US]
    inquiries = [spot for spot in spots if spot.marks & IS_INQUIRY]
    if not inquiries:
        return 0
    cards = {
        spot.card
        for spot in spots
        if spot.at_us > since and spot.marks & TAKES_MOST and follows(spot, inquiries)
    }
    if case.card is not None and marks_of(case) & TAKES_MOST and was_inquired(case):
        cards.add(case.card)
    return len(cards)


def follows(spot: Spot, inquiries: list[Spot]) -> bool:
    return any(
        spot.card == one.card and 0 <= spot.at_us - one.at_us < HALF_AN_HOUR_US for one in inquiries
    )


# Business dates ----------------------------------------------------------------------------------


def point_withdrawals_today(case: Case) -> int:
    now = case.business == WITHDRAWAL and case.point is not None
    return case.windows.day_row(case).withdrawals + now


def point_withdrawn_today(case: Case) -> int:
    now = case.amount if case.business == WITHDRAWAL and case.moved else 0
    return case.windows.day_row(case).withdrawn + now


def point_non_local_today(case: Case) -> int:
    return case.windows.day_row(case).non_local + is_non_local_withdrawal(case)


def is_non_local_withdrawal(case: Case) -> bool:
    region = case.facts.region
    return case.business == WITHDRAWAL and region is not None and region != "local"


def point_moves_today(case: Case) -> int:
    return case.windows.day_row(case).moves + (case.business in MOVES_MONEY and case.moved)


def point_moved_today(case: Case) -> int:
    now = case.amount if case.business in MOVES_MONEY and case.moved else 0
    return case.windows.day_row(case).moved + now


def point_withdrawals_30d(case: Case) -> int:
    past, yesterday = case.windows.past(case)
    return past.withdrawals + yesterday.withdrawals


def point_non_local_30d(case: Case) -> int:
    past, yesterday = case.windows.past(case)
    return past.non_local + yesterday.non_local


def point_jump_days_10d(case: Case) -> int:
    past, yesterday = case.windows.past(case)
    return past.jump_days + yesterday.jumped + case.windows.day_row(case).jumped


def point_idle_days(case: Case) -> int | None:
    past, yesterday = case.windows.past(case)
    last = yesterday.day if yesterday.cash_outs else past.last_cash_day
    return None if last is None else case.day - last


def days_alike(case: Case) -> list[tuple[int, int]]:
    """Return counts and sums of the last 28 usual days that were of today's kind."""
    if case.place is None:
        return []
    is_busy = case.place.profile.is_busy
    kind = is_busy(case.day)
    usual = case.windows.usual_days(case)[:ACTIVE_DAYS]
    return [(count, total) for day, count, total in usual if is_busy(day) is kind]


def point_p95_count(case: Case) -> int | None:
    days = days_alike(case)
    return percentile([count for count, _ in days], HIGH_MARK) if days else None


def point_p95_sum(case: Case) -> int | None:
    days = days_alike(case)
    return percentile([total for _, total in days], HIGH_MARK) if days else None


# The week and the month, read when a rule gets that far -------------------------------------------


def hour_us_after(moment_us: int) -> int:
    """Return the first full hour after a moment: hour buckets count from their beginning."""
    return (moment_us // HOUR_US + 1) * HOUR_US


def a_week(case: Case) -> int:
    return hour_us_after(case.at_us - 7 * DAY_US)


def point_own_count_7d(case: Case) -> int:
    if not case.is_own and case.windows.register.asks_own_people_only:
        return 0
    start = a_week(case)
    before = sum(one.at_us >= start for one in case.windows.own_dealings(case))
    return before + (case.is_own and case.business in DEALINGS)


def point_own_sum_30d(case: Case) -> int:
    if not case.is_own and case.windows.register.asks_own_people_only:
        return 0
    before = sum(one.sum_since(case.day - 29) for one in case.windows.own_dealings(case))
    return before + (case.amount if case.is_own and is_dealing(case) else 0)


def is_dealing(case: Case) -> bool:
    return case.business in DEALINGS and case.moved


def is_off_hours(case: Case) -> bool:
    return case.amount >= OFF_HOURS_AMOUNT_FEN and minutes_outside_hours(case) > SLACK


def point_off_hours_7d(case: Case) -> int:
    return case.windows.off_hours(case, a_week(case)) + is_off_hours(case)


def point_reversals_7d(case: Case) -> int:
    return case.windows.week(case, a_week(case)).reversals + case.undoes


def point_moves_7d(case: Case) -> int:
    now = case.business in MOVES_MONEY and case.moved
    return case.windows.week(case, a_week(case)).moves + now


POINT_MAKERS: dict[str, Maker] = {
    "point_big_cards_30m": lambda case: len(cards_with(case, IS_BIG, case.at_us - HALF_AN_HOUR_US)),
    "point_cards_2h": lambda case: len(cards_with(case, IS_WITHDRAWAL, case.at_us - TWO_HOURS_US)),
    "point_pin_failed_cards_30m": lambda case: len(
        cards_with(case, IS_PIN_FAILURE, case.at_us - HALF_AN_HOUR_US)
    ),
    "point_inquired_cards_30m": point_inquired_cards_30m,
    "point_drained_cards_30m": point_drained_cards_30m,
    "point_withdrawals_today": point_withdrawals_today,
    "point_withdrawn_today": point_withdrawn_today,
    "point_non_local_today": point_non_local_today,
    "point_moves_today": point_moves_today,
    "point_moved_today": point_moved_today,
    "point_withdrawals_30d": point_withdrawals_30d,
    "point_non_local_30d": point_non_local_30d,
    "point_jump_days_10d": point_jump_days_10d,
    "point_jumped_today": lambda case: case.windows.day_row(case).jumped,
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
