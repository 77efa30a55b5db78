"""复核 Approvals: whatever needs two people is decided here, whichever workflow asks for it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.auth import StaffKey
from api.desk import InSandbox
from api.models.risk_approvals import ApprovalPage, ApprovalShown, ApprovalState, DecisionBody
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.quick import JsonRoute
from api.routes.risk_work import ActingKey, doing
from pos_sim.engine.following import follow_policies
from pos_sim.store.keys import ApiKey
from risk.approval_effects import EFFECTS
from risk.approvals import Approval, decide, list_approvals

router = APIRouter(prefix="/v1/approvals", tags=["复核 Approvals"], route_class=JsonRoute)

ACTING = frozenset({"maker", "checker"})


class Wanted(BaseModel):
    """What may be asked of the list."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    state: ApprovalState | None = Field(default=None, description="All, if absent")
    limit: LIMIT = 50
    cursor: CURSOR = None


@router.get("", summary="复核事项 List approvals", responses=problems(401, 403, 405, 422, 500, 503))
async def list_all_approvals(
    key: StaffKey, sandbox: InSandbox, wanted: Annotated[Wanted, Query()]
) -> ApprovalPage:
    """The newest first; `may_decide` says which are for the calling key. Staff only."""
    after = position_of(wanted.cursor, int, str)
    look = partial(list_approvals, state=wanted.state, limit=wanted.limit, after=after)
    page = await sandbox.database.read(look)
    return ApprovalPage(
        items=[shown(approval, key) for approval in page.items],
        next_cursor=cursor_of(page.after),
    )


@router.post(
    "/{approval_id}",
    summary="复核 Approve or reject",
    responses=problems(401, 403, 404, 405, 409, 413, 415, 422, 500, 503),
)
async def decide_approval(
    key: ActingKey,
    sandbox: InSandbox,
    approval_id: Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$")],
    body: DecisionBody,
) -> ApprovalShown:
    """Roles `maker` and `checker`, but not who proposed it (403 `own-approval`).

    What was decided already, or was overtaken by something else, is 409 `stale-approval`.
    """
    work = partial(
        decide,
        approval_id=approval_id,
        choice=body.decision,
        by=key.name,
        at=sandbox.clock.now(),
        note=body.note,
        effects=EFFECTS,
    )
    decided = await doing(sandbox, work)
    await follow_policies(sandbox)
    return shown(decided, key)


def shown(approval: Approval, key: ApiKey) -> ApprovalShown:
    return ApprovalShown.of(approval, caller=key.name, may_act=key.role in ACTING)
