"""An open alert takes up more hits: the same as `risk.alerts.after_hit`, without new objects.

On a busy day most hits only count on an alert that is open already. Walking an alert through its
dataclass for each of them cost more than writing it.
"""

from __future__ import annotations

from typing import Any

from pos_sim.store.rows import from_us, to_us
from risk.alerts import AlertKey
from risk.deadlines import WorkingDays, due_at
from risk.rules import Hit
from risk.store.alert_rows import ALERT_COLUMNS, GROWING, as_floats
from risk.vocabulary import Feed, Proposal, Severity

PLACES = {name: place for place, name in enumerate(ALERT_COLUMNS)}
RANKS = {severity.value: severity.rank for severity in Severity}


class Growing:
    """One open alert as a row, while hits are added to it."""

    __slots__ = ("alert_id", "key", "rank", "values")

    def __init__(self, row: Any) -> None:
        self.alert_id: str = row[0]
        self.key = AlertKey(row[1], row[2], row[3])
        self.values = {name: row[PLACES[name]] for name in GROWING}
        self.rank = RANKS[self.values["severity"]]

    def take(self, hit: Hit, at_us: int, calendar: WorkingDays) -> None:
        """Count a hit; severity only rises, and the due time only comes nearer."""
        values, rank = self.values, hit.severity.rank
        self._join("feeds", Feed, hit.feeds)
        self._join("proposes", Proposal, hit.proposes)
        values["hit_count"] += 1
        may_be_sooner = rank > self.rank or at_us < values["last_seen_us"]
        values["last_seen_us"] = max(values["last_seen_us"], at_us)
        if rank < self.rank:
            return
        if may_be_sooner:
            due_us = to_us(due_at(hit.severity, from_us(at_us), calendar))
            values["due_us"] = min(values["due_us"], due_us)
        self.rank = rank
        observed, threshold, baseline = as_floats(hit.observed, hit.threshold, hit.baseline)
        values.update(
            severity=hit.severity.value,
            rule_version=hit.version,
            explanation=hit.reason,
            explanation_en=hit.reason_en,
            observed=observed,
            threshold=threshold,
            baseline=baseline,
            unit=hit.unit.value if hit.unit else None,
        )

    def row(self) -> tuple[Any, ...]:
        """Return the values of ``GROWING``, and the alert's number."""
        return (*self.values.values(), self.alert_id)

    def _join(
        self, name: str, words: type[Feed] | type[Proposal], more: tuple[Feed | Proposal, ...]
    ) -> None:
        """Add words that are not there yet, in the order of their vocabulary."""
        there = self.values[name].split()
        if any(word.value not in there for word in more):
            there += [word.value for word in more]
            self.values[name] = " ".join(word.value for word in words if word.value in there)
