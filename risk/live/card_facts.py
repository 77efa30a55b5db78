"""Facts over what one card did: its rows of the last seven days, and the request in hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from risk.events import DAY_US, MINUTE_US, day_of
from risk.live.case import Case, Maker, each_of
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

Moves = tuple[tuple[int, int], ...]

LATELY = (
    "card_requests_24h",
    "card_points_24h",
    "card_points_7d",
    "card_pin_failures_today",
    "card_reversals_24h",
    "limit_declines_24h",
)
WITHOUT_CARD: dict[str, Any] = dict.fromkeys(LATELY)


def lately(case: Case) -> dict[str, Any]:
    """Return what the card did in a day and a week, in one look at its rows."""
    if case.card is None:
        return WITHOUT_CARD
    uses_card = case.business in WITH_CARD
    here = {case.point} if uses_card and case.point is not None else set()
    if not case.seen:
        return quiet(case, int(uses_card), len(here))
    of_week, of_day = set(here), here
    requests, failures, reversals = int(uses_card), int(case.pin_failed), int(case.undoes)
    declines: list[tuple[int, int]] = []
    day_ago, today = case.at_us - DAY_US, start_us_of(case.day)
    week_start = start_us_of(case.day - 6)
    for one in case.seen:
        if one.at_us < week_start:
            continue
        is_lately, is_use = one.at_us > day_ago, one.business in WITH_CARD
        if is_use and one.point is not None:
            of_week.add(one.point)
            if is_lately:
                of_day.add(one.point)
        failures += one.at_us >= today and one.code in PIN_CODES
        if is_lately:
            requests += is_use
            reversals += one.undoes_id is not None
            if one.code in LIMIT_CODES and is_drawn_here(one, case):
                declines.append((one.at_us, one.amount or 0))
    return {
        "card_requests_24h": requests,
        "card_points_24h": len(of_day),
        "card_points_7d": len(of_week),
        "card_pin_failures_today": failures,
        "card_reversals_24h": reversals,
        "limit_declines_24h": None if case.point is None else tuple(declines),
    }


def quiet(case: Case, requests: int, points: int) -> dict[str, Any]:
    """Return every fact of a card that did nothing before: most of them."""
    is_cash, now = int(case.business == WITHDRAWAL), drawn_now(case)
    return {
        "card_withdrawals_today": is_cash,
        "card_withdrawal_points_today": is_cash if case.point is not None else 0,
        "card_day_sums_7d": (now,) if now else (),
        "card_withdrawn_today": now,
        "card_requests_24h": requests,
        "card_points_24h": points,
        "card_points_7d": points,
        "card_pin_failures_today": int(case.pin_failed),
        "card_reversals_24h": int(case.undoes),
        "limit_declines_24h": None if case.point is None else (),
    }


def is_drawn_here(one: Seen, case: Case) -> bool:
    return one.business == WITHDRAWAL and one.point == case.point


def within_a_day(case: Case) -> Iterator[Seen]:
    since = case.at_us - DAY_US
    return (one for one in case.seen if one.at_us > since)


def today(case: Case) -> Iterator[Seen]:
    start = start_us_of(case.day)
    return (one for one in case.seen if one.at_us >= start)


def card_withdrawal_points_today(case: Case) -> int | None:
    if case.card is None:
        return None
    points = {one.point for one in today(case) if one.business == WITHDRAWAL}
    if case.business == WITHDRAWAL:
        points.add(case.point)
    points.discard(None)
    return len(points)


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


def day_sums(case: Case) -> dict[str, Any]:
    """Return the sums of the business dates on which anything was drawn, and today's."""
    if case.card is None:
        return {"card_day_sums_7d": None, "card_withdrawn_today": None}
    sums: dict[int, int] = {}
    for one in case.seen:
        if amount := drawn(one):
            day = day_of(one.at_us)
            if day > case.day - 7:
                sums[day] = sums.get(day, 0) + amount
    if amount := drawn_now(case):
        sums[case.day] = sums.get(case.day, 0) + amount
    of_today = sum(amount for day, amount in sums.items() if day >= case.day)
    return {"card_day_sums_7d": tuple(sums.values()), "card_withdrawn_today": of_today}


def card_outflows_24h(case: Case) -> Moves | None:
    """Return moment and amount of what left the card and stays away; the request in hand last."""
    if case.card is None:
        return None
    rows = list(within_a_day(case)) if case.seen else []
    gone = {one.undoes_id for one in rows if one.undoes_business in PAYS_OUT}
    moves = [
        (one.at_us, one.amount or 0)
        for one in rows
        if one.code == APPROVED and one.business in PAYS_OUT and one.event_id not in gone
    ]
    if case.business in PAYS_OUT and case.moved:
        moves.append((case.at_us, case.amount))
    return tuple(moves)


def last_moved(case: Case) -> Seen | None:
    """Return the card's last approved request of 24 hours."""
    since = case.at_us - DAY_US
    for one in reversed(case.seen):
        if one.at_us <= since:
            return None
        if one.code == APPROVED and one.business in WITH_CARD:
            return one
    return None


NO_TRAVEL: dict[str, Any] = {"travel_km": None, "travel_min": None}


def travel(case: Case) -> dict[str, Any]:
    """Return how far the card came from its last approved request, and in what time."""
    last = last_moved(case)
    if last is None:
        return NO_TRAVEL
    minutes = max(case.at_us - last.at_us, 0) / MINUTE_US
    return {"travel_km": km_from(last.point, case), "travel_min": minutes}


def km_from(point: str | None, case: Case) -> float | None:
    if point is None:
        return None
    if point == case.point:
        return 0.0
    here, there = case.place, case.windows.place(point)
    if here is None or there is None:
        return None
    return here.profile.meters_to(there.profile.latitude, there.profile.longitude) / 1_000


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
    **each_of(lately, *LATELY),
    **each_of(day_sums, "card_day_sums_7d", "card_withdrawn_today"),
    **each_of(travel, "travel_km", "travel_min"),
    "card_withdrawals_today": card_withdrawals_today,
    "card_withdrawal_points_today": card_withdrawal_points_today,
    "card_outflows_24h": card_outflows_24h,
}
