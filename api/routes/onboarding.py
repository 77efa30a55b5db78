"""新增、培训、开业 New points: registered by a maker, opened by two people."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy import Connection

from api.auth import key_with
from api.desk import InSandbox
from api.geography import check_place
from api.models.onboarding import (
    ConditionShown,
    OpeningBody,
    OpeningShown,
    OperatorChangeBody,
    ServicePointBody,
    TerminalBody,
    TrainingBody,
)
from api.models.service_points import ServicePointShown, TerminalShown
from api.openapi import problems
from api.quick import JsonRoute
from api.routes.risk_work import doing
from api.routes.service_points import shown
from pos_sim.domain.mistakes import Mistaken
from pos_sim.store.keys import ApiKey
from pos_sim.store.new_points import lock_point
from pos_sim.store.query_points import PointRecord, TerminalRecord, find_terminal, points_by_id
from risk import onboarding

router = APIRouter(prefix="/v1/service-points", tags=["服务点 Service points"],
                   route_class=JsonRoute)  # fmt: skip

MakerKey = Annotated[ApiKey, Depends(key_with(frozenset({"maker"})))]
PointPath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,16}$", examples=["SP520121-0001"])]
CREATES = problems(401, 403, 405, 409, 413, 415, 422, 500, 503)
CHANGES = problems(401, 403, 404, 405, 409, 413, 415, 422, 500, 503)


@router.post("", status_code=201, summary="新增服务点 Register a point", responses=CREATES)
async def register_point(
    key: MakerKey, sandbox: InSandbox, body: ServicePointBody
) -> ServicePointShown:
    """Role `maker`. The point begins in `trial` with an untrained operator: its terminals answer
    03 until all four subjects are passed. Town and position must lie in the county. Sent again
    (same bank, village and name) it is 409.
    """
    check_place(body.county, body.town, body.position.latitude, body.position.longitude)
    at = sandbox.clock.now()

    def work(connection: Connection) -> PointRecord:
        made = onboarding.create_point(connection, wish=body.wish(), by=key.name, at=at)
        return points_by_id(connection, [made])[made]

    return shown(await doing(sandbox, work), key)


@router.post(
    "/{service_point_id}/terminals",
    status_code=201,
    summary="布放终端 Bind a terminal",
    responses=CHANGES,
)
async def bind_terminal(
    key: MakerKey, sandbox: InSandbox, service_point_id: PointPath, body: TerminalBody
) -> TerminalShown:
    """Role `maker`. It pays out of the point's till, an ATM out of cassettes of its own. A machine
    that is bound already, and a serial number that is taken, are 409.
    """
    at = sandbox.clock.now()

    def work(connection: Connection) -> TerminalRecord:
        bound = onboarding.bind_terminal(
            connection, point_id=service_point_id, wish=body.wish(), by=key.name, at=at
        )
        found = find_terminal(connection, bound)
        assert found is not None
        return found

    return TerminalShown.of(await doing(sandbox, work))


@router.post(
    "/{service_point_id}/operators",
    status_code=201,
    summary="登记负责人 Register an operator",
    responses=CHANGES,
)
async def register_operator(
    key: MakerKey, sandbox: InSandbox, service_point_id: PointPath, body: OperatorChangeBody
) -> ServicePointShown:
    """Role `maker`. A new operator is untrained, and an open point is on trial again (转试营业).

    With `operator_id` of the present operator only name and relations change. The watch knows
    whose cards and accounts are the point's own from now on.
    """
    at = sandbox.clock.now()

    def work(connection: Connection) -> PointRecord:
        present = lock_point(connection, service_point_id).operator_id
        if body.operator_id not in (None, present):
            raise Mistaken("operator_id", "不是现任负责人 · Not the present operator")
        onboarding.name_operator(
            connection,
            point_id=service_point_id,
            wish=body.wish(),
            same_person=body.operator_id is not None,
            by=key.name,
            at=at,
        )
        return points_by_id(connection, [service_point_id])[service_point_id]

    return shown(await doing(sandbox, work), key)


@router.post(
    "/{service_point_id}/training-results",
    status_code=201,
    summary="登记培训成绩 Record a training result",
    responses=CHANGES,
)
async def record_training(
    key: MakerKey, sandbox: InSandbox, service_point_id: PointPath, body: TrainingBody
) -> ServicePointShown:
    """Role `maker`. 先培训后上岗: with all four subjects passed the operator counts as trained."""
    at = sandbox.clock.now()

    def work(connection: Connection) -> PointRecord:
        onboarding.record_training(
            connection, point_id=service_point_id, result=body.result(), by=key.name, at=at
        )
        return points_by_id(connection, [service_point_id])[service_point_id]

    return shown(await doing(sandbox, work), key)


@router.post(
    "/{service_point_id}/opening",
    status_code=201,
    summary="申请开业 Ask to open a point",
    responses=CHANGES,
)
async def ask_to_open(
    key: MakerKey, sandbox: InSandbox, service_point_id: PointPath, body: OpeningBody
) -> OpeningShown:
    """Role `maker`. From `trial` to `open` once another person approves. While the operator is
    untrained or there is no terminal: 409, and `missing` names what stands in the way.
    """
    work = partial(
        onboarding.propose_opening,
        point_id=service_point_id,
        note=body.note,
        by=key.name,
        at=sandbox.clock.now(),
    )
    asked = await doing(sandbox, work)
    return OpeningShown(
        service_point_id=service_point_id,
        status="trial",
        approval_id=asked.approval.approval_id,
        conditions=[ConditionShown.of(condition) for condition in asked.conditions],
    )
