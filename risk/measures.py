"""The words of a window: measures, spans, storage, filters, keys; and what a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from pos_sim.domain.requests import Business
from risk.events import Event

Key: TypeAlias = tuple[Any, ...]
"""The parts of a key; a None among them: the event has no such key."""


class Measure(StrEnum):
    """What is taken of the events of a window."""

    COUNT = "count"  # how many; a reversal takes nothing away
    SUM = "sum"  # fen; a reversal is a negative entry in its own moment
    DISTINCT = "distinct"  # the set of members
    LAST = "last"  # (moment, member) of the latest
    MOVES = "moves"  # (moment, fen, id) of each; a reversal is a negative entry with the same id
    DAY_SUMS = "day_sums"  # {business date: fen}
    DAYS = "days"  # {business date: (count, fen, jumped)}
    TALLY = "tally"  # {member: count}


class Storage(StrEnum):
    """Where a window is kept."""

    EXACT = "exact"  # rows of single transactions, up to 24 hours
    HOURLY = "hourly"  # (key, hour): count, sum; up to 7 days
    DAILY = "daily"  # (key, business date): counts and sums
    MEMBER_DAY = "member_day"  # (key, member, business date): count, sum
    LAST = "last"  # (key): moment and value of the latest


class Span(StrEnum):
    """How a window is cut."""

    ROLLING = "rolling"  # after as_of − size, in microseconds
    DAYS = "days"  # so many business dates up to today
    DAYS_BEFORE = "days_before"  # so many business dates up to yesterday
    MONTH = "month"  # the calendar month of today's business date


@dataclass(frozen=True, slots=True)
class Window:
    """A span and its size, in microseconds or in days."""

    span: Span
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which events count; a condition that is absent asks nothing.

    ``moved``: approved or held. ``settled``: the money stands at as_of.
    ``reports``: the terminal said where it stands.
    """

    businesses: frozenset[Business] = frozenset()
    moved: bool = False
    settled: bool = False
    flags: int = 0
    share_min: int = 0
    amount_max: int | None = None
    reports: bool = False

    def takes(self, event: Event, as_of_us: int) -> bool:
        """Say whether an event counts at ``as_of_us``."""
        if self.businesses and event.business not in self.businesses:
            return False
        if (self.moved and not event.moved) or event.flags & self.flags != self.flags:
            return False
        if self.settled and (event.settles_us is None or event.settles_us > as_of_us):
            return False
        if event.limit_share < self.share_min or (self.reports and event.reading is None):
            return False
        return self.amount_max is None or 0 < abs(event.amount) <= self.amount_max


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One windowed metric.

    ``scope`` says under which key events are kept, ``asked`` under which key of the request in
    hand they are read (the same where it is empty). The request in hand is added explicitly, but
    not where ``with_current`` is false.
    """

    name: str
    scope: str
    measure: Measure
    window: Window
    storage: Storage
    where: Where = Where()
    member: str = ""
    asked: str = ""
    with_current: bool = True

    def key_of(self, event: Event) -> Key:
        """Return the key under which an event is kept."""
        return KEYS[self.scope](event)

    def key_asked_by(self, event: Event) -> Key:
        """Return the key that the request in hand asks about."""
        return KEYS[self.asked or self.scope](event)


KEYS: dict[str, Callable[[Event], Key]] = {
    "card": lambda event: (event.card,),
    "point": lambda event: (event.point,),
    "payee": lambda event: (event.payee,),
    "account": lambda event: (event.account,),
    "terminal": lambda event: (event.terminal,),
    "serial": lambda event: (event.serial,),
    "bill": lambda event: (event.bill,),
    "card+point": lambda event: (event.card, event.point),
    "card+payee": lambda event: (event.card, event.payee),
    "account+point": lambda event: (event.account, event.point),
    "payee+point": lambda event: (event.payee, event.point),
    "payer+biller+amount": lambda event: (event.payer, event.biller, event.amount),
}
