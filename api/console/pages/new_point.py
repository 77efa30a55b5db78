"""新增服务点 A new point: first its county, then the form; it begins on trial."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.gate import page
from api.console.navigation import HOME
from api.console.staff import opening
from api.console.visit import Visit
from api.geography import check_place
from pos_sim.domain.banks import BANKS
from pos_sim.domain.service_points import PointKind
from risk import onboarding
from seeds.geography import County, counties, guizhou

router = APIRouter(prefix=f"{HOME}/points/new")

Maker = Annotated[Visit, page("maker")]


@router.get("")
async def form(visit: Maker, county: str = "") -> Response:
    """The counties; of a chosen one, the form."""
    return await form_page(200, visit=visit, county=county)


async def form_page(status: int, *, visit: Visit, county: str) -> Response:
    return visit.show(
        "point_new.html", status, path=f"{HOME}/points/new", prefectures=guizhou(),
        county=county_of(county), banks=BANKS, kinds=[one.value for one in PointKind],
        sent=visit.form, wrong=named(visit),
    )  # fmt: skip


def county_of(code: str) -> County | None:
    return next((one for one in counties() if one.code == code), None)


def named(visit: Visit) -> dict[str, str]:
    """Return what is wrong by the names that the form has for its fields."""
    return {opening.FIELD_NAMES.get(name, name): text for name, text in visit.wrong.items()}


@router.post("")
async def create(visit: Maker) -> Response:
    """Register it, and go to its page."""
    sent, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        body = opening.new_point(sent)
        check_place(body.county, body.town, body.position.latitude, body.position.longitude)
        return onboarding.create_point(connection, wish=body.wish(), by=visit.who.name, at=now)

    return await visit.do(
        work,
        to=lambda point_id: f"{HOME}/points/{point_id}",
        said="opening.said_created",
        again=partial(form_page, visit=visit, county=sent.get("county", "")),
    )
