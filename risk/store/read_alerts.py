"""Alerts and hits as staff look for them; no statement here locks or writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, select, tuple_

from pos_sim.store.queries import Page
from pos_sim.store.sql import Statement
from risk.alerts import MOST_TRANSACTIONS
from risk.store.alert_rows import ALERT_COLUMNS, KeptAlert, alert_of
from risk.store.tables import risk_alerts

ROW = tuple(risk_alerts.c[name] for name in ALERT_COLUMNS)
PLACE = (risk_alerts.c.last_seen_us, risk_alerts.c.alert_id)

LATEST_HITS = (
    "select {rowid} from risk_hits s where s.alert_id = k.value and s.lane <> 'batch'"
    f" order by s.at_us desc, s.event_id desc limit {MOST_TRANSACTIONS}"
)
SQLITE = (
    "select h.alert_id, h.event_id from json_each(:keys) k join risk_hits h"
    f" on h.rowid in ({LATEST_HITS.format(rowid='s.rowid')}) order by h.at_us, h.event_id"
)
POSTGRESQL = (
    "select h.alert_id, h.event_id from unnest(cast(%(keys)s as text[])) as k(value) cross join"
    f" lateral ({LATEST_HITS.format(rowid='*')}) h order by h.at_us, h.event_id"
)
HITS = Statement(
    "select h.event_id, h.rule_id, h.version, h.outcome, h.clause, h.band, h.severity, h.decision,"
    " h.scope_kind, h.scope_value, h.observed, h.threshold, h.baseline, h.unit, h.explanation,"
    " h.explanation_en, h.alert_id, a.severity as alert_severity, a.title as alert_title"
    " from risk_hits h left join risk_alerts a on a.alert_id = h.alert_id"
    " where h.event_id {in:event_ids text} order by h.event_id, h.rule_id, h.scope_kind"
)

ABOUT = Statement(
    "select event_id, rule_id, version, lane, outcome, clause, band, severity, decision, observed,"
    " threshold, baseline, unit, explanation, explanation_en, at_us from risk_hits"
    " where alert_id = :alert_id order by at_us desc, event_id desc limit :most"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """What is asked for; None asks nothing."""

    state: str | None = None
    severity: str | None = None
    rule_id: str | None = None
    service_point_id: str | None = None


def list_alerts(
    connection: Connection, wanted: AlertFilter, limit: int, after: tuple[int, str] | None
) -> Page[KeptAlert]:
    """Return alerts, the latest seen first; ``after`` is what the page before gave."""
    asked = {name: getattr(wanted, name) for name in AlertFilter.__dataclass_fields__}
    query = select(*ROW).where(
        *(risk_alerts.c[name] == value for name, value in asked.items() if value is not None)
    )
    if after is not None:
        query = query.where(tuple_(*PLACE) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in PLACE)).limit(limit + 1)
    rows = [tuple(row) for row in connection.execute(query)]
    items = with_transactions(connection, [alert_of(row) for row in rows[:limit]])
    if len(rows) <= limit:
        return Page(items, None)
    last = rows[limit - 1]
    return Page(items, (last[ALERT_COLUMNS.index("last_seen_us")], last[0]))


def find_alert(connection: Connection, alert_id: str) -> KeptAlert | None:
    """Return one alert with its latest transactions."""
    row = connection.execute(select(*ROW).where(risk_alerts.c.alert_id == alert_id)).first()
    if row is None:
        return None
    return with_transactions(connection, [alert_of(tuple(row))])[0]


def with_transactions(connection: Connection, found: Sequence[KeptAlert]) -> Sequence[KeptAlert]:
    """Name the latest transactions of each alert, in order of time; the patrol's hits are none."""
    named: dict[str, list[str]] = defaultdict(list)
    for alert_id, event_id in latest_hits(connection, [one.alert_id for one in found]):
        named[alert_id].append(event_id)
    for one in found:
        one.alert = replace(one.alert, transaction_ids=tuple(named[one.alert_id]))
    return found


def latest_hits(connection: Connection, alert_ids: Sequence[str]) -> Sequence[Any]:
    if not alert_ids:
        return ()
    if connection.dialect.name == "sqlite":
        values: dict[str, Any] = {"keys": orjson.dumps(alert_ids).decode()}
        return connection.exec_driver_sql(SQLITE, values).fetchall()
    return connection.exec_driver_sql(POSTGRESQL, {"keys": alert_ids}).fetchall()


def hits_about(connection: Connection, alert_id: str, most: int) -> Sequence[Any]:
    """Return the latest hits of an alert, those of the patrol too, the newest first."""
    return list(ABOUT.named(connection, alert_id=alert_id, most=most))


def hits_of(connection: Connection, event_ids: Collection[str]) -> dict[str, list[Any]]:
    """Return what rules said about each transaction, with the alerts that it raised."""
    by_event: dict[str, list[Any]] = defaultdict(list)
    for row in HITS.named(connection, event_ids=event_ids) if event_ids else ():
        by_event[row.event_id].append(row)
    return by_event
