"""What rules said is written with the money: hits, the alerts they raise, what was reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection

from pos_sim.store.rows import from_us
from pos_sim.store.sql import InsertSet, Statement
from risk.alerts import AlertKey, Change, after_hit, key_of, raises_alert
from risk.deadlines import WorkingDays
from risk.rules import Hit
from risk.store.alert_rows import (
    ALERT_COLUMNS,
    KeptAlert,
    alert_of,
    alert_values,
    as_floats,
)
from risk.store.tables import risk_alerts, risk_hits, risk_readings, risk_serials
from risk.vocabulary import DECISIONS

HIT_COLUMNS = (
    "event_id", "rule_id", "scope_kind", "scope_value", "version", "lane", "outcome", "clause",
    "band", "severity", "decision", "observed", "threshold", "baseline", "unit", "explanation",
    "explanation_en", "service_point_id", "alert_id", "at_us",
)  # fmt: skip
INSERT_HITS = InsertSet(risk_hits, HIT_COLUMNS, "on conflict do nothing")
SAVE_ALERTS = InsertSet(
    risk_alerts,
    ALERT_COLUMNS,
    "on conflict (alert_id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in ALERT_COLUMNS[1:]),
)
LOCK_KEYS = Statement(
    "select pg_advisory_xact_lock(hashtextextended(k, 0)) from"
    " (select k from unnest(cast(:keys as text[])) as k order by k) as keys"
)
LATEST = Statement(
    f"select {', '.join(ALERT_COLUMNS)} from risk_alerts a where rule_id {{in:rules text}}"
    " and scope_kind {in:kinds text} and scope_value {in:values text}"
    " and ordinal = (select max(b.ordinal) from risk_alerts b where b.rule_id = a.rule_id"
    " and b.scope_kind = a.scope_kind and b.scope_value = a.scope_value)"
)
SAVE_READINGS = InsertSet(
    risk_readings,
    ["terminal_id", "at_us", "drift_m", "accuracy_m"],
    "on conflict (terminal_id) do update set at_us = excluded.at_us,"
    " drift_m = excluded.drift_m, accuracy_m = excluded.accuracy_m",
)
SAVE_SERIALS = InsertSet(
    risk_serials,
    ["serial", "terminal_id", "seen_us"],
    "on conflict (serial, terminal_id) do update set seen_us = excluded.seen_us",
)
DECISION_NAMES = {verdict: name for name, verdict in DECISIONS.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """One hit, and about which event it was said: a transaction, or a point's day."""

    hit: Hit
    event_id: str
    point: str | None
    at_us: int


def save_said(
    connection: Connection, said: Sequence[Said], calendar: WorkingDays
) -> list[tuple[Said, str | None]]:
    """Write hits and the alerts that they raise; return each hit with its alert."""
    linked = raise_alerts(connection, said, calendar)
    INSERT_HITS.run(connection, [_hit_values(one, alert_id) for one, alert_id in linked])
    return linked


def raise_alerts(
    connection: Connection, said: Sequence[Said], calendar: WorkingDays
) -> list[tuple[Said, str | None]]:
    """Let each hit open or raise the alert about its subject, in the order of decisions."""
    keys = {key_of(one.hit) for one in said if raises_alert(one.hit)}
    if not keys:
        return [(one, None) for one in said]
    kept = latest_alerts(connection, keys)
    changed: dict[str, KeptAlert] = {}
    linked: list[tuple[Said, str | None]] = []
    for one in said:
        alert_id = None
        if raises_alert(one.hit):
            alert = _after(kept, one, calendar)
            changed[alert.alert_id] = alert
            alert_id = alert.alert_id
        linked.append((one, alert_id))
    rows = [alert_values(one) for _, one in sorted(changed.items())]
    SAVE_ALERTS.run(connection, rows)
    return linked


def latest_alerts(connection: Connection, keys: Collection[AlertKey]) -> dict[AlertKey, KeptAlert]:
    """Lock the subjects, whether they have an alert or not, and return the latest of each.

    The locks come after all others of a group, in one order, so nobody waits in a circle.
    """
    if connection.dialect.name != "sqlite":
        LOCK_KEYS.rows(connection, keys=["|".join(key) for key in keys])
    found = LATEST.rows(
        connection,
        rules={key.rule_id for key in keys},
        kinds={key.scope for key in keys},
        values={key.scope_value for key in keys},
    )
    latest = (alert_of(row) for row in found)
    return {one.alert.key: one for one in latest if one.alert.key in keys}


def _after(kept: dict[AlertKey, KeptAlert], one: Said, calendar: WorkingDays) -> KeptAlert:
    key = key_of(one.hit)
    before = kept.get(key)
    step = after_hit(
        before.alert if before else None, one.hit, one.event_id, from_us(one.at_us), calendar
    )
    if before is not None and step.change is not Change.OPENED:
        before.alert = step.alert
        return before
    ordinal = before.ordinal + 1 if before else 1
    opened = KeptAlert(
        alert_id=alert_id_of(key, ordinal),
        ordinal=ordinal,
        service_point_id=one.point,
        alert=step.alert,
    )
    kept[key] = opened
    return opened


def alert_id_of(key: AlertKey, ordinal: int) -> str:
    """Return the number of an alert: the same in every run and in every grouping.

    >>> alert_id_of(AlertKey("R07", "card", "17"), 1)
    'R07-aadf8f1b7b-1'
    """
    subject = blake2b(f"{key.scope}|{key.scope_value}".encode(), digest_size=5).hexdigest()
    return f"{key.rule_id}-{subject}-{ordinal}"


def _hit_values(one: Said, alert_id: str | None) -> tuple[Any, ...]:
    hit = one.hit
    return (
        one.event_id, hit.rule_id, hit.scope.value, hit.scope_value, hit.version, hit.lane.value,
        hit.outcome.value, hit.clause, hit.band, hit.severity.value,
        DECISION_NAMES[hit.decision], *as_floats(hit.observed, hit.threshold, hit.baseline),
        hit.unit.value if hit.unit else None, hit.reason, hit.reason_en, one.point, alert_id,
        one.at_us,
    )  # fmt: skip


def save_reported(
    connection: Connection,
    readings: Mapping[str, tuple[int, float, float]],
    serials: Mapping[str, Mapping[str, int]],
    terminals: Collection[str],
) -> None:
    """Write what the group's terminals reported."""
    SAVE_READINGS.run(
        connection, [(name, *readings[name]) for name in sorted(terminals) if name in readings]
    )
    seen: Iterable[tuple[str, str, int]] = (
        (serial, terminal, at_us)
        for serial, by_terminal in serials.items()
        for terminal, at_us in by_terminal.items()
        if terminal in terminals
    )
    SAVE_SERIALS.run(connection, sorted(seen))
