"""What happened, counted: answers by business and code, troubles, and how they compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

SIGMAS = 4.0
SLACK = 0.002
"""A share may lie as far from the expected one as chance explains, and 2 permille more."""


@dataclass(slots=True)
class Tally:
    """Counts that workers send and the master adds up."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By business and code."""
    excuses: Counter[str] = field(default_factory=Counter)
    """Refusals that nobody planned and that are in order, by reason."""
    events: Counter[str] = field(default_factory=Counter)
    """Visits, held, replays, quotes, busy, unknown, timed_out, undone, …"""

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.answers.update(other.answers)
        self.excuses.update(other.excuses)
        self.events.update(other.events)

    def take(self) -> dict[str, Any]:
        """Return what was counted since the last call, ready for a message."""
        rows = {
            "answers": [[*answer, count] for answer, count in self.answers.items()],
            "excuses": dict(self.excuses),
            "events": dict(self.events),
        }
        for counts in (self.answers, self.excuses, self.events):
            counts.clear()
        return rows

    @classmethod
    def of(cls, rows: Mapping[str, Any]) -> Tally:
        """Return the tally of a message."""
        answers = Counter({(business, code): count for business, code, count in rows["answers"]})
        return cls(answers, Counter(rows["excuses"]), Counter(rows["events"]))


@dataclass(frozen=True, slots=True)
class Share:
    """One answer code of a business: how often it came, and how often it was expected."""

    business: str
    code: str
    count: int
    seen: float
    expected: float
    agrees: bool


def compare(
    answers: Mapping[tuple[str, str], int], expected: Mapping[tuple[str, str], float]
) -> list[Share]:
    """Return each (business, code) that came or was expected, with both shares of all answers."""
    whole = sum(answers.values())
    pairs: Iterable[tuple[str, str]] = sorted({*answers, *expected})
    return [_share(pair, answers.get(pair, 0), whole, expected.get(pair, 0.0)) for pair in pairs]


def _share(pair: tuple[str, str], count: int, whole: int, expected: float) -> Share:
    seen = count / whole if whole else 0.0
    return Share(*pair, count, seen, expected, abs(seen - expected) <= bound(expected, whole))


def bound(expected: float, whole: int) -> float:
    """Return how far a share of so many answers may lie from the expected one.

    >>> round(bound(0.5, 10_000), 3), bound(0.5, 0)
    (0.022, 1.0)
    """
    if not whole:
        return 1.0
    return SIGMAS * sqrt(expected * (1 - expected) / whole) + SLACK
