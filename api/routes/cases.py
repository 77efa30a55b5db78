"""案件 Cases: one set of routes for every workflow; and 业务控制, the controls of a point."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.responses import PlainTextResponse

from api.auth import StaffKey
from api.desk import InSandbox
from api.models.cases import CaseActionBody, CaseBody, CasePage, CaseShown, PointId
from api.models.controls import ControlAnswer, ControlBody, ControlList, MadeControl
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.problems import Problem
from api.quick import JsonRoute
from api.routes.risk_work import ActingKey, doing
from risk import cases, controls
from risk.case_by_staff import open_by_staff
from risk.case_opening import Wish
from risk.case_view import CaseView, page_of, paper_text, view
from risk.store import control_rows
from risk.store.case_rows import CaseFilter
from risk.workflow import Actor, CaseKind

router = APIRouter(prefix="/v1", tags=["案件 Cases"], route_class=JsonRoute)

CasePath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$", examples=["FZ-1c0c5bd56e-1"])]
PointPath = Annotated[PointId, Path()]
READS = problems(401, 403, 404, 405, 422, 500, 503)
CHANGES = problems(401, 403, 404, 405, 409, 413, 415, 422, 500, 503)


class Wanted(BaseModel):
    """What may be asked of the list; all of it together."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: CaseKind | None = None
    state: Annotated[str, Field(pattern="^[a-z_]{1,16}$")] | None = None
    service_point_id: PointId | None = None
    overdue: bool | None = Field(default=None, description="Open, and its date has passed")
    limit: LIMIT = 50
    cursor: CURSOR = None

    def filters(self, now: datetime) -> CaseFilter:
        return CaseFilter(
            kind=self.kind,
            state=self.state,
            service_point_id=self.service_point_id,
            overdue_at=now,
            is_overdue=self.overdue,
        )


@router.get(
    "/cases", summary="案件列表 List cases", responses=problems(401, 403, 405, 422, 500, 503)
)
async def list_all_cases(
    _key: StaffKey, sandbox: InSandbox, wanted: Annotated[Wanted, Query()]
) -> CasePage:
    """The latest opened first. Staff only."""
    after, now = position_of(wanted.cursor, int, str), sandbox.clock.now()
    look = partial(page_of, wanted=wanted.filters(now), limit=wanted.limit, after=after)
    page = await sandbox.database.read(look)
    return CasePage(
        items=[CaseShown.of(one, now) for one in page.items], next_cursor=cursor_of(page.after)
    )


@router.post(
    "/cases",
    status_code=201,
    summary="立案 Open a case",
    responses=problems(401, 403, 405, 409, 413, 415, 422, 500, 503),
)
async def open_one_case(key: ActingKey, sandbox: InSandbox, body: CaseBody) -> CaseShown:
    """Roles `maker` and `checker`. One open case a kind and subject; 409 names the other."""
    now = sandbox.clock.now()
    wish = Wish(
        kind=body.kind,
        service_point_id=body.service_point_id,
        reason=body.reason,
        by=key.name,
        at=now,
    )
    work = partial(opened, wish=wish, alert_ids=tuple(body.alert_ids))
    return CaseShown.of(await doing(sandbox, work), now)


@router.get("/cases/{case_id}", summary="案件 One case", responses=READS)
async def find_one_case(_key: StaffKey, sandbox: InSandbox, case_id: CasePath) -> CaseShown:
    """Where it stands, what may be done now, what was done, its papers. Staff only."""
    try:
        found = await sandbox.database.read(partial(view, case_id=case_id))
    except LookupError:
        raise Problem("not-found") from None
    return CaseShown.of(found, sandbox.clock.now())


@router.post("/cases/{case_id}/actions", summary="办理 Act on a case", responses=CHANGES)
async def act_on_case(
    key: ActingKey, sandbox: InSandbox, case_id: CasePath, body: CaseActionBody
) -> CaseShown:
    """Roles `maker` and `checker`. A move that needs two people is a proposal: the answer has its
    `approval_id`, and the state stays until another person approves it.

    What the state does not know or allow is 409 `illegal-action` with `available_actions`.
    """
    now = sandbox.clock.now()
    work = partial(acted, case_id=case_id, body=body, by=key.name, at=now)
    return CaseShown.of(await doing(sandbox, work), now)


@router.get(
    "/cases/{case_id}/documents/{number}",
    summary="案件文书 A paper of a case",
    response_class=PlainTextResponse,
    responses=READS,
)
async def print_paper(
    _key: StaffKey,
    sandbox: InSandbox,
    case_id: CasePath,
    number: Annotated[int, Path(ge=0, le=10_000)],
) -> PlainTextResponse:
    """As printable text; number 0 is the 核查单 of the case as it stands. Staff only."""
    try:
        text = await sandbox.database.read(partial(paper_text, case_id=case_id, number=number))
    except LookupError:
        raise Problem("not-found") from None
    return PlainTextResponse(text)


@router.get(
    "/service-points/{service_point_id}/controls",
    summary="业务控制 Controls of a point",
    responses=problems(401, 403, 405, 422, 500, 503),
)
async def list_controls(
    _key: StaffKey, sandbox: InSandbox, service_point_id: PointPath
) -> ControlList:
    """Each with its reason and its hands. Staff only."""
    found = await sandbox.database.read(partial(control_rows.at_point, point=service_point_id))
    return ControlList(items=[MadeControl.of(kept) for kept in found])


@router.post(
    "/service-points/{service_point_id}/controls",
    summary="业务控制 Control a business at a point",
    responses=CHANGES,
)
async def control_business(
    key: ActingKey, sandbox: InSandbox, service_point_id: PointPath, body: ControlBody
) -> ControlAnswer:
    """Roles `maker` and `checker`. Tightening counts at once; loosening is a proposal, and the
    answer has its `approval_id`. A freeze is stronger than any control.
    """
    work = partial(
        controls.control,
        service_point_id=service_point_id,
        wish=body.wish(),
        by=key.name,
        at=sandbox.clock.now(),
    )
    made = await doing(sandbox, work)
    return ControlAnswer(
        service_point_id=service_point_id,
        business=body.business,
        control=MadeControl.of(made.kept) if made.kept else None,
        approval_id=made.approval_id,
    )


def opened(connection: Connection, wish: Wish, alert_ids: tuple[str, ...]) -> CaseView:
    return view(connection, open_by_staff(connection, wish, alert_ids).case_id)


def acted(
    connection: Connection, case_id: str, body: CaseActionBody, by: str, at: datetime
) -> CaseView:
    cases.act(
        connection,
        case_id,
        body.action,
        actor=Actor(by),
        at=at,
        note=body.note,
        data=body.data,
    )
    return view(connection, case_id)
