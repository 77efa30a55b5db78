"""From the request in hand and its windows to the facts that rules read.

``Preparer.of(rulebook)`` works out once which facts the rules about each business need; only those
windows are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pos_sim.domain.requests import Business
from risk.baseline import NO_BASELINE, baseline_of
from risk.events import MINUTE_US, Event, Flag
from risk.facts import FACTS, Source
from risk.measures import Measure, Metric
from risk.metrics import METRICS
from risk.rulebook import Rulebook
from risk.vocabulary import POSSIBLE
from risk.windows import Reader, empty, with_current

Finish: TypeAlias = Callable[[Any, "Now"], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The request in hand, with what is known of card, point and terminal beside the windows.

    ``event`` is how windows will remember it, taken as approved while nobody has refused it.
    ``km_to`` gives the distance from here to another point, None where one has no place;
    ``is_busy`` says of a business date whether it is market or pension day here.
    """

    event: Event
    withdrawal_limit: int
    minute_of_day: int = 0
    minutes_outside_hours: int = 0
    is_busy: Callable[[int], bool] = lambda day: False
    km_to: Callable[[str], float | None] = lambda point: None
    payee_is_own: bool = False
    holder_age: int | None = None
    balance: int | None = None
    card_is_present: bool | None = None
    terminal_kind: str | None = None
    serial_differs: int | None = None
    list_matches: tuple[str, ...] = ()
    reversal_is_manual: bool | None = None
    reversal_delay_min: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a windowed fact is made: its metric, and what is done with the raw value."""

    fact: str
    metric: Metric
    finish: Finish
    is_nullable: bool


@dataclass(frozen=True, slots=True)
class Preparer:
    """The recipes that each business needs."""

    recipes: Mapping[str, tuple[Recipe, ...]] = field(repr=False)

    @classmethod
    def of(cls, rulebook: Rulebook) -> Preparer:
        """Work out the recipes for the rules of a release."""
        needed: dict[str, frozenset[str]] = {
            business.value: _facts_about(business, rulebook) for business in POSSIBLE
        }
        return cls({name: tuple(recipes_for(facts)) for name, facts in needed.items()})

    def metrics(self, business: str) -> frozenset[str]:
        """Return the metrics that must be readable for a request of this business."""
        return frozenset(recipe.metric.name for recipe in self.recipes[business])

    def facts(self, now: Now, reader: Reader) -> dict[str, Any]:
        """Return the facts of the request in hand."""
        event = now.event
        facts = plain_facts(now)
        raws: dict[str, Any] = {}
        for recipe in self.recipes[event.business]:
            metric = recipe.metric
            raw = raws.get(metric.name, UNREAD)
            if raw is UNREAD:
                raw = _raw(metric, event, reader)
                shape = SHAPES.get(metric.name)
                raw = raws[metric.name] = shape(raw, now) if shape and raw is not None else raw
            if raw is None and recipe.is_nullable:
                facts[recipe.fact] = None
            else:
                facts[recipe.fact] = recipe.finish(empty(metric) if raw is None else raw, now)
        return facts


UNREAD = object()


def recipes_for(facts: Iterable[str]) -> Iterable[Recipe]:
    """Give the recipes of windowed facts in the order of the registry."""
    wanted = frozenset(facts)
    for fact in FACTS.values():
        if fact.name in wanted and fact.source is Source.WINDOW:
            metric = METRICS[fact.metrics[0]]
            finish = FINISHES.get(fact.name) or BY_MEASURE[metric.measure]
            yield Recipe(fact.name, metric, finish, fact.null is not None)


def plain_facts(now: Now) -> dict[str, Any]:
    """Return the facts that need no window."""
    event, flags = now.event, now.event.flags
    reading = event.reading
    return {
        "business": event.business,
        "amount": event.amount,
        "card": None if event.card is None else str(event.card),
        "point": event.point,
        "terminal": event.terminal,
        "serial": event.serial,
        "payee": None if event.payee is None else str(event.payee),
        "payer": event.payer,
        "bill": event.bill,
        "pin_failed": bool(flags & Flag.PIN_FAILED),
        "is_own": bool(flags & Flag.OWN),
        "payee_is_own": now.payee_is_own,
        "reversal_is_manual": now.reversal_is_manual,
        "reversal_delay_min": now.reversal_delay_min,
        "holder_age": now.holder_age,
        "balance": now.balance,
        "card_is_present": now.card_is_present,
        "minutes_outside_hours": now.minutes_outside_hours,
        "minute_of_day": now.minute_of_day,
        "terminal_kind": now.terminal_kind,
        "serial_differs": now.serial_differs,
        "drift_m": reading[0] if reading else None,
        "drift_accuracy_m": reading[1] if reading else None,
        "is_busy_day": now.is_busy(event.day),
        "list_matches": now.list_matches,
        "withdrawal_limit": now.withdrawal_limit,
    }


def _facts_about(business: Business, rulebook: Rulebook) -> frozenset[str]:
    versions = rulebook.versions.values()
    about = (version.facts for version in versions if business in version.businesses)
    return frozenset().union(*about)


def _raw(metric: Metric, event: Event, reader: Reader) -> Any:
    """Return what the windows hold with the request in hand, None where it has no such key."""
    key = metric.key_asked_by(event)
    if None in key:
        return None
    return with_current(metric, reader.read(metric, key, event.at_us), event)


def standing_moves(raw: Any, now: Now) -> tuple[tuple[int, int], ...]:
    """Return the movements that nobody took back, in the order of their decision."""
    gone = {event_id for _, amount, event_id in raw if amount < 0}
    return tuple((at, amount) for at, amount, event_id in raw if event_id not in gone)


def _travel_km(raw: Any, now: Now) -> float | None:
    if raw is None or raw[1] is None:
        return None
    return 0.0 if raw[1] == now.event.point else now.km_to(raw[1])


def _travel_min(raw: Any, now: Now) -> float | None:
    return None if raw is None else max(now.event.at_us - raw[0], 0) / MINUTE_US


SHAPES: dict[str, Finish] = {
    "point_days": lambda raw, now: baseline_of(raw, now.event.day, now.is_busy),
}
"""What several facts share is worked out once."""

NOTHING: dict[str, Any] = {"point_days": NO_BASELINE}

BY_MEASURE: dict[Measure, Finish] = {
    Measure.COUNT: lambda raw, now: raw,
    Measure.SUM: lambda raw, now: raw,
    Measure.DISTINCT: lambda raw, now: len(raw),
    Measure.MOVES: standing_moves,
    Measure.DAY_SUMS: lambda raw, now: tuple(raw.values()),
}

FINISHES: dict[str, Finish] = {
    "travel_km": _travel_km,
    "travel_min": _travel_min,
    "drift_before_m": lambda raw, now: raw and raw[1][0],
    "drift_before_accuracy_m": lambda raw, now: raw and raw[1][1],
    "point_idle_days": lambda raw, now: None if raw is None else now.event.day - raw[1],
    "point_jumped_today": lambda raw, now: now.event.day in raw,
    "point_p95_count": lambda known, now: known.count,
    "point_p95_sum": lambda known, now: known.sum,
    "point_baseline_days": lambda known, now: known.days,
}
"""Facts that are more than the size of a window."""
