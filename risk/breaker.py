"""The circuit breaker: a rule version that stops too much drops to alerts and calls its owner.

Asked once a minute by the clock, never inside a decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from pos_sim.domain.money import BasisPoints
from risk.rulebook import Rulebook
from risk.templates.parameters import ALL_OF_IT
from risk.vocabulary import Mode

EXEMPT = frozenset({"R12", "R24"})
"""Lists and terminal identity may stop as much as they must; freezes are no rule at all."""

EVERY = timedelta(minutes=1)


TWO_PERCENT = BasisPoints(200)


@dataclass(frozen=True, slots=True)
class Limits:
    """Both must be passed: a share of the version's transactions, and a number in the window."""

    share: BasisPoints = TWO_PERCENT
    count: int = 20
    window: timedelta = timedelta(minutes=10)


class VersionKey(NamedTuple):
    """One version of one rule."""

    rule_id: str
    version: int


class Counts(NamedTuple):
    """How many transactions a version judged in the window, and how many it held or declined."""

    judged: int
    stopped: int


LIMITS = Limits()


def tripped(counts: Mapping[VersionKey, Counts], limits: Limits = LIMITS) -> tuple[VersionKey, ...]:
    """Return the versions that must drop to alerts, in order.

    >>> tripped({VersionKey("R07", 1): Counts(judged=1_000, stopped=21)})
    (VersionKey(rule_id='R07', version=1),)
    """
    return tuple(sorted(key for key, seen in counts.items() if _trips(key, seen, limits)))


def dropped(rulebook: Rulebook, versions: Iterable[VersionKey]) -> Rulebook:
    """Return the rulebook with these versions alerting only; the versions themselves stay."""
    down = set(versions)
    if not down:
        return rulebook
    return Rulebook.of(
        replace(one, mode=Mode.ALERT_ONLY)
        if (one.rule_id, one.version) in down and one.mode is Mode.ENFORCE
        else one
        for one in rulebook.versions.values()
    )


def _trips(key: VersionKey, seen: Counts, limits: Limits) -> bool:
    passes_share = seen.stopped * ALL_OF_IT > limits.share * seen.judged
    return key.rule_id not in EXEMPT and seen.stopped > limits.count and passes_share
