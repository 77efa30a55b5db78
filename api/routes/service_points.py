"""服务点 The register of service points and terminals, read only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from heapq import nsmallest
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.auth import STAFF, AnyKey, StaffKey
from api.desk import InSandbox
from api.geography import Spot, meters_from, name_of
from api.models.fields import TerminalId
from api.models.grades import GradePage, GradeShown
from api.models.service_points import (
    ServicePointPage,
    ServicePointShown,
    TerminalShown,
    point_shown,
)
from api.models.tariff import BankId
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.problems import Problem, invalid_field
from pos_sim.domain.service_points import PointKind, PointStatus
from pos_sim.store import query_points
from pos_sim.store.keys import ApiKey
from pos_sim.store.queries import Page
from pos_sim.store.query_points import (
    PointFilter,
    PointRecord,
    list_points,
    points_by_id,
    positions,
)
from risk.store.grade_rows import GradeRow, grades_of

router = APIRouter(prefix="/v1", tags=["服务点 Service points"])

NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,12})?"


class Wanted(BaseModel):
    """What may be asked of the list; all of it together."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    county: Annotated[str, Field(pattern="^[0-9]{2,6}$")] | None = Field(
        default=None, description="County code; its first four digits name a prefecture"
    )
    bank_id: BankId | None = None
    status: PointStatus | None = None
    kind: PointKind | None = None
    near: Annotated[str, Field(pattern=f"^{NUMBER},{NUMBER}$")] | None = Field(
        default=None, description="`lat,lon`: the nearest first", examples=["26.58,106.71"]
    )
    limit: LIMIT = 50
    cursor: CURSOR = None

    def filters(self) -> PointFilter:
        return PointFilter(
            county=self.county, bank_id=self.bank_id, status=self.status, kind=self.kind
        )

    def spot(self) -> Spot | None:
        """Return the place that ``near`` names; 422 when it is not on earth."""
        if self.near is None:
            return None
        latitude, longitude = (float(part) for part in self.near.split(","))
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise invalid_field("near", "纬度 ±90，经度 ±180 · Latitude ±90, longitude ±180")
        return Spot(latitude, longitude)


class WantedGrades(BaseModel):
    """A page of grades."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    limit: LIMIT = 50
    cursor: CURSOR = None


@router.get(
    "/service-points",
    summary="服务点列表 List service points",
    responses=problems(401, 403, 405, 422, 500, 503),
)
async def list_service_points(
    key: AnyKey, sandbox: InSandbox, wanted: Annotated[Wanted, Query()]
) -> ServicePointPage:
    """In order of id; with `near` the nearest first, each with `distance_m`."""
    spot = wanted.spot()
    if spot is not None:
        near = partial(nearest, wanted=wanted, spot=spot)
        page, meters = await sandbox.database.read(near)
    else:
        after = position_of(wanted.cursor, str)
        page = await sandbox.database.read(
            partial(
                list_points,
                wanted=wanted.filters(),
                limit=wanted.limit,
                after=after[0] if after else None,
            )
        )
        meters = {}
    items = [shown(point, key, meters.get(point.service_point_id)) for point in page.items]
    return ServicePointPage(items=items, next_cursor=cursor_of(page.after))


@router.get(
    "/service-points/{service_point_id}",
    summary="服务点 One service point",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_service_point(
    key: AnyKey,
    sandbox: InSandbox,
    service_point_id: Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,16}$")],
) -> ServicePointShown:
    """Operator with training and own relations, terminals, controls, till."""
    found = await sandbox.database.read(partial(points_by_id, ids=[service_point_id]))
    if service_point_id not in found:
        raise Problem("not-found")
    return shown(found[service_point_id], key)


@router.get(
    "/service-points/{service_point_id}/grades",
    summary="分类分级 Grades of a point",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def list_grades(
    _key: StaffKey,
    sandbox: InSandbox,
    service_point_id: Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,16}$")],
    wanted: Annotated[WantedGrades, Query()],
) -> GradePage:
    """How it was graded month by month, the newest first, with the reasons. Staff only.

    The clock grades on the first of a month at 01:00 for the month before, once there was enough
    history: until then every point of a demo world is tier B.
    """
    after = position_of(wanted.cursor, str)

    def look(connection: Connection) -> list[GradeRow]:
        if service_point_id not in points_by_id(connection, [service_point_id]):
            raise Problem("not-found")
        before = after[0] if after else "9999-12"
        return grades_of(connection, service_point_id, wanted.limit + 1, before)

    rows = await sandbox.database.read(look)
    page, rest = rows[: wanted.limit], rows[wanted.limit :]
    return GradePage(
        items=[GradeShown.of(row) for row in page],
        next_cursor=cursor_of((page[-1].month,)) if rest else None,
    )


@router.get(
    "/terminals/{terminal_id}",
    summary="终端 One terminal",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_terminal(
    _key: AnyKey, sandbox: InSandbox, terminal_id: Annotated[TerminalId, Path()]
) -> TerminalShown:
    """Its kind, its binding and the till that it pays out of."""
    found = await sandbox.database.read(
        partial(query_points.find_terminal, terminal_id=terminal_id)
    )
    if found is None:
        raise Problem("not-found")
    return TerminalShown.of(found)


def nearest(
    connection: Connection, wanted: Wanted, spot: Spot
) -> tuple[Page[PointRecord], dict[str, float]]:
    """Return the page of points that are nearest to ``spot``, with their distances in metres."""
    after = position_of(wanted.cursor, float, str)
    meters = meters_from(spot)
    ranked = (
        (meters(latitude, longitude), point_id)
        for point_id, latitude, longitude in positions(connection, wanted.filters())
    )
    rest = nsmallest(wanted.limit + 1, (row for row in ranked if after is None or row > after))
    chosen = rest[: wanted.limit]
    found = points_by_id(connection, (point_id for _, point_id in chosen))
    points: Sequence[PointRecord] = [found[point_id] for _, point_id in chosen]
    has_more = len(rest) > len(chosen)
    return Page(points, chosen[-1] if has_more else None), {i: m for m, i in chosen}


def shown(point: PointRecord, key: ApiKey, distance_m: float | None = None) -> ServicePointShown:
    return point_shown(
        point,
        county_name=name_of(point.county),
        town_name=name_of(point.town),
        to_staff=key.role in STAFF,
        distance_m=distance_m,
    )
