"""What rules said is written with the money: hits, the alerts they raise, what was reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeGuard

from sqlalchemy import Connection

from pos_sim.store.rows import from_us
from pos_sim.store.sql import InsertSet, Statement, UpdateSet
from risk.alerts import AlertKey, Change, State, after_hit, key_of, raises_alert
from risk.deadlines import WorkingDays
from risk.rules import Hit
from risk.store.alert_rows import (
    ALERT_COLUMNS,
    GROWING,
    KeptAlert,
    alert_of,
    alert_values,
    as_floats,
    grown_values,
)
from risk.store.growing import Growing
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
INSERT_ALERTS = InsertSet(risk_alerts, ALERT_COLUMNS)
UPDATE_ALERTS = UpdateSet(risk_alerts, GROWING, ["alert_id"])
LOCK_KEYS = Statement(
    "select pg_advisory_xact_lock(hashtextextended(k, 0)) from"
    " (select k from {each:keys text} as keys(k) order by k) as keys"
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
STATE = ALERT_COLUMNS.index("state")
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
    subjects = Subjects(latest_rows(connection, keys))
    linked = [
        (one, subjects.take(one, calendar) if raises_alert(one.hit) else None) for one in said
    ]
    INSERT_ALERTS.run(connection, subjects.opened_rows())
    UPDATE_ALERTS.run(connection, subjects.grown_rows())
    return linked


class Subjects:
    """The latest alert about each subject while a group's hits are added."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.growing: dict[AlertKey, Growing] = {}
        self.kept: dict[AlertKey, KeptAlert] = {}
        self.touched: dict[str, Growing | KeptAlert] = {}
        self.opened: set[str] = set()
        for row in rows:
            if row[STATE] != State.CLOSED.value:
                growing = Growing(row)
                self.growing[growing.key] = growing
            else:
                kept = alert_of(row)
                self.kept[kept.alert.key] = kept

    def take(self, one: Said, calendar: WorkingDays) -> str:
        """Add a hit to the alert about its subject, and return the alert's number."""
        key = key_of(one.hit)
        growing = self.growing.get(key)
        if growing is None:
            kept = self._after(key, one, calendar)
            self.touched[kept.alert_id] = kept
            return kept.alert_id
        growing.take(one.hit, one.at_us, calendar)
        self.touched[growing.alert_id] = growing
        return growing.alert_id

    def opened_rows(self) -> list[tuple[Any, ...]]:
        names = sorted(self.opened)
        return [alert_values(one) for one in map(self.touched.get, names) if is_kept(one)]

    def grown_rows(self) -> list[tuple[Any, ...]]:
        names = sorted(self.touched.keys() - self.opened)
        return [
            one.row() if isinstance(one, Growing) else grown_values(one)
            for one in (self.touched[name] for name in names)
        ]

    def _after(self, key: AlertKey, one: Said, calendar: WorkingDays) -> KeptAlert:
        before = self.kept.get(key)
        latest = before.alert if before else None
        step = after_hit(latest, one.hit, one.event_id, from_us(one.at_us), calendar)
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
        self.kept[key] = opened
        self.opened.add(opened.alert_id)
        return opened


def is_kept(one: Growing | KeptAlert | None) -> TypeGuard[KeptAlert]:
    return isinstance(one, KeptAlert)


def latest_rows(connection: Connection, keys: Collection[AlertKey]) -> list[Any]:
    """Lock the subjects, whether they have an alert or not, and return the latest row of each.

    The locks come after all others of a group, in one order, so nobody waits in a circle; the
    rows are asked for in the same trip, behind them.
    """
    if connection.dialect.name != "sqlite":
        LOCK_KEYS.ask(connection, keys=["|".join(key) for key in keys])
    found = LATEST.rows(
        connection,
        rules={key.rule_id for key in keys},
        kinds={key.scope for key in keys},
        values={key.scope_value for key in keys},
    )
    return [row for row in found if (row[1], row[2], row[3]) in keys]


def latest_alerts(connection: Connection, keys: Collection[AlertKey]) -> dict[AlertKey, KeptAlert]:
    """Lock the subjects and return the latest alert of each."""
    latest = map(alert_of, latest_rows(connection, keys))
    return {one.alert.key: one for one in latest}


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
