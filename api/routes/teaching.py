"""What a trainer does to a running sandbox: sends patterns to points, and cuts lines."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.auth import AdminKey, AnyKey
from api.desk import AtDesk, InSandbox
from api.lines import line_shown, switch
from api.models.teaching import (
    EpisodePage,
    EpisodeShown,
    LineBody,
    LineList,
    LineShown,
    PatternList,
    PatternShown,
    PlantBody,
)
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.planting import Planting, plant
from api.problems import Problem, invalid_field
from api.quick import JsonRoute
from pos_sim.store.lines import cut_lines_now
from pos_sim.store.rows import to_us
from seeds.patterns.catalogue import PATTERNS
from seeds.patterns.sent import find_sent, heard_of, newest_sent

router = APIRouter(prefix="/sim", tags=["模拟 Simulation"], route_class=JsonRoute)

EpisodePath = Annotated[str, Path(pattern="^[0-9a-f]{1,24}$", examples=["5f0c2d1e9a8b7c6d"])]


class WantedEpisodes(BaseModel):
    """A page of episodes."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    limit: LIMIT = 20
    cursor: CURSOR = None


@router.get("/patterns", summary="案例 Patterns", responses=problems(401, 403, 405, 500, 503))
async def patterns(_key: AnyKey) -> PatternList:
    """All labelled patterns for R01–R24, and look-alikes that must raise nothing."""
    in_order = sorted(PATTERNS, key=lambda pattern: pattern.rule_id)
    return PatternList(items=[PatternShown.of(pattern) for pattern in in_order])


@router.post(
    "/patterns",
    status_code=201,
    summary="下发案例 Send a pattern to a point",
    responses=problems(401, 403, 405, 413, 415, 422, 500, 503),
)
async def send_pattern(key: AdminKey, desk: AtDesk, body: PlantBody) -> EpisodeShown:
    """Role `admin`. The requests go through the engine as a terminal's do, with people made for
    them; the clock goes from one to the next, and what falls due on the way is done. Answered at
    the end. A point that does not serve, or lacks what the pattern needs, is 422.
    """
    sent = await plant(desk, Planting(body.pattern, body.service_point_id, key.name))
    return await desk.sandbox.database.read(partial(episode_of, episode_id=sent.episode_id))


@router.get("/episodes", summary="演练 Episodes", responses=problems(401, 403, 405, 422, 500, 503))
async def episodes(
    _key: AnyKey, sandbox: InSandbox, wanted: Annotated[WantedEpisodes, Query()]
) -> EpisodePage:
    """Patterns that were sent, the newest first, with what the watch said."""
    after = position_of(wanted.cursor, int, str)
    look = partial(episodes_of, limit=wanted.limit, after=after)
    return await sandbox.database.read(look)


@router.get(
    "/episodes/{episode_id}",
    summary="一次演练 One episode",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def episode(_key: AnyKey, sandbox: InSandbox, episode_id: EpisodePath) -> EpisodeShown:
    """One pattern that was sent, with the alerts that it raised."""
    try:
        return await sandbox.database.read(partial(episode_of, episode_id=episode_id))
    except LookupError:
        raise Problem("not-found") from None


@router.get("/lines", summary="线路 Lines", responses=problems(401, 403, 405, 500, 503))
async def lines(_key: AnyKey, sandbox: InSandbox) -> LineList:
    """The lines that are cut; all others are up."""
    found = await sandbox.database.read(cut_lines_now)
    return LineList.model_validate({"items": [line_shown(one) for one in found]})


@router.post(
    "/lines",
    summary="剪线 Cut or mend a line",
    responses=problems(401, 403, 405, 413, 415, 422, 500, 503),
)
async def switch_line(key: AdminKey, desk: AtDesk, body: LineBody) -> LineShown:
    """Role `admin`. Requests of this terminal get no answer, as with the silent card: the
    connection is held until the client leaves, at most 60 s, then 503 `outcome-unknown`. `down`:
    nothing was done either. The other calls of the terminal are answered.
    """
    try:
        found = await switch(desk, terminal_id=body.terminal_id, line=body.line, by=key.name)
    except LookupError:
        raise invalid_field("terminal_id", "无此终端 · No such terminal") from None
    cut = next((line_shown(one) for one in found if one.terminal_id == body.terminal_id), None)
    up = {"terminal_id": body.terminal_id, "line": "up", "cut_by": None, "since": None}
    return LineShown.model_validate(cut or up)


def episode_of(connection: Connection, episode_id: str) -> EpisodeShown:
    """Return an episode with what was heard; LookupError if there is none."""
    sent = find_sent(connection, episode_id)
    if sent is None:
        raise LookupError(episode_id)
    return EpisodeShown.of(sent, list(heard_of(connection, sent)))


def episodes_of(connection: Connection, limit: int, after: tuple[int, str] | None) -> EpisodePage:
    """Return a page of episodes."""
    found = newest_sent(connection, limit + 1, after)
    page, more = found[:limit], len(found) > limit
    return EpisodePage(
        items=[EpisodeShown.of(one, list(heard_of(connection, one))) for one in page],
        next_cursor=cursor_of((to_us(page[-1].sent_at), page[-1].episode_id)) if more else None,
    )
