"""What cannot exist in production: clock, truth, magic, manifest."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.auth import AdminKey, AnyKey
from api.clock import clock_shown, moved
from api.clock_moves import go_to, note_move, wanted_moment
from api.desk import AtDesk, InSandbox
from api.models.about import ClockShown
from api.models.clock import ClockBody, Moved
from api.models.fields import BatchNo, TerminalId, TraceNo
from api.models.sim import MagicList, Manifest, TruthShown
from api.openapi import problems
from api.paging import CURSOR, LIMIT
from api.problems import invalid_field
from api.quick import JsonRoute
from api.truth import truth_shown
from pos_sim.domain.requests import Key
from pos_sim.store.query_truth import truth_of
from seeds.magic_list import magic_items
from seeds.manifest import manifest_page
from seeds.mistakes import Mistake

router = APIRouter(prefix="/sim", tags=["模拟 Simulation"], route_class=JsonRoute)


class WantedKey(BaseModel):
    """One key."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    terminal_id: TerminalId
    batch_no: BatchNo
    trace_no: TraceNo


class WantedPage(BaseModel):
    """A page of the manifest."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    limit: LIMIT = 50
    cursor: CURSOR = None


@router.get("/clock", summary="模拟时钟 Clock", responses=problems(401, 403, 405, 500, 503))
async def clock(_key: AnyKey, sandbox: InSandbox) -> ClockShown:
    """What the sandbox's clock shows; it runs with real time and moves forward only."""
    return clock_shown(sandbox.clock.now())


@router.post(
    "/clock",
    summary="拨钟 Move the clock",
    responses=problems(401, 403, 405, 409, 413, 415, 422, 500, 503),
)
async def move_clock(key: AdminKey, desk: AtDesk, body: ClockBody) -> Moved:
    """Role `admin`. Answered when everything that became due on the way has been done.

    A moment that has passed is 409. Other processes show the new time when this is answered.
    """
    now = desk.sandbox.clock.now()
    to = await wanted_moment(desk.sandbox, body, now)
    await desk.sandbox.database.run(partial(note_move, by=key.name, now=now, to=to))
    return moved(now, *await go_to(desk, to))


@router.get(
    "/truth", summary="真相 What really happened", responses=problems(401, 403, 405, 422, 500, 503)
)
async def truth(
    _key: AnyKey, sandbox: InSandbox, wanted: Annotated[WantedKey, Query()]
) -> TruthShown:
    """What the books say about a key, and what a good client does now."""
    key = Key(wanted.terminal_id, wanted.batch_no, wanted.trace_no)
    look = partial(truth_of, transaction_id=key.transaction_id)
    return truth_shown(await sandbox.database.read(look))


@router.get("/magic", summary="魔法卡 Magic cards", responses=problems(401, 403, 405, 500, 503))
async def magic(_key: AnyKey, sandbox: InSandbox) -> MagicList:
    """Cards that always get the same answer, with number and PIN."""
    items = await sandbox.database.read(partial(magic_items, facts=sandbox.world))
    return MagicList.model_validate({"items": items})


@router.get(
    "/manifest",
    summary="可用清单 What works now",
    responses=problems(401, 403, 405, 422, 500, 503),
)
async def manifest(
    _key: AnyKey, sandbox: InSandbox, wanted: Annotated[WantedPage, Query()]
) -> Manifest:
    """Cards with PIN, terminals, bills and payees that work now."""
    look = partial(
        manifest_page,
        facts=sandbox.world,
        limit=wanted.limit,
        cursor=wanted.cursor,
        now=sandbox.clock.now(),
    )
    try:
        page = await sandbox.database.read(look)
    except Mistake as mistake:
        raise invalid_field(mistake.field, mistake.message) from None
    return Manifest.model_validate(page)
