"""Alerts whose hits may bring an annual review forward, and how many of them were looked at."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from pos_sim.store.rows import from_us
from pos_sim.store.sql import Statement, UpdateSet
from risk.alerts import AlertKey
from risk.store.save_hits import latest_alerts
from risk.store.tables import MAY_REVIEW, risk_alerts

FIRST = Statement(f"select min(last_seen_us) from risk_alerts where {MAY_REVIEW.text}")
ALL = Statement(
    "select alert_id, rule_id, scope_kind, scope_value, service_point_id, last_seen_us, hit_count"
    f" from risk_alerts where {MAY_REVIEW.text}"
)
MARK = UpdateSet(risk_alerts, ["reviewed_hits"], ["alert_id"])
REACHED = Statement(
    "select band from risk_hits where rule_id = :rule_id and scope_value = :value"
    " and at_us >= :since_us and outcome = 'hit' order by at_us, event_id"
)


class Unreviewed(NamedTuple):
    """An alert with hits that nobody has looked at for this."""

    alert_id: str
    rule_id: str
    scope_kind: str
    scope_value: str
    point: str | None
    last_seen_us: int
    hit_count: int


def first_unreviewed(connection: Connection) -> datetime | None:
    """Return when the earliest such alert was last seen."""
    found = FIRST.rows(connection)[0][0]
    return None if found is None else from_us(found)


def unreviewed(connection: Connection) -> list[Unreviewed]:
    return [Unreviewed(*row) for row in ALL.rows(connection)]


def reached(connection: Connection, rule_id: str, value: str, since_us: int) -> list[int]:
    """Return the bands of a typology's hits about a subject, in order of time."""
    found = REACHED.rows(connection, rule_id=rule_id, value=value, since_us=since_us)
    return [row[0] for row in found]


def mark(connection: Connection, alerts: Collection[Unreviewed]) -> None:
    """Write that these hits were looked at; the subjects are locked as everybody locks them."""
    if not alerts:
        return
    latest_alerts(
        connection, {AlertKey(one.rule_id, one.scope_kind, one.scope_value) for one in alerts}
    )
    MARK.run(connection, sorted((one.hit_count, one.alert_id) for one in alerts))
