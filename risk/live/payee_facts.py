"""Facts over payees, bills and terminals: what comes together from several cards and points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from risk.events import DAY_US, ELDER_AGE, day_of
from risk.live.card_facts import equal_card_bills_24h
from risk.live.case import Case, Maker, each_of
from risk.live.request_facts import bill, holder_age, reading
from risk.live.rows import APPROVED, BILL_PAYMENT, PAYS_IN, REMITTANCE, Paid
from risk.live.weeks import paid_before
from risk.metrics import METRICS

READING_US = METRICS["terminal_reading"].window.size

Moves = tuple[tuple[int, int], ...]


def is_paying(case: Case) -> bool:
    return case.payee is not None and case.business in PAYS_IN


def paid_within_a_day(case: Case) -> Iterator[Paid]:
    since = case.at_us - DAY_US
    return (one for one in case.windows.paid_to(case.payee) if one.at_us > since)


def card_credits_24h(case: Case) -> Moves | None:
    """Return what came into the card's account and stands now."""
    if case.account is None:
        return None
    paid, since = case.windows.paid_to(case.account), case.at_us - DAY_US
    if not paid:
        return ()
    return tuple(
        (one.at_us, one.amount)
        for one in paid
        if one.at_us > since
        and one.settles_us is not None
        and one.settles_us <= case.at_us
        and one.undone_us is None
    )


def payee_payers_24h(case: Case) -> int | None:
    if case.payee is None:
        return None
    payers = {one.payer for one in paid_within_a_day(case)}
    if is_paying(case):
        payers.add(case.payer)
    payers.discard(None)
    return len(payers)


def payee_points_24h(case: Case) -> int | None:
    if case.payee is None:
        return None
    points = {one.point for one in paid_within_a_day(case)}
    if is_paying(case):
        points.add(case.point)
    points.discard(None)
    return len(points)


def payee_received_24h(case: Case) -> int | None:
    if case.payee is None:
        return None
    since = case.at_us - DAY_US
    received = case.amount if is_paying(case) and case.moved else 0
    for one in case.windows.paid_to(case.payee):
        if one.code == APPROVED:
            received += one.amount if one.at_us > since else 0
            received -= one.amount if one.undone_us is not None and one.undone_us > since else 0
    return received


def payee_elder_payers_7d(case: Case) -> int | None:
    if case.payee is None:
        return None
    payers = {
        one.payer
        for one in case.windows.paid_to(case.payee)
        if one.is_elder and day_of(one.at_us) > case.day - 7
    }
    age = holder_age(case)
    if is_paying(case) and age is not None and age >= ELDER_AGE:
        payers.add(case.payer)
    return len(payers)


def card_payee_paid_180d(case: Case) -> int | None:
    if case.card is None or case.payee is None:
        return None
    return paid_before(case)


def comes_from_own(case: Case) -> bool:
    return case.card_is_own or case.business == REMITTANCE


def pair_outs_7d(case: Case) -> Moves | None:
    """Return what was drawn here from the payee's account; asked when money comes back."""
    if case.payee is None or case.point is None:
        return None
    since = case.at_us - 7 * DAY_US
    drawn = case.windows.drawn.get((case.payee, case.point), ())
    return tuple((one.at_us, one.amount) for one in drawn if one.at_us > since)


def pair_backs_7d(case: Case) -> Moves | None:
    """Return what the point's own people paid here to the payee; the request in hand last."""
    if case.payee is None or case.point is None or case.place is None:
        return None
    since, own = case.at_us - 7 * DAY_US, case.place.profile.own_cards
    moves = [
        (one.at_us, one.amount)
        for one in case.windows.paid_to(case.payee)
        if one.at_us > since
        and one.code == APPROVED
        and one.point == case.point
        and one.undone_us is None
        and (one.business == REMITTANCE or one.card in own)
    ]
    if is_paying(case) and case.moved and comes_from_own(case):
        moves.append((case.at_us, case.amount))
    return tuple(moves)


def bill_payments_24h(case: Case) -> int | None:
    that = bill(case)
    if that is None:
        return None
    since = case.at_us - DAY_US
    before = sum(at_us > since for at_us, _ in case.windows.bills.get(that, ()))
    return before + (case.business == BILL_PAYMENT)


def payer_biller_equal_24h(case: Case) -> int | None:
    if case.facts.biller is None or case.payer is None:
        return None
    if case.card is not None:
        return equal_card_bills_24h(case)
    since = case.at_us - DAY_US
    key = (case.payer, case.facts.biller.biller_id, case.amount)
    return 1 + sum(at_us > since for at_us, _ in case.windows.cash_bills.get(key, ()))


def serial_terminals_24h(case: Case) -> int | None:
    serial = case.request.reported.terminal_serial
    if serial is None:
        return None
    since = case.at_us - DAY_US
    terminals = {
        terminal
        for terminal, seen_us in case.windows.serials.get(serial, {}).items()
        if seen_us > since
    }
    return len(terminals | {case.terminal})


READING = ("drift_m", "drift_accuracy_m", "drift_before_m", "drift_before_accuracy_m")
NOT_PLACED: dict[str, Any] = dict.fromkeys(READING)


def readings(case: Case) -> dict[str, Any]:
    """Return drift and accuracy of the terminal's reading and of the one before it."""
    now = reading(case)
    if now is None:
        return NOT_PLACED
    at_us, drift, accuracy = case.windows.readings.get(case.terminal, NEVER)
    is_fresh = at_us > case.at_us - READING_US
    before = (drift, accuracy) if is_fresh else (None, None)
    return dict(zip(READING, (*now, *before), strict=True))


NEVER = (0, 0.0, 0.0)


PAYEE_MAKERS: dict[str, Maker] = {
    "card_credits_24h": card_credits_24h,
    "payee_payers_24h": payee_payers_24h,
    "payee_points_24h": payee_points_24h,
    "payee_received_24h": payee_received_24h,
    "payee_elder_payers_7d": payee_elder_payers_7d,
    "card_payee_paid_180d": card_payee_paid_180d,
    "pair_outs_7d": pair_outs_7d,
    "pair_backs_7d": pair_backs_7d,
    "bill_payments_24h": bill_payments_24h,
    "payer_biller_equal_24h": payer_biller_equal_24h,
    "serial_terminals_24h": serial_terminals_24h,
    **each_of(readings, *READING),
}
