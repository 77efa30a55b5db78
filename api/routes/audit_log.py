"""审计日志 The audit log: what staff and deadlines changed. Transactions have the journal."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from api.auth import key_with
from api.desk import InSandbox
from api.models.audit_log import EntryPage, EntryShown
from api.models.fields import NO_CONTROLS
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from pos_sim.store.keys import ApiKey
from risk.audit_log import Wanted, list_entries

router = APIRouter(prefix="/v1/audit-log", tags=["审计 Audit"])

ReadingKey = Annotated[ApiKey, Depends(key_with(frozenset({"maker", "checker", "auditor"})))]
Word = Annotated[str, Field(min_length=1, max_length=96, pattern=NO_CONTROLS)]


class Asked(BaseModel):
    """What may be asked of the log; everything, if absent."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    actor: Word | None = None
    action: Word | None = None
    subject_kind: Word | None = None
    subject_id: Word | None = None
    limit: LIMIT = 50
    cursor: CURSOR = None


@router.get("", summary="审计日志 Audit log", responses=problems(401, 403, 405, 422, 500, 503))
async def audit_log(
    _key: ReadingKey, sandbox: InSandbox, asked: Annotated[Asked, Query()]
) -> EntryPage:
    """The newest first. Roles `auditor`, `maker`, `checker`. `pos-sim audit` verifies the chain."""
    position = position_of(asked.cursor, int, str)
    wanted = Wanted(**asked.model_dump(exclude={"limit", "cursor"}))
    look = partial(
        list_entries,
        wanted=wanted,
        limit=asked.limit,
        before_seq=position[0] if position else None,
    )
    page = await sandbox.database.read(look)
    return EntryPage(
        items=[EntryShown.of(entry) for entry in page.items],
        next_cursor=cursor_of(page.after),
    )
