"""A stored request as the watch saw it: what `risk.observe` makes of facts, made of a record.

What a record does not keep is not known any more: the balance before a refusal, and the register
of that day; the register of today stands in for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial

from pos_sim.domain.calendar import minute_of
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.policy import PolicySet
from pos_sim.store.rows import from_us
from risk.events import (
    BIG_SHARE,
    ELDER_AGE,
    OFF_HOURS_AMOUNT_FEN,
    OFF_HOURS_SLACK_MIN,
    Event,
    Flag,
    day_of,
)
from risk.live.rows import (
    APPROVED,
    LIMIT_CODES,
    MOVES_MONEY,
    PIN_CODES,
    REMITTANCE,
    REVERSAL,
    WITHDRAWAL,
)
from risk.metrics import METRICS
from risk.now import Now
from risk.observe import NOT_PRESENT, USUAL_LIMIT, age_on, delay_min
from risk.places import Place
from risk.store.register import Lists
from risk.store.stored_requests import Stored
from risk.templates.parameters import ALL_OF_IT
from risk.windows import WindowStore

INQUIRED = METRICS["inquiries_30m"]
ATM, LOCAL, BY_HAND = "atm", "local", "other"
RISK_CODE = "59"


class Recall:
    """Sees requests again, one after the other; remembers what later ones may name."""

    def __init__(
        self,
        places: Mapping[str, Place],
        lists: Lists,
        policies: PolicySet,
    ) -> None:
        self.places = places
        self.lists = lists
        self._originals: dict[str, Event] = {}
        self._limit = cache(partial(limit_of, policies))
        self.forget()

    def know(self, row: Stored) -> None:
        """Keep a request from before all others, which a reversal among them names."""
        now = self.now(row, is_before_money=False)
        self._originals[row.event_id] = settled(now.event, row)

    def forget(self) -> None:
        """Begin anew with another subject."""
        self._events = dict(self._originals)
        self._inquiries = WindowStore([INQUIRED])

    def now(self, row: Stored, *, is_before_money: bool) -> Now:
        """Return the request in hand, before the money moved or after it was decided."""
        place = self.places.get(row.point or "")
        limit = self._limit(row.policy_version, is_at_atm=row.terminal_kind == ATM)
        age = age_on(day(row), row.birth) if row.birth and row.business != REVERSAL else None
        minute = minute_of(from_us(row.at_us))
        outside = outside_hours(row, place, minute)
        event = self.event(row, place, limit, moved=has_moved(row, is_before_money))
        flags = self.flags(row, place, event, outside, age)
        return Now(
            event=replace(event, flags=flags) if flags else event,
            withdrawal_limit=limit,
            minute_of_day=minute,
            minutes_outside_hours=outside,
            is_busy=place.profile.is_busy if place else lambda day: False,
            km_to=partial(self._km, place),
            payee_is_own=place is not None and event.payee in place.profile.own_accounts,
            holder_age=age,
            balance=balance_before(row),
            card_is_present=card_is_present(row),
            terminal_kind=row.terminal_kind,
            serial_differs=serial_differs(row),
            list_matches=self._list_matches(row, event, place),
            reversal_is_manual=is_by_hand(row),
            reversal_delay_min=delay_min(row.at_us, row.original_us),
        )

    def event(self, row: Stored, place: Place | None, limit: int, *, moved: bool) -> Event:
        """Return the event without its flags."""
        is_reversal = row.business == REVERSAL
        undoes = self._undone_by(row) if is_reversal else None
        amount = 0 if is_reversal else row.amount or 0
        card = row.card if not is_reversal else (undoes.card if undoes else None)
        return Event(
            event_id=row.event_id,
            at_us=row.at_us,
            day=day_of(row.at_us),
            business=row.business,
            moved=moved,
            settles_us=row.at_us if moved else None,
            amount=amount,
            limit_share=amount * ALL_OF_IT // limit if row.business == WITHDRAWAL else 0,
            point=row.point,
            terminal=row.terminal,
            card=card,
            account=None if is_reversal else row.account,
            payee=row.payee,
            payer=payer_of(row),
            biller=row.biller,
            bill=f"{row.biller}/{row.bill_no}" if row.bill_no else None,
            serial=row.details.get("terminal_serial"),
            reading=reading_of(row, place),
            undoes=undoes,
        )

    def flags(
        self, row: Stored, place: Place | None, event: Event, outside: int, age: int | None
    ) -> int:
        """Return what is true of the request; each line is one flag."""
        own = place.profile if place else None
        is_own_card = own is not None and event.card in own.own_cards
        is_own_payee = own is not None and event.payee in own.own_accounts
        is_cash = row.business == WITHDRAWAL
        is_late = outside > OFF_HOURS_SLACK_MIN and event.amount >= OFF_HOURS_AMOUNT_FEN
        truths = (
            (Flag.OWN, is_own_card or is_own_payee),
            (Flag.FROM_OWN, is_own_card or row.business == REMITTANCE),
            (Flag.LIMIT_DECLINED, is_cash and row.code in LIMIT_CODES),
            (Flag.PIN_FAILED, row.code in PIN_CODES),
            (Flag.NON_LOCAL, row.region not in (None, LOCAL)),
            (Flag.ELDER, age is not None and age >= ELDER_AGE),
            (Flag.OFF_HOURS, is_late),
            (Flag.DRAINED, is_cash and self._was_inquired(event) and drains(row, event)),
            (Flag.UNDOES, event.undoes is not None),
        )
        return sum(flag for flag, is_true in truths if is_true)

    def remember(self, event: Event) -> None:
        """Keep what a later request may look for."""
        if event.business in MOVES_MONEY:
            self._events[event.event_id] = event
        self._inquiries.add(event)

    def _undone_by(self, row: Stored) -> Event | None:
        """Return the original that this reversal took back, and nothing that stood already."""
        if row.original_id is None or row.original_ended_by != row.event_id:
            return None
        return self._events.get(row.original_id)

    def _was_inquired(self, event: Event) -> bool:
        key = INQUIRED.key_asked_by(event)
        return None not in key and bool(self._inquiries.read(INQUIRED, key, event.at_us))

    def _km(self, here: Place | None, point: str) -> float | None:
        there = self.places.get(point)
        if here is None or there is None:
            return None
        profile = there.profile
        return here.profile.meters_to(profile.latitude, profile.longitude) / 1_000

    def _list_matches(self, row: Stored, event: Event, place: Place | None) -> tuple[str, ...]:
        named = {
            "card": event.card,
            "payee": row.payee_no if row.payee is not None else None,
            "operator": place.operator_id if place else None,
            "terminal": row.terminal,
        }
        return tuple(
            kind
            for kind, value in named.items()
            if value is not None and self.lists.names(kind, str(value), row.at_us)
        )


def settled(event: Event, row: Stored) -> Event:
    """Return the event as windows keep it: with what became of the request."""
    moved = row.code == APPROVED
    settles = row.at_us if row.available_us is None else row.available_us
    was_cancelled = row.status == "reversed" and row.undone_by is None
    settles_us = settles if moved and not was_cancelled else None
    if (moved, settles_us) == (event.moved, event.settles_us):
        return event
    undoes = event.undoes if moved else None
    flags = event.flags if undoes is event.undoes else event.flags & ~Flag.UNDOES
    return replace(event, moved=moved, settles_us=settles_us, flags=flags, undoes=undoes)


def has_moved(row: Stored, is_before_money: bool) -> bool:
    """While nobody had refused it, a request counted as approved; the watch itself spoke last."""
    if not is_before_money:
        return row.code == APPROVED
    return row.business == REVERSAL or row.code in (APPROVED, RISK_CODE)


def limit_of(policies: PolicySet, version: str, *, is_at_atm: bool) -> int:
    """Return L as it was: the daily withdrawal limit of a policy version."""
    policy = policies.version(version)
    kind = LimitKind.ATM_WITHDRAWAL if is_at_atm else LimitKind.WITHDRAWAL
    return (policy.limit(kind).amount_max if policy else None) or USUAL_LIMIT


def day(row: Stored) -> date:
    return date.fromordinal(day_of(row.at_us))


def outside_hours(row: Stored, place: Place | None, minute: int) -> int:
    if place is None or row.terminal_kind == ATM:
        return 0
    return place.profile.minutes_outside(minute)


def balance_before(row: Stored) -> int | None:
    """Return the balance before the request, as far as its answer told it."""
    if row.card is None or row.balance is None or row.business == REVERSAL:
        return None
    moved = (row.amount or 0) + row.fee if row.business in MOVES_MONEY else 0
    return row.balance + moved if row.code == APPROVED else row.balance


def drains(row: Stored, event: Event) -> bool:
    before = balance_before(row)
    takes_most = before is not None and event.amount * ALL_OF_IT >= before * BIG_SHARE
    return event.limit_share >= BIG_SHARE or takes_most


def payer_of(row: Stored) -> str | None:
    """Return who paid: the card, or the name that a cash customer gave."""
    if row.business == REVERSAL:
        return None
    if row.card is not None:
        return str(row.card)
    name = row.details.get("payer_name") if row.business == REMITTANCE else row.bill_payer
    return str(name) if name is not None else None


def reading_of(row: Stored, place: Place | None) -> tuple[float, float] | None:
    position = row.details.get("position")
    if position is None or place is None:
        return None
    latitude, longitude, accuracy_m = position
    return place.profile.meters_to(latitude, longitude), accuracy_m


def card_is_present(row: Stored) -> bool | None:
    if row.card is None or row.business == REVERSAL:
        return None
    return row.details.get("entry_mode") not in NOT_PRESENT


def serial_differs(row: Stored) -> int | None:
    serial = row.details.get("terminal_serial")
    if serial is None or row.terminal_serial is None:
        return None
    return int(serial != row.terminal_serial)


def is_by_hand(row: Stored) -> bool | None:
    return row.details.get("reason") == BY_HAND if row.business == REVERSAL else None
