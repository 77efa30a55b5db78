"""Opening a case by hand: what cannot be is named field by field, and open alerts come along.

The row of the point is locked first, then the case, then the subjects of alerts, as by everybody.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from pos_sim.domain.service_points import PointStatus
from pos_sim.engine.registry import hold
from risk.case_mistakes import AlreadyOpen, Mistakes
from risk.case_opening import Wish, open_case
from risk.store import case_alerts, case_rows, standing_rows
from risk.store.alert_rows import KeptAlert
from risk.store.read_alerts import find_alert
from risk.store.save_hits import latest_alerts
from risk.workflow import Case, CaseKind


def open_by_staff(connection: Connection, wish: Wish, alert_ids: tuple[str, ...] = ()) -> Case:
    """Open a case for somebody. Raises `Mistakes` and `AlreadyOpen`."""
    assert wish.service_point_id is not None
    try:
        point = hold(connection, wish.service_point_id)
    except LookupError:
        raise Mistakes({"service_point_id": "没有这个服务点 · No such service point"}) from None
    if point.status is PointStatus.EXITED:
        raise Mistakes({"service_point_id": "服务点已退出 · The point has exited"})
    if point.status is PointStatus.TRIAL and wish.kind in NOT_ON_TRIAL:
        raise Mistakes({"service_point_id": "服务点尚在试营业 · The point is still on trial"})
    alerts = [alert_for(connection, alert_id) for alert_id in alert_ids]
    if alerts and wish.kind is CaseKind.VERIFICATION:
        wish = replace(
            wish,
            scope=(alerts[0].alert.key.scope, alerts[0].alert.key.scope_value),
            severity=max((one.alert.severity for one in alerts), key=lambda s: s.rank),
            due_at=min(one.alert.due_at for one in alerts),
        )
    before = case_rows.lock_open(connection, wish.kind, *wish.subject)
    if before is not None:
        raise AlreadyOpen(before.case_id)
    state = state_to_adopt(connection, wish, point.status)
    opened = open_case(connection, replace(wish, state=state))
    if wish.kind is CaseKind.VERIFICATION:
        hand_over(connection, opened.case, alerts)
    return opened.case


NOT_ON_TRIAL = frozenset({CaseKind.ANNUAL_REVIEW, CaseKind.RECTIFICATION})


def state_to_adopt(connection: Connection, wish: Wish, status: PointStatus) -> str | None:
    """Return the state of a freeze case about a point that is frozen, but by no case."""
    is_frozen = wish.kind is CaseKind.FREEZE and status is PointStatus.FROZEN
    is_ours = standing_rows.read(connection, wish.service_point_id or "") is not None
    return "frozen" if is_frozen and not is_ours else None


def alert_for(connection: Connection, alert_id: str) -> KeptAlert:
    """Return an alert that a case can take up; `Mistakes` where it cannot be."""
    found = find_alert(connection, alert_id)
    if found is None or not found.alert.is_open:
        raise Mistakes({"alert_ids": f"没有未关闭的预警 {alert_id} · No such open alert"})
    if found.case_id is not None:
        raise Mistakes({"alert_ids": f"{alert_id} 已在案 · Is in {found.case_id} already"})
    return found


def hand_over(connection: Connection, case: Case, alerts: list[KeptAlert]) -> None:
    """Give alerts to a case, as far as they are still open when their subjects are locked."""
    if not alerts:
        return
    latest = latest_alerts(connection, {one.alert.key for one in alerts})
    asked = {one.alert_id for one in alerts}
    case_alerts.link(
        connection,
        case.case_id,
        sorted(
            one.alert_id
            for one in latest.values()
            if one.alert_id in asked and one.alert.is_open and one.case_id is None
        ),
    )
