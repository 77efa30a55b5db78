"""激励 The monthly statements of commission and subsidy: read only, nothing is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.auth import StaffKey
from api.desk import InSandbox
from api.models.incentives import IncentiveReport
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.problems import Problem
from pos_sim.domain.calendar import business_date
from risk.incentive_statements import statements

router = APIRouter(prefix="/v1/reports", tags=["报表 Reports"])


class Wanted(BaseModel):
    """Which month, and which point."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    month: Annotated[str, Field(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$")] | None = Field(
        default=None, description="YYYY-MM; this month, if absent", examples=["2026-03"]
    )
    service_point_id: Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,16}$")] | None = None
    limit: LIMIT = 50
    cursor: CURSOR = None


@router.get(
    "/incentives",
    summary="激励对账单 Commission and subsidy",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def incentives(
    _key: StaffKey, sandbox: InSandbox, wanted: Annotated[Wanted, Query()]
) -> IncentiveReport:
    """What each point earned in a month, and what is stopped under freeze or control. Staff only.

    Commission by transaction, subsidy by star grade, bonus by volume; the amounts stand in a dated
    policy. Points in order of id. A reversal takes its transaction out of the month it was made in.
    """
    now = sandbox.clock.now()
    after = position_of(wanted.cursor, str)
    look = partial(
        statements,
        month=first_of(wanted.month, business_date(now)),
        now=now,
        point=wanted.service_point_id or "",
        after=after[0] if after else "",
        most=wanted.limit + 1,
    )
    found = await sandbox.database.read(look)
    if wanted.service_point_id and not found.items:
        raise Problem("not-found")
    page = found.items[: wanted.limit]
    has_more = len(found.items) > len(page)
    cursor = cursor_of((page[-1].point.point,)) if has_more else None
    return IncentiveReport.of(replace(found, items=page), cursor)


def first_of(month: str | None, today: date) -> date:
    """Return the first day of a month, of this one where none is named.

    >>> first_of("2026-03", date(2027, 1, 9)).isoformat()
    '2026-03-01'
    """
    return today.replace(day=1) if month is None else date.fromisoformat(f"{month}-01")
