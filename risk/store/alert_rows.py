"""Alerts to rows and rows to alerts: the one place that knows the order of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pos_sim.store.rows import from_us, to_us
from risk.alerts import Alert, AlertKey, AlertVerdict, State
from risk.facts import Kind
from risk.vocabulary import Feed, Lane, Proposal, Severity

ALERT_COLUMNS = (
    "alert_id", "rule_id", "scope_kind", "scope_value", "ordinal", "service_point_id",
    "rule_version", "lane", "title", "title_en", "severity", "state", "first_seen_us",
    "last_seen_us", "due_us", "hit_count", "explanation", "explanation_en", "observed",
    "threshold", "baseline", "unit", "feeds", "proposes", "verdict", "closed_us", "assignee",
    "note", "case_id",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class KeptAlert:
    """An alert as it is kept: with its number, its point, and what people wrote on it.

    ``service_point_id`` is where it first arose; ``alert.transaction_ids`` are not kept here, the
    hits name them.
    """

    alert_id: str
    ordinal: int
    service_point_id: str | None
    alert: Alert
    closed_us: int | None = None
    assignee: str | None = None
    note: str | None = None
    case_id: str | None = None


def alert_of(row: Any) -> KeptAlert:
    """Return the alert of a row of ``ALERT_COLUMNS``."""
    (
        alert_id, rule_id, scope_kind, scope_value, ordinal, point, version, lane, title, title_en,
        severity, state, first_us, last_us, due_us, hit_count, reason, reason_en, observed,
        threshold, baseline, unit, feeds, proposes, verdict, closed_us, assignee, note, case_id,
    ) = row  # fmt: skip
    alert = Alert(
        key=AlertKey(rule_id, scope_kind, scope_value),
        rule_version=version,
        title=title,
        title_en=title_en,
        lane=Lane(lane),
        severity=Severity(severity),
        state=State(state),
        first_seen_at=from_us(first_us),
        last_seen_at=from_us(last_us),
        due_at=from_us(due_us),
        hit_count=hit_count,
        reason=reason,
        reason_en=reason_en,
        observed=number(observed),
        threshold=number(threshold),
        baseline=number(baseline),
        unit=Kind(unit) if unit else None,
        transaction_ids=(),
        feeds=tuple(Feed(one) for one in feeds.split()),
        proposes=tuple(Proposal(one) for one in proposes.split()),
        verdict=AlertVerdict(verdict) if verdict else None,
    )
    return KeptAlert(
        alert_id=alert_id,
        ordinal=ordinal,
        service_point_id=point,
        alert=alert,
        closed_us=closed_us,
        assignee=assignee,
        note=note,
        case_id=case_id,
    )


def alert_values(kept: KeptAlert) -> tuple[Any, ...]:
    """Return the row of an alert in the order of ``ALERT_COLUMNS``."""
    alert = kept.alert
    return (
        kept.alert_id, *alert.key, kept.ordinal, kept.service_point_id, alert.rule_version,
        alert.lane.value, alert.title, alert.title_en, alert.severity.value, alert.state.value,
        to_us(alert.first_seen_at), to_us(alert.last_seen_at), to_us(alert.due_at),
        alert.hit_count, alert.reason, alert.reason_en,
        *as_floats(alert.observed, alert.threshold, alert.baseline),
        alert.unit.value if alert.unit else None,
        " ".join(feed.value for feed in alert.feeds),
        " ".join(one.value for one in alert.proposes),
        alert.verdict.value if alert.verdict else None, kept.closed_us, kept.assignee, kept.note,
        kept.case_id,
    )  # fmt: skip


GROWING = (
    "rule_version", "severity", "last_seen_us", "due_us", "hit_count", "explanation",
    "explanation_en", "observed", "threshold", "baseline", "unit", "feeds", "proposes",
)  # fmt: skip
"""What another hit may change of an alert."""


def grown_values(kept: KeptAlert) -> tuple[Any, ...]:
    """Return the values of ``GROWING``, and the alert's number."""
    values = dict(zip(ALERT_COLUMNS, alert_values(kept), strict=True))
    return (*(values[name] for name in GROWING), kept.alert_id)


def as_floats(*values: float | None) -> tuple[float | None, ...]:
    """Return numbers of one type, as an array of PostgreSQL wants them."""
    return tuple(None if value is None else float(value) for value in values)


def number(value: float | None) -> int | float | None:
    """Return a number as the rule said it: whole where it was whole.

    >>> number(3.0), number(61.5), number(None)
    (3, 61.5, None)
    """
    return int(value) if value is not None and float(value).is_integer() else value
