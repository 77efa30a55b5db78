"""The state of points and alerts, read as a whole: the latest says everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, case, func, select

from api.geography import name_of
from pos_sim.domain.calendar import minute_of
from pos_sim.domain.service_points import PointStatus
from pos_sim.store.rows import from_us
from pos_sim.store.tables import service_points
from risk.alerts import State
from risk.store.tables import risk_alerts
from risk.vocabulary import Severity

RESTING = (State.CLOSED.value, State.SUPPRESSED.value)
GRAVE = frozenset({Severity.HIGH.value, Severity.CRITICAL.value})
MOST_ALERTS = 30


class Look(StrEnum):
    """How a point looks on the map, one letter each."""

    NORMAL = "n"  # 正常
    ATTENTION = "a"  # 关注: rectifying, or a high or critical alert is open
    CLOSED = "c"  # 非营业时间
    FROZEN = "f"  # 冻结


@dataclass(frozen=True, slots=True)
class Board:
    """How many alerts are open and the most urgent of them; how every point looks."""

    open_alerts: int
    alerts: Sequence[dict[str, Any]]
    looks: Mapping[str, Look]
    open_now: int

    def figures(self) -> dict[str, int]:
        """Return what the figures on top of the page show."""
        return {"alerts": self.open_alerts, "open": self.open_now, "points": len(self.looks)}


def read_board(connection: Connection, now: datetime) -> Board:
    """Return the board as this snapshot sees it."""
    grave = points_with_grave_alerts(connection)
    looks: dict[str, Look] = {}
    open_now = 0
    for point_id, status, opens, closes in connection.execute(POINTS):
        is_open = opens <= minute_of(now) < closes
        serves = status != PointStatus.FROZEN.value
        open_now += is_open and serves
        looks[point_id] = look_of(status, is_open=is_open, is_grave=point_id in grave)
    return Board(open_alerts(connection), urgent(connection), looks, open_now)


def look_of(status: str, *, is_open: bool, is_grave: bool) -> Look:
    """Return how a point looks; the gravest counts.

    >>> look_of("frozen", is_open=True, is_grave=True)
    <Look.FROZEN: 'f'>
    >>> look_of("open", is_open=False, is_grave=False)
    <Look.CLOSED: 'c'>
    """
    if status == PointStatus.FROZEN.value:
        return Look.FROZEN
    if is_grave or status == PointStatus.RECTIFYING.value:
        return Look.ATTENTION
    return Look.NORMAL if is_open else Look.CLOSED


def open_alerts(connection: Connection) -> int:
    """Return how many alerts wait for somebody."""
    query = select(func.count()).select_from(risk_alerts).where(IS_OPEN)
    return connection.scalar(query) or 0


def points_with_grave_alerts(connection: Connection) -> set[str]:
    a = risk_alerts.c
    query = select(a.service_point_id).where(IS_OPEN, a.severity.in_(GRAVE)).distinct()
    return {row[0] for row in connection.execute(query)}


def urgent(connection: Connection) -> list[dict[str, Any]]:
    """Return the most urgent alerts: the gravest first, then what is due first."""
    found = connection.execute(URGENT).all()
    return [alert_shown(row) for row in found]


def alert_shown(row: Any) -> dict[str, Any]:
    """Return an alert as the page wants it; ``due`` is in seconds since 1970."""
    return {
        "i": row.alert_id,
        "r": row.rule_id,
        "v": row.severity,
        "s": row.state,
        "t": [row.title, row.title_en],
        "x": [row.explanation, row.explanation_en],
        "n": row.name,
        "c": name_of(row.county) if row.county else "",
        "h": row.hit_count,
        "at": f"{from_us(row.last_seen_us):%m-%d %H:%M}",
        "due": row.due_us // 1_000_000,
        "w": row.assignee,
    }


IS_OPEN = risk_alerts.c.state.not_in(RESTING)
RANK = case({severity.value: severity.rank for severity in Severity}, value=risk_alerts.c.severity)
POINTS = select(
    service_points.c.service_point_id,
    service_points.c.status,
    service_points.c.opens_minute,
    service_points.c.closes_minute,
).where(service_points.c.status != PointStatus.EXITED.value)
URGENT = (
    select(
        risk_alerts.c.alert_id, risk_alerts.c.rule_id, risk_alerts.c.severity,
        risk_alerts.c.state, risk_alerts.c.title, risk_alerts.c.title_en,
        risk_alerts.c.explanation, risk_alerts.c.explanation_en, risk_alerts.c.hit_count,
        risk_alerts.c.last_seen_us, risk_alerts.c.due_us, risk_alerts.c.assignee,
        service_points.c.name, service_points.c.county,
    )
    .outerjoin(
        service_points, service_points.c.service_point_id == risk_alerts.c.service_point_id
    )
    .where(IS_OPEN)
    .order_by(RANK.desc(), risk_alerts.c.due_us, risk_alerts.c.alert_id)
    .limit(MOST_ALERTS)
)  # fmt: skip


def changed_looks(before: Mapping[str, Look], after: Mapping[str, Look]) -> dict[str, str]:
    """Return the points that look other than before; "" for one that is gone."""
    changed = {i: look.value for i, look in after.items() if before.get(i) is not look}
    return changed | dict.fromkeys(before.keys() - after.keys(), "")
