"""服务点 Service points: the register to search in, and one page a point with its life."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth import require_role
from api.console.navigation import HOME
from api.console.pages.alert import answers
from api.console.staff import opening
from api.console.staff import points as desk
from api.console.staff.desk import (
    ACTING,
    Clerk,
    Reader,
    Watch,
    body_of,
    line,
    next_page,
    one_of,
    read,
    show,
)
from api.console.staff.life import life_of
from api.console.staff.life_moments import control_text
from api.console.staff.times import due_text
from api.console.visit import Visit, work_says
from api.geography import name_of
from api.models.cases import CaseActionBody
from api.models.controls import ControlBody
from api.models.service_points import clock_time
from api.paging import position_of
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import business_date
from pos_sim.domain.service_points import PointStatus, TerminalKind
from pos_sim.domain.training import TITLES, USUAL_PASS_MARK, Subject
from pos_sim.store.query_points import PointFilter
from risk import controls
from risk.case_mistakes import IllegalMove
from risk.controls import Controlled
from risk.grades import REVIEW_WORDS
from risk.vocabulary import Tier
from risk.workflows import WORKFLOWS
from seeds.geography import counties, guizhou

router = APIRouter(prefix=f"{HOME}/points")

PointPath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,16}$")]

STATUSES = tuple(status.value for status in PointStatus)
TIERS = tuple(tier.value for tier in Tier)
STARS = ("5", "4", "3", "2", "1")
TEXT_MAX = 40
MAKERS = frozenset({"maker"})
"""Who enters what is new into the register."""


# The register -----------------------------------------------------------------------------------


@router.get("")
async def list_of_points(
    visit: Reader, q: str = "", county: str = "", town: str = "", bank: str = "",
    status: str = "", star: str = "", tier: str = "", control: str = "", cursor: str = "",
) -> Response:  # fmt: skip
    """The points of the province by county and number, then the others."""
    asked = {
        "q": q.strip()[:TEXT_MAX],
        "county": county if is_code(county, 6) else "",
        "town": town if is_code(town, 9) and town.startswith(county) else "",
        "bank": one_of(bank, BANKS),
        "status": one_of(status, STATUSES),
        "star": one_of(star, STARS),
        "tier": one_of(tier, TIERS),
        "control": one_of(control, ("1", "0")),
    }
    after = position_of(cursor or None, int, str, str)
    look = partial(desk.listed, wanted=wanted(asked), after=after)
    found, at = await read(visit, look)
    chosen = next((one for one in counties() if one.code == asked["county"]), None)
    return show(
        visit, "points.html", at, Watch(kinds=("service_point", "control")),
        found=found, asked=asked, banks=BANKS, statuses=STATUSES, stars=STARS, tiers=TIERS,
        prefectures=guizhou(), towns=chosen.towns if chosen else (), name_of=name_of,
        next_page=next_page(f"{HOME}/points", asked, found.page.after),
    )  # fmt: skip


def is_code(text: str, longest: int) -> bool:
    return text.isascii() and text.isdecimal() and 4 <= len(text) <= longest


def wanted(asked: dict[str, str]) -> PointFilter:
    return PointFilter(
        county=asked["county"] or None,
        town=asked["town"] or None,
        bank_id=asked["bank"] or None,
        status=asked["status"] or None,
        tier=asked["tier"] or None,
        star_grade=int(asked["star"]) if asked["star"] else None,
        is_controlled=asked["control"] == "1" if asked["control"] else None,
        text=asked["q"] or None,
        named=desk.codes_named(asked["q"]) if asked["q"] else frozenset(),
    )


# One point --------------------------------------------------------------------------------------


@router.get("/{point_id}")
async def one_point(visit: Reader, point_id: PointPath) -> Response:
    """Its life, its counter, its people, its controls, its grade, and what may be done."""
    return await point_page(200, visit=visit, point_id=point_id)


async def point_page(status: int, *, visit: Visit, point_id: str) -> Response:
    def look(connection: Connection) -> tuple[desk.PointDesk, opening.Readiness]:
        found = desk.desk_of(connection, point_id)
        return found, opening.readiness_of(connection, found.point)

    (found, ready), at = await read(visit, look)
    point = found.point
    ids = {
        point_id,
        *(case.case_id for case in found.open_cases),
        *(f"{point_id} {business.value}" for business in desk.BUSINESSES),
    }
    return show(
        visit, "point.html", at, Watch(ids=ids, kinds=("approval",), board=True), status=status,
        desk=found, point=point, path=f"{HOME}/points/{point_id}", name_of=name_of,
        bank=BANKS.get(point.bank_id), life=life_of(visit.t, found, visit.now),
        clock_time=clock_time, businesses=desk.BUSINESSES, limitable=desk.LIMITABLE,
        control_text=partial(control_text, visit.t), usual_end=desk.usual_end(visit.now),
        today=business_date(visit.now), workflows=WORKFLOWS, review_words=REVIEW_WORDS,
        due_text=partial(due_text, visit.t), answers=answers(visit),
        may_act=visit.may(*ACTING), alert_weights=alert_weights(found), ready=ready,
        subjects=[(one.value, *TITLES[one]) for one in Subject], usual_pass_mark=USUAL_PASS_MARK,
        terminal_kinds=[one.value for one in TerminalKind],
    )  # fmt: skip


def alert_weights(found: desk.PointDesk) -> dict[str, int]:
    """Return what a verified alert weighs, by severity, in the policy of the latest grade."""
    if found.parts is None:
        return {}
    return {one.value: weight for one, weight in found.parts.policy.alert_weight.items()}


@router.post("/{point_id}")
async def act(visit: Clerk, point_id: PointPath) -> Response:
    """Do what a form asks for; on this page again where it cannot be done."""
    move = visit.form.get("do", "")
    if move == "control":
        return await control(visit, point_id)
    if move in opening.STEP_WORK:
        return await take_step(visit, point_id, move)
    return await freeze(visit, point_id)


async def take_step(visit: Visit, point_id: str, move: str) -> Response:
    """Train, equip, rename or ask to open, as makers do."""
    require_role(visit.who, MAKERS)
    return await visit.do(
        opening.step_of(move, point_id, visit.form, visit.who.name, visit.now),
        to=f"{HOME}/points/{point_id}",
        said=opening.SAID[move],
        again=partial(point_page, visit=visit, point_id=point_id),
    )


async def freeze(visit: Visit, point_id: str) -> Response:
    """Propose a freeze, or freeze at once for a day; the case has the rest."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        fields = {"action": form.get("do", ""), "note": line(form, "note")}
        body = body_of(CaseActionBody, fields)
        if body.action not in ("freeze", "emergency_freeze"):
            raise IllegalMove(())
        desk.freeze(connection, point_id, body.action, body.note, visit.who.name, now)
        return f"points.said_{body.action}"

    return await visit.do(
        work,
        to=f"{HOME}/points/{point_id}",
        said=work_says,
        again=partial(point_page, visit=visit, point_id=point_id),
    )


async def control(visit: Visit, point_id: str) -> Response:
    """Tighten at once, or propose to loosen."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> Controlled:
        wish = body_of(ControlBody, desk.control_fields(form, now)).wish()
        return controls.control(connection, point_id, wish, visit.who.name, now)

    return await visit.do(
        work,
        to=f"{HOME}/points/{point_id}",
        said=lambda made: "points.said_proposed" if made.approval_id else "points.said_tightened",
        again=partial(point_page, visit=visit, point_id=point_id),
    )
