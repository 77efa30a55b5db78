"""From a decision's own facts to the event that windows remember, and to the request in hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pos_sim.domain.authorize import Facts
from pos_sim.domain.calendar import minute_of
from pos_sim.domain.fees import region_of
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Business, CashRemittance, Request, Reversal, ReversalReason
from pos_sim.domain.tariff import Region
from pos_sim.domain.transactions import Refusal, Transaction
from risk.events import (
    BIG_SHARE,
    ELDER_AGE,
    MINUTE_US,
    OFF_HOURS_AMOUNT_FEN,
    OFF_HOURS_SLACK_MIN,
    Event,
    Flag,
)
from risk.now import Now
from risk.places import PointProfile
from risk.templates.parameters import ALL_OF_IT

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_US = timedelta(microseconds=1)
USUAL_LIMIT = yuan(2_000)
"""L where a policy sets no limit."""

NOT_PRESENT = frozenset({"manual", "qr", "ecommerce"})
"""Entry modes in which no card was read; a mode that is not reported means a card."""

LIMIT_CHECKS = frozenset({"amount_limit", "count_limit"})
PIN_CHECKS = frozenset({"pin_wrong", "pin_locked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the watch looked up for one request, beside the decision's facts.

    ``undoes`` is the original of a reversal that takes money back, ``original_us`` the moment of
    any original; ``was_inquired``: this card's balance was asked here within 30 minutes.
    """

    point: PointProfile | None = None
    list_matches: tuple[str, ...] = ()
    was_inquired: bool = False
    undoes: Event | None = None
    original_us: int | None = None
    km_to: Callable[[str], float | None] = lambda point: None


def observe(facts: Facts, refusal: Refusal | None, beside: Beside) -> Now:
    """Return the request in hand; while nobody refuses it, it counts as approved."""
    request, point = facts.request, beside.point
    at_us = microseconds(request.received_at)
    minute = minute_of(request.received_at)
    outside = point.minutes_outside(minute) if point and not facts.is_at_atm else 0
    limit = limit_of(facts)
    age = age_on(facts.business_date, facts.card.birth_date) if facts.card else None
    event = event_of(facts, refusal, beside, at_us=at_us, limit=limit)
    event = replace(event, flags=flags_of(facts, refusal, beside, event, outside, age))
    return Now(
        event=event,
        withdrawal_limit=limit,
        minute_of_day=minute,
        minutes_outside_hours=outside,
        is_busy=point.is_busy if point else lambda day: False,
        km_to=beside.km_to,
        payee_is_own=bool(point and event.payee in point.own_accounts),
        holder_age=age,
        balance=facts.account.balance if facts.account else None,
        card_is_present=card_is_present(facts),
        terminal_kind=facts.terminal.kind.value if facts.terminal else None,
        serial_differs=serial_differs(facts),
        list_matches=beside.list_matches,
        reversal_is_manual=is_manual(request),
        reversal_delay_min=delay_min(at_us, beside.original_us),
    )


def event_of(
    facts: Facts, refusal: Refusal | None, beside: Beside, *, at_us: int, limit: int
) -> Event:
    """Return the event without its flags."""
    request, card, undoes = facts.request, facts.card, beside.undoes
    bill = facts.bill
    card_id = card.card_id if card else (undoes.card if undoes else None)
    is_withdrawal = request.business is Business.WITHDRAWAL
    position = request.reported.position
    reading = None
    if position is not None and beside.point is not None:
        drift = beside.point.meters_to(position.latitude, position.longitude)
        reading = (drift, position.accuracy_m)
    return Event(
        event_id=request.key.transaction_id,
        at_us=at_us,
        day=facts.business_date.toordinal(),
        business=request.business.value,
        moved=refusal is None,
        settles_us=at_us if refusal is None else None,
        amount=facts.amount,
        limit_share=facts.amount * ALL_OF_IT // limit if is_withdrawal else 0,
        point=facts.point.service_point_id if facts.point else None,
        terminal=request.key.terminal_id,
        card=card_id,
        account=card.account_id if card else None,
        payee=facts.payee.account_id if facts.payee else None,
        payer=payer_of(facts),
        biller=facts.biller.biller_id if facts.biller else None,
        bill=f"{bill.biller_id}/{bill.bill_no}" if bill else None,
        serial=request.reported.terminal_serial,
        reading=reading,
        undoes=undoes,
    )


def flags_of(
    facts: Facts,
    refusal: Refusal | None,
    beside: Beside,
    event: Event,
    outside: int,
    age: int | None,
) -> int:
    """Return what is true of the request; each line is one flag."""
    check = refusal.check if refusal else ""
    own_cards = beside.point.own_cards if beside.point else frozenset()
    own_accounts = beside.point.own_accounts if beside.point else frozenset()
    is_own_card = event.card in own_cards
    is_cash = event.business == Business.WITHDRAWAL
    truths = (
        (Flag.OWN, is_own_card or event.payee in own_accounts),
        (Flag.FROM_OWN, is_own_card or isinstance(facts.request, CashRemittance)),
        (Flag.LIMIT_DECLINED, is_cash and check in LIMIT_CHECKS),
        (Flag.PIN_FAILED, check in PIN_CHECKS),
        (Flag.NON_LOCAL, is_non_local(facts)),
        (Flag.ELDER, age is not None and age >= ELDER_AGE),
        (Flag.OFF_HOURS, outside > OFF_HOURS_SLACK_MIN and event.amount >= OFF_HOURS_AMOUNT_FEN),
        (Flag.DRAINED, is_cash and beside.was_inquired and drains(facts, event)),
        (Flag.UNDOES, event.undoes is not None),
    )
    return sum(flag for flag, is_true in truths if is_true)


def remembered(event: Event, transaction: Transaction, *, jumped: bool) -> Event:
    """Return the event as windows keep it once the decision is known."""
    moved = transaction.moved_money
    available = transaction.available_at
    settles = event.at_us if available is None else microseconds(available)
    return replace(
        event,
        moved=moved,
        settles_us=settles if moved else None,
        flags=event.flags | Flag.JUMPED if jumped else event.flags,
    )


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970, exactly."""
    return (moment - EPOCH) // ONE_US


def limit_of(facts: Facts) -> int:
    """Return L: the daily withdrawal limit per card at this kind of terminal."""
    kind = LimitKind.ATM_WITHDRAWAL if facts.is_at_atm else LimitKind.WITHDRAWAL
    return facts.policy.limit(kind).amount_max or USUAL_LIMIT


def age_on(day: date, birth: date) -> int:
    """Return full years.

    >>> age_on(date(2026, 3, 1), date(1966, 3, 2)), age_on(date(2026, 3, 2), date(1966, 3, 2))
    (59, 60)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def payer_of(facts: Facts) -> str | None:
    """Return who pays: the card, or the name that a cash customer gave."""
    if facts.card is not None:
        return str(facts.card.card_id)
    if isinstance(facts.request, CashRemittance):
        return facts.request.payer_name
    return facts.bill.payer_name if facts.bill else None


def is_non_local(facts: Facts) -> bool:
    if facts.card is None or facts.point is None:
        return False
    return region_of(facts.card.county, facts.point.county) is not Region.LOCAL


def serial_differs(facts: Facts) -> int | None:
    serial = facts.request.reported.terminal_serial
    if serial is None or facts.terminal is None:
        return None
    return int(serial != facts.terminal.serial)


def card_is_present(facts: Facts) -> bool | None:
    if facts.card is None:
        return None
    return facts.request.reported.entry_mode not in NOT_PRESENT


def is_manual(request: Request) -> bool | None:
    """Say whether a reversal was started by hand, None where the request is none."""
    return request.reason is ReversalReason.OTHER if isinstance(request, Reversal) else None


def drains(facts: Facts, event: Event) -> bool:
    """Say whether a withdrawal is a big one, or takes 80 % of what is there."""
    balance = facts.account.balance if facts.account else None
    takes_most = balance is not None and event.amount * ALL_OF_IT >= balance * BIG_SHARE
    return event.limit_share >= BIG_SHARE or takes_most


def delay_min(at_us: int, original_us: int | None) -> float | None:
    return None if original_us is None else max(at_us - original_us, 0) / MINUTE_US
