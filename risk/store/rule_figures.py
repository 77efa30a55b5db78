"""What rules did: hits by outcome and decision, alerts and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pos_sim.domain.money import BasisPoints
from pos_sim.store.rows import to_us
from pos_sim.store.sql import Statement
from risk.breaker import VersionKey
from risk.store.register import BREAKS
from risk.templates.parameters import ALL_OF_IT
from risk.vocabulary import Outcome

SPANS: dict[str, timedelta] = {
    "last_24h": timedelta(hours=24),
    "last_7d": timedelta(days=7),
    "last_30d": timedelta(days=30),
}
HITS = Statement(
    "select rule_id, outcome, decision, sum(case when at_us > :last_24h then 1 else 0 end),"
    " sum(case when at_us > :last_7d then 1 else 0 end), count(*) from risk_hits"
    " where rule_id {in:rule_ids text} and at_us > :last_30d group by rule_id, outcome, decision"
)
ALERTS = Statement(
    "select rule_id, state, verdict, count(*) from risk_alerts where rule_id {in:rule_ids text}"
    " group by rule_id, state, verdict"
)


@dataclass(slots=True)
class HitFigures:
    """Hits of one span by outcome, and how many of them held or declined."""

    hit: int = 0
    shadow: int = 0
    suppressed: int = 0
    error: int = 0
    held: int = 0
    declined: int = 0

    def add(self, outcome: str, decision: str, count: int) -> None:
        setattr(self, outcome, getattr(self, outcome) + count)
        if decision == "hold":
            self.held += count
        elif decision == "decline":
            self.declined += count


@dataclass(slots=True)
class AlertFigures:
    """Alerts of all time: how many are open, and what investigations found."""

    open: int = 0
    confirmed: int = 0
    false_alarm: int = 0
    undetermined: int = 0

    @property
    def confirmed_share(self) -> BasisPoints | None:
        """Confirmed ones of those that were found to be true or false, None without any."""
        known = self.confirmed + self.false_alarm
        return BasisPoints(self.confirmed * ALL_OF_IT // known) if known else None


@dataclass(slots=True)
class RuleFigures:
    """What one rule did."""

    hits: dict[str, HitFigures] = field(
        default_factory=lambda: {span: HitFigures() for span in SPANS}
    )
    alerts: AlertFigures = field(default_factory=AlertFigures)


def figures_of(
    connection: Connection, rule_ids: Collection[str], now: datetime
) -> dict[str, RuleFigures]:
    """Return the figures of each rule."""
    figures = {rule_id: RuleFigures() for rule_id in rule_ids}
    since = {name: to_us(now - span) for name, span in SPANS.items()}
    for rule_id, outcome, decision, *counts in HITS.rows(connection, rule_ids=rule_ids, **since):
        for span, count in zip(SPANS, counts, strict=True):
            figures[rule_id].hits[span].add(Outcome(outcome).value, decision, int(count))
    add_alerts(figures, ALERTS.rows(connection, rule_ids=rule_ids))
    return figures


def add_alerts(
    figures: dict[str, RuleFigures], rows: Iterable[tuple[str, str, str | None, int]]
) -> None:
    for rule_id, state, verdict, count in rows:
        alerts = figures[rule_id].alerts
        name = "open" if state != "closed" or verdict is None else verdict
        setattr(alerts, name, getattr(alerts, name) + count)


def dropped_versions(connection: Connection) -> frozenset[VersionKey]:
    """Return the versions that the circuit breaker lets alert only."""
    return frozenset(VersionKey(*row) for row in BREAKS.rows(connection))
