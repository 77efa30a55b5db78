"""运行监测 Operations: what happens now, where, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter
from sqlalchemy import Connection, func, select
from starlette.responses import Response

from api.auth import STAFF
from api.console.frame import is_on_map, on_map
from api.console.gate import page
from api.console.navigation import HOME
from api.console.stream.board import Board
from api.console.stream.read import shown
from api.console.stream.state import State
from api.console.visit import Visit
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.transactions import Transaction
from pos_sim.store.tables import service_points
from seeds.geography import guizhou

router = APIRouter(prefix=HOME)

Staff = Annotated[Visit, page(*STAFF)]

MAP = "guizhou.json"
POINTS_MAX = 3_000
"""So many points are sent at once; beyond it they would weigh more than the page."""
BUSINESSES = (
    Business.WITHDRAWAL,
    Business.BALANCE_INQUIRY,
    Business.TRANSFER,
    Business.BILL_PAYMENT,
    Business.CASH_REMITTANCE,
    Business.REVERSAL,
)
"""In the order in which the bars are stacked."""


SHAPES = {
    "n": "M0-4a4 4 0 1 0 .01 0z",
    "a": "M0-5.5 5.5 0 0 5.5-5.5 0z",
    "c": "M0-3.5a3.5 3.5 0 1 0 .01 0z",
    "f": "M-4.5-4.5h9v9h-9z",
}
"""How points look on the map, by the letter of their look: color is not the only sign."""


@router.get("")
async def operations(visit: Staff) -> Response:
    """The page, with everything in it that its first look needs."""
    state, newest = await visit.console.feed.state()
    return visit.show(
        "operations.html",
        state=shown_state(state, newest, visit.now),
        figures=figures_of(state),
        day=state.today.day,
        texts={**visit.t.under("base"), **visit.t.under("severity"), **visit.t.under("operations")},
        options=options_of(visit),
        prefectures=guizhou(),
        map_at=visit.console.assets.url(MAP) if MAP in visit.console.assets.files else "",
    )


@router.get("/operations/state")
async def operations_state(visit: Staff) -> Response:
    """The same as data, with the look of every point: after a lost connection, or a long sleep."""
    state, newest = await visit.console.feed.state()
    return json_of(shown_state(state, newest, visit.now) | {"looks": state.board.looks})


@router.get("/operations/points")
async def operations_points(visit: Staff, within: str = "") -> Response:
    """The points on the map: id, place, name, county. Of a whole province only how many there are
    in each county, until somebody asks for those ``within`` a prefecture or a county.
    """
    if not within:
        counts = await visit.sandbox.database.read(points_by_county)
        if sum(counts.values()) > POINTS_MAX:
            return json_of({"counties": counts})
    return json_of(await visit.sandbox.database.read(partial(places_of_points, within=within)))


@router.get("/session")
async def session(visit: Annotated[Visit, page()]) -> Response:
    """Who is signed in; 401 for nobody, which is how a page that lost its stream learns why."""
    return json_of({"name": visit.who.name, "role": visit.who.role})


def shown_state(state: State, newest: Sequence[Transaction], now: datetime) -> dict[str, Any]:
    """Return what the page needs to begin with, and to begin again."""
    return {
        "since": str(state.today.place),
        "day": state.today.day.isoformat(),
        "clock": int(now.timestamp()),
        "figures": figures_of(state),
        "hours": state.today.by_hour(),
        "alerts": state.board.alerts,
        "recent": [shown(one, state.names) for one in newest],
    }


def options_of(visit: Visit) -> dict[str, Any]:
    """Return what the page's modules need to know beside the state."""
    return {
        "language": visit.t.language,
        "businesses": [business.value for business in BUSINESSES],
        "shapes": SHAPES,
        "alerts": "/console/alerts" in visit.console.built,
        "points": "/console/points" in visit.console.built,
    }


def figures_of(state: State) -> dict[str, int]:
    board: Board = state.board
    return state.today.figures() | board.figures()


def points_by_county(connection: Connection) -> dict[str, int]:
    """Return how many points there are, by the code of the county."""
    p = service_points.c
    query = (
        select(p.county, func.count())
        .where(p.status != PointStatus.EXITED.value)
        .group_by(p.county)
    )
    return {str(county): int(points) for county, points in connection.execute(query)}


def places_of_points(
    connection: Connection, within: str = ""
) -> list[tuple[str, float, float, str, str]]:
    """Return the points that the map can show, by id; ``within``: the first digits of a code."""
    p = service_points.c
    query = (
        select(p.service_point_id, p.longitude, p.latitude, p.name, p.county)
        .where(
            p.status != PointStatus.EXITED.value,
            p.county.startswith(within, autoescape=True),
        )
        .order_by(p.service_point_id)
    )
    return [
        (point_id, *on_map(longitude, latitude), name, county)
        for point_id, longitude, latitude, name, county in connection.execute(query)
        if is_on_map(longitude, latitude)
    ]


def json_of(body: object) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")
