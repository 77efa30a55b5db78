"""Windows in memory: exact, slow, and the meaning of what a database must deliver.

The same words serve tests (as the oracle) and back-tests. ``as_of`` is passed in; a window holds
the events added before, all those after its start, even with an equal or later time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Protocol

from risk.events import HOUR_US, Event, Flag, day_of, hour_of
from risk.measures import Key, Measure, Metric, Span, Storage
from risk.metrics import METRICS


class Reader(Protocol):
    """Whoever can read windows: this store, or the database."""

    def read(self, metric: Metric, key: Key, as_of_us: int) -> Any: ...


Entry = tuple[Event, bool]
"""An event, and whether it is the negative entry of a reversal."""


class WindowStore:
    """All events ever added, by key; nothing is thrown away or subtracted in place."""

    def __init__(self, metrics: Iterable[Metric] = METRICS.values()) -> None:
        self._scopes = {metric.scope: metric for metric in metrics}
        self._entries: dict[tuple[str, Key], list[Entry]] = defaultdict(list)

    def add(self, event: Event) -> None:
        """Remember an event under every key that it has; a reversal twice: itself, and negative."""
        self._put(event, False)
        if event.undone is not None:
            self._put(event.undone, True)

    def read(self, metric: Metric, key: Key, as_of_us: int) -> Any:
        """Return the raw value of a metric, as its measure shapes it."""
        entries = self._entries.get((metric.scope, key), ())
        return MEASURES[metric.measure](
            [one for one in entries if counts(metric, one, as_of_us)], metric
        )

    def _put(self, event: Event, is_negative: bool) -> None:
        for scope, metric in self._scopes.items():
            key = metric.key_of(event)
            if None not in key:
                self._entries[scope, key].append((event, is_negative))


def counts(metric: Metric, entry: Entry, as_of_us: int) -> bool:
    """Say whether an entry is in the window of a metric at ``as_of_us`` and passes its filter."""
    event, is_negative = entry
    if is_negative and metric.measure not in SIGNED:
        return False
    return is_inside(metric, event, as_of_us) and metric.where.takes(event, as_of_us)


def is_inside(metric: Metric, event: Event, as_of_us: int) -> bool:
    """Say whether an event lies in the window; hour buckets count from their beginning."""
    span, size = metric.window.span, metric.window.size
    if span is Span.ROLLING:
        is_hourly = metric.storage is Storage.HOURLY
        moment = hour_of(event.at_us) * HOUR_US if is_hourly else event.at_us
        return moment > as_of_us - size
    today = day_of(as_of_us)
    if span is Span.MONTH:
        return month_of(event.day) == month_of(today)
    if span is Span.DAYS_BEFORE:
        return today - size <= event.day < today
    return event.day > today - size


def month_of(day: int) -> tuple[int, int]:
    """Return year and month of a business date."""
    that = date.fromordinal(day)
    return that.year, that.month


def _count(entries: list[Entry], metric: Metric) -> int:
    return len(entries)


def _sum(entries: list[Entry], metric: Metric) -> int:
    return sum(event.amount for event, _ in entries)


def _distinct(entries: list[Entry], metric: Metric) -> frozenset[Any]:
    members = {getattr(event, metric.member) for event, _ in entries}
    return frozenset(members - {None})


def _last(entries: list[Entry], metric: Metric) -> tuple[int, Any] | None:
    """Return moment and member of the latest; of two at one moment the later added."""
    latest = None
    for event, _ in entries:
        if latest is None or event.at_us >= latest[0]:
            latest = (event.at_us, getattr(event, metric.member))
    return latest


def _moves(entries: list[Entry], metric: Metric) -> tuple[tuple[int, int, str], ...]:
    return tuple((event.at_us, event.amount, event.event_id) for event, _ in entries)


def _day_sums(entries: list[Entry], metric: Metric) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for event, _ in entries:
        sums[event.day] += event.amount
    return dict(sums)


def _days(entries: list[Entry], metric: Metric) -> dict[int, tuple[int, int, bool]]:
    """Return count, sum and whether R19 spoke, by business date."""
    days: dict[int, tuple[int, int, bool]] = {}
    for event, is_negative in entries:
        count, total, jumped = days.get(event.day, (0, 0, False))
        spoke = not is_negative and bool(event.flags & Flag.JUMPED)
        days[event.day] = (count + (not is_negative), total + event.amount, jumped or spoke)
    return days


def _tally(entries: list[Entry], metric: Metric) -> dict[Any, int]:
    tally: dict[Any, int] = defaultdict(int)
    for event, _ in entries:
        tally[getattr(event, metric.member)] += 1
    tally.pop(None, None)
    return dict(tally)


MEASURES: dict[Measure, Callable[[list[Entry], Metric], Any]] = {
    Measure.COUNT: _count,
    Measure.SUM: _sum,
    Measure.DISTINCT: _distinct,
    Measure.LAST: _last,
    Measure.MOVES: _moves,
    Measure.DAY_SUMS: _day_sums,
    Measure.DAYS: _days,
    Measure.TALLY: _tally,
}

SIGNED = frozenset({Measure.SUM, Measure.MOVES, Measure.DAY_SUMS, Measure.DAYS})
"""Measures that see the negative entries of reversals: what has an amount."""
