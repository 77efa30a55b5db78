"""预警 Alerts: what the watch found, and what people do about it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.auth import StaffKey
from api.desk import InSandbox
from api.models.risk_alerts import ActionBody, AlertPage, AlertShown
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.problems import Problem
from api.quick import JsonRoute
from api.routes.risk_work import ActingKey, doing
from pos_sim.store.queries import Page
from risk.alerts import State
from risk.store.alert_rows import KeptAlert
from risk.store.approval_rows import pending_of
from risk.store.read_alerts import AlertFilter, find_alert, list_alerts
from risk.vocabulary import Severity
from risk.working_alerts import KIND, work_on

router = APIRouter(prefix="/v1/alerts", tags=["风险 Risk"], route_class=JsonRoute)

AlertPath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$", examples=["R07-d8e4a2fd3c-1"])]
Pending = dict[str, str]


class Wanted(BaseModel):
    """What may be asked of the list; all of it together."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    state: State | None = None
    severity: Severity | None = None
    rule_id: Annotated[str, Field(pattern="^[0-9A-Za-z]{1,8}$")] | None = None
    service_point_id: Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,16}$")] | None = None
    limit: LIMIT = 50
    cursor: CURSOR = None

    def filters(self) -> AlertFilter:
        return AlertFilter(**self.model_dump(exclude={"limit", "cursor"}))


@router.get("", summary="预警列表 List alerts", responses=problems(401, 403, 405, 422, 500, 503))
async def list_all_alerts(
    _key: StaffKey, sandbox: InSandbox, wanted: Annotated[Wanted, Query()]
) -> AlertPage:
    """The latest seen first. Staff only."""
    after = position_of(wanted.cursor, int, str)
    look = partial(alerts_with_approvals, wanted=wanted, after=after)
    page, pending = await sandbox.database.read(look)
    now = sandbox.clock.now()
    return AlertPage(
        items=[AlertShown.of(kept, pending.get(kept.alert_id), now) for kept in page.items],
        next_cursor=cursor_of(page.after),
    )


@router.get(
    "/{alert_id}",
    summary="预警 One alert",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_one_alert(_key: StaffKey, sandbox: InSandbox, alert_id: AlertPath) -> AlertShown:
    """What was observed, against which threshold, in words; and what may be done. Staff only."""
    kept, pending = await sandbox.database.read(partial(one_alert, alert_id=alert_id))
    if kept is None:
        raise Problem("not-found")
    return AlertShown.of(kept, pending.get(alert_id), sandbox.clock.now())


@router.post(
    "/{alert_id}/actions",
    summary="处置 Work on an alert",
    responses=problems(401, 403, 404, 405, 409, 413, 415, 422, 500, 503),
)
async def act_on_alert(
    key: ActingKey, sandbox: InSandbox, alert_id: AlertPath, body: ActionBody
) -> AlertShown:
    """Roles `maker` and `checker`. Closing a high or critical alert is a proposal: the answer has
    its `approval_id`, and the state stays until another person approves it.

    What the state does not allow is 409 `illegal-action` with `available_actions`.
    """
    now = sandbox.clock.now()
    work = partial(work_on, alert_id=alert_id, step=body.step(), by=key.name, at=now)
    worked = await doing(sandbox, work)
    return AlertShown.of(worked.kept, worked.approval_id, now)


def alerts_with_approvals(
    connection: Connection, wanted: Wanted, after: tuple[int, str] | None
) -> tuple[Page[KeptAlert], Pending]:
    page = list_alerts(connection, wanted.filters(), wanted.limit, after)
    return page, pending_of(connection, KIND, [kept.alert_id for kept in page.items])


def one_alert(connection: Connection, alert_id: str) -> tuple[KeptAlert | None, Pending]:
    return find_alert(connection, alert_id), pending_of(connection, KIND, [alert_id])
