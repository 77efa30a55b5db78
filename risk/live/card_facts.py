"""Facts over what one card did: its rows of the last seven days, and the request in hand."""

from __future__ import annotations

from collections.abc import Iterator

from risk.events import DAY_US, MINUTE_US, day_of
from risk.live.case import Case, Maker
from risk.live.rows import (
    APPROVED,
    BILL_PAYMENT,
    INQUIRY,
    LIMIT_CODES,
    PAYS_OUT,
    PIN_CODES,
    WITH_CARD,
    WITHDRAWAL,
    Seen,
    start_us_of,
)


def within_a_day(case: Case) -> Iterator[Seen]:
    since = case.at_us - DAY_US
    return (one for one in case.seen if one.at_us > since)


def today(case: Case) -> Iterator[Seen]:
    start = start_us_of(case.day)
    return (one for one in case.seen if one.at_us >= start)


def card_requests_24h(case: Case) -> int | None:
    if case.card is None:
        return None
    before = sum(one.business in WITH_CARD for one in within_a_day(case))
    return before + (case.business in WITH_CARD)


def points_of(case: Case, rows: Iterator[Seen], businesses: frozenset[str]) -> int | None:
    if case.card is None:
        return None
    points = {one.point for one in rows if one.business in businesses}
    if case.business in businesses:
        points.add(case.point)
    points.discard(None)
    return len(points)


def card_points_7d(case: Case) -> int | None:
    start = start_us_of(case.day - 6)
    return points_of(case, (one for one in case.seen if one.at_us >= start), WITH_CARD)


CASH_OUT = frozenset({WITHDRAWAL})


def card_withdrawals_today(case: Case) -> int | None:
    if case.card is None:
        return None
    before = sum(one.business == WITHDRAWAL for one in today(case))
    return before + (case.business == WITHDRAWAL)


def drawn(one: Seen) -> int:
    """Return what a row adds to withdrawn sums; a reversal takes away in its own moment."""
    if one.business == WITHDRAWAL:
        return (one.amount or 0) if one.code == APPROVED else 0
    return -(one.amount or 0) if one.undoes_business == WITHDRAWAL else 0


def drawn_now(case: Case) -> int:
    return case.amount if case.business == WITHDRAWAL and case.moved else 0


def card_withdrawn_today(case: Case) -> int | None:
    if case.card is None:
        return None
    return sum(map(drawn, today(case))) + drawn_now(case)


def card_day_sums_7d(case: Case) -> tuple[int, ...] | None:
    """Return the sums of the business dates on which anything was drawn or taken back."""
    if case.card is None:
        return None
    sums: dict[int, int] = {}
    for one in case.seen:
        if amount := drawn(one):
            day = day_of(one.at_us)
            if day > case.day - 7:
                sums[day] = sums.get(day, 0) + amount
    if amount := drawn_now(case):
        sums[case.day] = sums.get(case.day, 0) + amount
    return tuple(sums.values())


def card_pin_failures_today(case: Case) -> int | None:
    if case.card is None:
        return None
    return sum(one.code in PIN_CODES for one in today(case)) + case.pin_failed


def card_outflows_24h(case: Case) -> tuple[tuple[int, int], ...] | None:
    """Return moment and amount of what left the card and stays away; the request in hand last."""
    if case.card is None:
        return None
    rows = list(within_a_day(case))
    gone = {one.undoes_id for one in rows if one.undoes_business in PAYS_OUT}
    moves = [
        (one.at_us, one.amount or 0)
        for one in rows
        if one.code == APPROVED and one.business in PAYS_OUT and one.event_id not in gone
    ]
    if case.business in PAYS_OUT and case.moved:
        moves.append((case.at_us, case.amount))
    return tuple(moves)


def card_reversals_24h(case: Case) -> int | None:
    if case.card is None:
        return None
    return sum(one.undoes_id is not None for one in within_a_day(case)) + case.undoes


def limit_declines_24h(case: Case) -> tuple[tuple[int, int], ...] | None:
    if case.card is None or case.point is None:
        return None
    return tuple(
        (one.at_us, one.amount or 0)
        for one in within_a_day(case)
        if one.code in LIMIT_CODES and one.business == WITHDRAWAL and one.point == case.point
    )


def last_moved(case: Case) -> Seen | None:
    """Return the card's last approved request of 24 hours."""
    since = case.at_us - DAY_US
    for one in reversed(case.seen):
        if one.at_us <= since:
            return None
        if one.code == APPROVED and one.business in WITH_CARD:
            return one
    return None


def travel_km(case: Case) -> float | None:
    last = last_moved(case)
    if last is None or last.point is None:
        return None
    if last.point == case.point:
        return 0.0
    here, there = case.place, case.windows.place(last.point)
    if here is None or there is None:
        return None
    return here.profile.meters_to(there.profile.latitude, there.profile.longitude) / 1_000


def travel_min(case: Case) -> float | None:
    last = last_moved(case)
    return None if last is None else max(case.at_us - last.at_us, 0) / MINUTE_US


def was_inquired(case: Case) -> bool:
    """Say whether this card's balance was asked here within 30 minutes."""
    since = case.at_us - 30 * MINUTE_US
    return any(
        one.business == INQUIRY and one.at_us > since and one.point == case.point
        for one in case.seen
    )


def equal_card_bills_24h(case: Case) -> int:
    """Return how often this card paid this amount to this biller, now included."""
    biller = case.facts.biller
    assert biller is not None
    return 1 + sum(
        one.business == BILL_PAYMENT
        and one.biller == biller.biller_id
        and one.amount == case.amount
        for one in within_a_day(case)
    )


CARD_MAKERS: dict[str, Maker] = {
    "card_requests_24h": card_requests_24h,
    "card_points_24h": lambda case: points_of(case, within_a_day(case), WITH_CARD),
    "card_points_7d": card_points_7d,
    "card_day_sums_7d": card_day_sums_7d,
    "card_withdrawals_today": card_withdrawals_today,
    "card_withdrawn_today": card_withdrawn_today,
    "card_withdrawal_points_today": lambda case: points_of(case, today(case), CASH_OUT),
    "card_pin_failures_today": card_pin_failures_today,
    "card_outflows_24h": card_outflows_24h,
    "card_reversals_24h": card_reversals_24h,
    "limit_declines_24h": limit_declines_24h,
    "travel_km": travel_km,
    "travel_min": travel_min,
}
