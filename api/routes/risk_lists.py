"""名单与抑制 Lists and suppressions: whom the watch stops, lets pass, or keeps quiet about."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.auth import StaffKey
from api.desk import InSandbox
from api.models.risk_lists import (
    EntryBody,
    EntryPage,
    EntryShown,
    ListOfLists,
    ListShown,
    SuppressionBody,
    SuppressionPage,
    SuppressionShown,
)
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.problems import Problem
from api.quick import JsonRoute
from api.routes.risk_work import ActingKey, doing
from risk import listing
from risk.listing import Listed, add_entry, all_lists, find_list
from risk.store.approval_rows import pending_of
from risk.store.list_rows import counts_in_force, entries_of
from risk.suppressing import list_suppressions, suppress

router = APIRouter(prefix="/v1/risk", tags=["风险 Risk"], route_class=JsonRoute)

ListPath = Annotated[str, Path(pattern="^[0-9A-Za-z_-]{1,40}$", examples=["blocked-cards"])]
MAKES = problems(401, 403, 405, 409, 413, 415, 422, 500, 503)
MAKES_SOMEWHERE = problems(401, 403, 404, 405, 409, 413, 415, 422, 500, 503)


class WantedPage(BaseModel):
    """A page."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    limit: LIMIT = 50
    cursor: CURSOR = None


class WantedEntries(WantedPage):
    """A page of entries."""

    ended: bool = Field(default=False, description="Those that have ended, too")


@router.get("/lists", summary="名单 Lists", responses=problems(401, 403, 405, 500, 503))
async def list_lists(_key: StaffKey, sandbox: InSandbox) -> ListOfLists:
    """Every list, and how many entries are in force. Staff only."""
    return await sandbox.database.read(partial(lists_shown, now=sandbox.clock.now()))


@router.get(
    "/lists/{name}/entries",
    summary="名单条目 Entries of a list",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def list_entries(
    _key: StaffKey, sandbox: InSandbox, name: ListPath, wanted: Annotated[WantedEntries, Query()]
) -> EntryPage:
    """The newest first; those that have ended only when asked for. Staff only."""
    after = position_of(wanted.cursor, int, str)
    look = partial(entries_shown, name=name, wanted=wanted, after=after, now=sandbox.clock.now())
    try:
        return await sandbox.database.read(look)
    except LookupError:
        raise Problem("not-found") from None


@router.post(
    "/lists/{name}/entries",
    status_code=201,
    summary="登记名单 Put on a list",
    responses=MAKES_SOMEWHERE,
)
async def put_on_list(
    key: ActingKey, sandbox: InSandbox, name: ListPath, body: EntryBody
) -> EntryShown:
    """Roles `maker` and `checker`. A block-list entry counts at once and lapses after 24 h unless
    another person approves it; an allow-list entry counts once another person approved it.
    """
    now = sandbox.clock.now()
    work = partial(add_entry, name=name, wish=body.wish(), by=key.name, at=now)
    return EntryShown.of(await doing(sandbox, work), now)


@router.get(
    "/suppressions",
    summary="预警抑制 List suppressions",
    responses=problems(401, 403, 405, 422, 500, 503),
)
async def list_all_suppressions(
    _key: StaffKey, sandbox: InSandbox, wanted: Annotated[WantedPage, Query()]
) -> SuppressionPage:
    """Those that have not ended, the newest first. Staff only."""
    after = position_of(wanted.cursor, int, str)
    now = sandbox.clock.now()
    look = partial(list_suppressions, limit=wanted.limit, after=after, now=now)
    page = await sandbox.database.read(look)
    items = [SuppressionShown.of(made) for made in page.items]
    return SuppressionPage(items=items, next_cursor=cursor_of(page.after))


@router.post("/suppressions", status_code=201, summary="预警抑制 Suppress a rule", responses=MAKES)
async def make_suppression(
    key: ActingKey, sandbox: InSandbox, body: SuppressionBody
) -> SuppressionShown:
    """Roles `maker` and `checker`. Up to 24 h it begins at once; longer ones wait for another
    person. Hits are found and counted all the same, they only do nothing. R12 and R24 never rest.
    """
    work = partial(suppress, wish=body.wish(), by=key.name, at=sandbox.clock.now())
    return SuppressionShown.of(await doing(sandbox, work))


def lists_shown(connection: Connection, now: datetime) -> ListOfLists:
    counts = counts_in_force(connection, now)
    return ListOfLists(
        items=[ListShown.of(one, counts.get(one.name, 0)) for one in all_lists(connection)]
    )


def entries_shown(
    connection: Connection,
    name: str,
    wanted: WantedEntries,
    after: tuple[int, str] | None,
    now: datetime,
) -> EntryPage:
    """Return a page of entries with what each of them waits for."""
    find_list(connection, name)
    in_force_at = None if wanted.ended else now
    page = entries_of(connection, name, wanted.limit, after, in_force_at=in_force_at)
    pending = pending_of(connection, listing.KIND, [entry.entry_id for entry in page.items])
    items = [EntryShown.of(Listed(entry, pending.get(entry.entry_id)), now) for entry in page.items]
    return EntryPage(items=items, next_cursor=cursor_of(page.after))
