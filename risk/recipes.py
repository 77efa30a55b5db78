"""Recipes: how a windowed fact is made of what a window holds and of the request in hand.

Everything that is known beforehand is decided once: a recipe is built for one business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from pos_sim.domain.requests import Business
from risk.baseline import baseline_of
from risk.events import MINUTE_US, Event
from risk.facts import FACTS, Fact, Kind, Source
from risk.measures import Measure, Metric, Span, Where
from risk.metrics import METRICS
from risk.now import Now

Finish: TypeAlias = Callable[[Any, Event | None, Now], Any]
"""Raw value, the request in hand where the window counts it, and all that is known of it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The facts that come from one metric.

    ``counts_now`` says whether the window counts the request in hand; None: it never does.
    """

    metric: Metric
    counts_now: Callable[[Event], bool] | None
    makes: tuple[tuple[str, Finish, Any], ...]

    def add_to(self, facts: dict[str, Any], raw: Any, now: Now) -> None:
        """Put the facts of this metric among the others; raw None: there is no such window."""
        if raw is None:
            for name, _, without in self.makes:
                facts[name] = without
            return
        counted = now.event if self.counts_now is not None and self.counts_now(now.event) else None
        if self.metric.measure is Measure.DAYS:
            raw = baseline_of(raw, now.event.day, now.is_busy)
        for name, finish, _ in self.makes:
            facts[name] = finish(raw, counted, now)


def recipes_for(business: Business, facts: Iterable[str]) -> Iterator[Recipe]:
    """Give the recipes for windowed facts about a business, one a metric."""
    by_metric: dict[str, list[Fact]] = {}
    wanted = frozenset(facts)
    for fact in FACTS.values():
        if fact.name in wanted and fact.source is Source.WINDOW:
            by_metric.setdefault(fact.metrics[0], []).append(fact)
    for name, made in by_metric.items():
        metric = METRICS[name]
        makes = tuple((fact.name, finish_of(fact, metric), without(fact)) for fact in made)
        yield Recipe(metric, counting_now(metric, business), makes)


def finish_of(fact: Fact, metric: Metric) -> Finish:
    return FINISHES.get(fact.name) or BY_MEASURE[metric.measure]


def without(fact: Fact) -> Any:
    """Return the value of a fact that has no window: its named exit, or nothing."""
    return None if fact.null else (False if fact.kind is Kind.FLAG else 0)


def counting_now(metric: Metric, business: Business) -> Callable[[Event], bool] | None:
    """Return how to tell whether a window counts a request of ``business`` that is in hand."""
    where = metric.where
    is_elsewhere = metric.asked not in ("", metric.scope)
    is_past = metric.window.span is Span.DAYS_BEFORE
    is_other = bool(where.businesses) and business not in where.businesses
    if not metric.with_current or is_elsewhere or is_past or is_other:
        return None
    return always if where == Where(businesses=where.businesses) else rest_of(where)


def always(event: Event) -> bool:
    return True


def rest_of(where: Where) -> Callable[[Event], bool]:
    """Return a filter without its businesses; money that is not refused counts as settled."""
    moves = where.moved or where.settled
    flags, share, amount_max, reports = (
        where.flags,
        where.share_min,
        where.amount_max,
        where.reports,
    )

    def counts(event: Event) -> bool:
        return (
            event.flags & flags == flags
            and (event.moved or not moves)
            and event.limit_share >= share
            and (amount_max is None or 0 < event.amount <= amount_max)
            and (event.reading is not None or not reports)
        )

    return counts


def _count(raw: int, event: Event | None, now: Now) -> int:
    return raw if event is None else raw + 1


def _sum(raw: int, event: Event | None, now: Now) -> int:
    return raw if event is None else raw + event.amount


def _distinct(member: str) -> Finish:
    def finish(raw: frozenset[Any], event: Event | None, now: Now) -> int:
        if event is None:
            return len(raw)
        mine = getattr(event, member)
        return len(raw) + (mine is not None and mine not in raw)

    return finish


def standing_moves(raw: Any, event: Event | None, now: Now) -> tuple[tuple[int, int], ...]:
    """Return the movements that nobody took back, in the order of their decision."""
    gone = {event_id for _, amount, event_id in raw if amount < 0}
    moves = tuple((at, amount) for at, amount, event_id in raw if event_id not in gone)
    return moves if event is None else (*moves, (event.at_us, event.amount))


def _day_sums(raw: dict[int, int], event: Event | None, now: Now) -> tuple[int, ...]:
    if event is None:
        return tuple(raw.values())
    return tuple({**raw, event.day: raw.get(event.day, 0) + event.amount}.values())


def _travel_km(raw: Any, event: Event | None, now: Now) -> float | None:
    if raw[1] is None:
        return None
    return 0.0 if raw[1] == now.event.point else now.km_to(raw[1])


def _travel_min(raw: Any, event: Event | None, now: Now) -> float:
    return max(now.event.at_us - int(raw[0]), 0) / MINUTE_US


BY_MEASURE: dict[Measure, Finish] = {
    Measure.COUNT: _count,
    Measure.SUM: _sum,
    Measure.MOVES: standing_moves,
    Measure.DAY_SUMS: _day_sums,
}

FINISHES: dict[str, Finish] = {
    **{
        fact.name: _distinct(METRICS[fact.metrics[0]].member)
        for fact in FACTS.values()
        if fact.metrics and METRICS[fact.metrics[0]].measure is Measure.DISTINCT
    },
    "travel_km": _travel_km,
    "travel_min": _travel_min,
    "drift_before_m": lambda raw, event, now: raw[1][0],
    "drift_before_accuracy_m": lambda raw, event, now: raw[1][1],
    "point_idle_days": lambda raw, event, now: now.event.day - raw[1],
    "point_jumped_today": lambda raw, event, now: now.event.day in raw,
    "point_p95_count": lambda known, event, now: known.count,
    "point_p95_sum": lambda known, event, now: known.sum,
    "point_baseline_days": lambda known, event, now: known.days,
}
"""Facts that are more than the size of a window."""
