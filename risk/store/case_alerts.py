"""The alerts of a case, and what the papers of a case tell about its point."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from pos_sim.store.rows import from_us
from pos_sim.store.sql import Statement
from risk.alerts import AlertKey
from risk.store.alert_rows import ALERT_COLUMNS, KeptAlert, alert_of
from risk.store.read_alerts import ROW
from risk.store.save_hits import latest_alerts
from risk.store.tables import WAITS_FOR_CASE, risk_alerts

KEYS = Statement(
    "select alert_id, rule_id, scope_kind, scope_value from risk_alerts"
    " where case_id = :case_id and state <> 'closed' order by alert_id"
)
IDS = Statement(
    "select case_id, alert_id from risk_alerts where case_id {in:case_ids text}"
    " order by first_seen_us, alert_id"
)
LINK = Statement("update risk_alerts set case_id = :case_id where alert_id {in:alert_ids text}")
LINK_FREEZE = Statement(
    "update risk_alerts set freeze_case_id = :case_id where alert_id = :alert_id"
)
WAITING_FIRST = Statement(f"select min(first_seen_us) from risk_alerts where {WAITS_FOR_CASE.text}")
WAITING = Statement(
    f"select {', '.join(ALERT_COLUMNS)} from risk_alerts where {WAITS_FOR_CASE.text}"
    " order by first_seen_us, alert_id limit :most"
)
HELD = Statement(
    "select transaction_id from transactions where service_point_id = :point"
    " and status = 'held' order by transaction_id"
)
POINT = Statement("select name from service_points where service_point_id = :point")
TERMINALS = Statement(
    "select terminal_id, kind, serial from terminals where service_point_id = :point"
    " order by terminal_id"
)


def lock_open_alerts(connection: Connection, case_id: str) -> list[KeptAlert]:
    """Return the open alerts of a case; no group can change them until the transaction ends."""
    keys = {AlertKey(*row[1:]) for row in KEYS.rows(connection, case_id=case_id)}
    latest = latest_alerts(connection, keys) if keys else {}
    return sorted(
        (one for one in latest.values() if one.case_id == case_id and one.alert.is_open),
        key=lambda one: one.alert_id,
    )


def alerts_of(connection: Connection, case_id: str) -> list[KeptAlert]:
    """Return all alerts of a case, the earliest first."""
    query = select(*ROW).where(risk_alerts.c.case_id == case_id)
    query = query.order_by(risk_alerts.c.first_seen_us, risk_alerts.c.alert_id)
    return [alert_of(tuple(row)) for row in connection.execute(query)]


def alert_ids_of(connection: Connection, case_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the numbers of the alerts of each case."""
    found: dict[str, list[str]] = {}
    for case_id, alert_id in IDS.rows(connection, case_ids=list(case_ids)):
        found.setdefault(case_id, []).append(alert_id)
    return found


def link(connection: Connection, case_id: str, alert_ids: Iterable[str]) -> None:
    """Hand alerts, whose subjects are locked, to a case."""
    LINK.run(connection, case_id=case_id, alert_ids=list(alert_ids))


def link_freeze(connection: Connection, case_id: str, alert_id: str) -> None:
    """Write which freeze case took up an alert; empty: none could."""
    LINK_FREEZE.run(connection, case_id=case_id, alert_id=alert_id)


def first_waiting(connection: Connection) -> datetime | None:
    """Return since when the longest waiting alert has waited for a case."""
    found = WAITING_FIRST.rows(connection)[0][0]
    return None if found is None else from_us(found)


def waiting(connection: Connection, most: int) -> list[KeptAlert]:
    """Return alerts that feed a workflow and have no case yet, the earliest first."""
    return [alert_of(row) for row in WAITING.rows(connection, most=most)]


def held_at(connection: Connection, point: str) -> list[str]:
    """Return the transactions of a point whose money still waits."""
    return [row[0] for row in HELD.rows(connection, point=point)]


def place_of(connection: Connection, point: str | None) -> str:
    """Return id and name of the point of a case as papers name it, a dash where it has none."""
    return "—" if point is None else f"{point} {POINT.rows(connection, point=point)[0][0]}"


def terminals_at(connection: Connection, point: str) -> list[tuple[str, str, str]]:
    """Return id, kind and serial of the terminals of a point."""
    return [tuple(row) for row in TERMINALS.rows(connection, point=point)]
