"""案件 Cases: what is open, and one case with its way, its checklist, its papers and its moves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.navigation import HOME
from api.console.staff import cases as desk
from api.console.staff.desk import (
    ACTING,
    Clerk,
    Reader,
    Watch,
    address,
    body_of,
    line,
    next_page,
    one_of,
    part,
    read,
    read_list,
    show,
    show_list,
)
from api.console.staff.subjects import reason_of
from api.console.staff.times import DueText, due_text
from api.console.visit import Visit, work_says
from api.models.cases import CaseActionBody, CaseBody, checklist_shown
from api.paging import position_of
from api.problems import Problem
from pos_sim.store.queries import Page
from pos_sim.store.query_points import point_names
from risk.alerts import AlertVerdict
from risk.case_by_staff import open_by_staff
from risk.case_data import Measure, Outcome
from risk.case_opening import Wish
from risk.case_view import SHEET, paper_text
from risk.cases import KIND, act, pending_of
from risk.checklists import Result, shipped_checklist
from risk.store import approval_rows, case_rows
from risk.store.case_rows import CaseFilter
from risk.workflow import Actor, Case, CaseKind
from risk.workflows import WORKFLOWS

router = APIRouter(prefix=f"{HOME}/cases")

CasePath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$")]

AT = f"{HOME}/cases"
PAGE = 25
PLACE_MAX = 40
WAYS = ("", "overdue", "closed", "all")
KINDS = tuple(kind.value for kind in CaseKind)


# The list -------------------------------------------------------------------------------------


@router.get("")
async def list_of_cases(
    visit: Reader, kind: str = "", way: str = "", place: str = "", cursor: str = ""
) -> Response:
    """The latest opened first."""
    asked = {"kind": one_of(kind, KINDS), "way": one_of(way, WAYS),
             "place": place.strip()[:PLACE_MAX]}  # fmt: skip
    return await cases_page(200, visit=visit, asked=asked, cursor=cursor)


async def cases_page(
    status: int, *, visit: Visit, asked: dict[str, str] | None = None, cursor: str = ""
) -> Response:
    asked = asked or {"kind": "", "way": "", "place": ""}
    look = partial(
        looked_up,
        wanted=filter_of(asked, visit.now),
        after=position_of(cursor or None, int, str),
        now=visit.now,
    )
    reading = await read_list(visit, ("cases", *asked.values(), cursor), look)
    found, names, waiting, counts = reading.found
    kinds = [(one.kind.value, visit.t.pick(one.title, one.title_en)) for one in WORKFLOWS.values()]
    listed = part(
        visit, reading, "cases_list.html",
        found=found.items, names=names, waiting=waiting, asked=asked, workflows=WORKFLOWS,
        kinds=kinds, due_of=partial(due_of, visit), reason_of=partial(reason_of, visit.t),
        next_page=next_page(AT, asked, found.after),
    )  # fmt: skip
    return show_list(
        visit, "cases.html", reading, Watch(kinds=("case", "approval")), status=status,
        list=listed, tabs=tabs(asked, counts), kinds=kinds, may_act=visit.may(*ACTING),
    )  # fmt: skip


def filter_of(asked: dict[str, str], now: datetime) -> CaseFilter:
    way = asked["way"]
    return CaseFilter(
        kind=asked["kind"] or None,
        place=asked["place"] or None,
        is_open={"": True, "closed": False}.get(way),
        overdue_at=now,
        is_overdue=True if way == "overdue" else None,
    )


def looked_up(
    connection: Connection, wanted: CaseFilter, after: Any, now: datetime
) -> tuple[Page[Case], dict[str, str], Collection[str], tuple[int, int]]:
    """Return a page of cases, names of points, which wait for a second person, open, overdue."""
    found = case_rows.list_cases(connection, wanted, PAGE, after)
    points = [one.service_point_id for one in found.items if one.service_point_id]
    waiting = approval_rows.pending_of(connection, KIND, [one.case_id for one in found.items])
    names, counts = point_names(connection, points), case_rows.count_open(connection, now)
    return found, names, waiting.keys(), counts


def tabs(asked: dict[str, str], counts: tuple[int, int]) -> list[dict[str, Any]]:
    numbers: Sequence[int | None] = (*counts, None, None)
    return [
        {
            "text": f"cases.tab_{way or 'open'}",
            "href": address(AT, {**asked, "way": way}),
            "count": count,
            "is_current": asked["way"] == way,
        }
        for way, count in zip(WAYS, numbers, strict=True)
    ]


def due_of(visit: Visit, case: Case) -> DueText | None:
    """Return when an open case is due, in words."""
    if not case.is_open or case.due_at is None:
        return None
    return due_text(visit.t, case.due_at, visit.now, case.opened_at)


@router.post("")
async def open_one(visit: Clerk) -> Response:
    """Open a case about a point, and go there."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        fields = {
            "kind": form.get("kind", ""),
            "service_point_id": form.get("service_point_id", ""),
            "reason": line(form, "note"),
        }
        body = body_of(CaseBody, fields)
        wish = Wish(kind=body.kind, service_point_id=body.service_point_id, reason=body.reason,
                    by=visit.who.name, at=now)  # fmt: skip
        return open_by_staff(connection, wish).case_id

    again = partial(cases_page, visit=visit)
    return await visit.do(
        work, to=lambda case_id: f"{AT}/{case_id}", said="cases.said_opened", again=again
    )


# One case -------------------------------------------------------------------------------------


@router.get("/{case_id}")
async def one_case(visit: Reader, case_id: CasePath) -> Response:
    """Its way, what was found, what may be done."""
    return await case_page(200, visit=visit, case_id=case_id)


async def case_page(status: int, *, visit: Visit, case_id: str) -> Response:
    look = partial(desk.desk_of, case_id=case_id, t=visit.t, now=visit.now, who=visit.who.name)
    found, at = await read(visit, look)
    ids = {case_id, *(one.alert_id for one in found.alerts), *(one.case_id for one in found.others)}
    if found.case.service_point_id:
        ids.add(found.case.service_point_id)
    return show(
        visit, "case.html", at, Watch(ids=ids, kinds=("approval",)), status=status,
        desk=found, case=found.case, path=f"{AT}/{case_id}", may_act=visit.may(*ACTING),
        due=due_of(visit, found.case), reason=reason_of(visit.t, found.case),
        checklist_groups=checklist_shown(found.view),
        may_fail=shipped_checklist().may_fail,
        has_checklist=found.case.kind is CaseKind.ANNUAL_REVIEW, workflows=WORKFLOWS,
        trail=desk.trail_of(visit.t, found.workflow, found.view.history), sheet=SHEET,
        verdicts=[one.value for one in AlertVerdict], measures=[one.value for one in Measure],
        outcomes=[one.value for one in Outcome], results=[one.value for one in Result],
    )  # fmt: skip


@router.get("/{case_id}/papers/{number}")
async def one_paper(
    visit: Reader, case_id: CasePath, number: Annotated[int, Path(ge=0, le=10_000)]
) -> Response:
    """A paper to read and to print; number 0 is the sheet of the case as it stands."""
    look = partial(paper_text, case_id=case_id, number=number)
    try:
        text = await visit.sandbox.database.read(look)
    except LookupError:
        raise Problem("not-found") from None
    return visit.show("paper.html", text=text, path=f"{AT}/{case_id}")


@router.post("/{case_id}")
async def act_on(visit: Clerk, case_id: CasePath) -> Response:
    """Do what a form asks for, or propose it where it needs two; here again where it cannot be."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> str:
        case = case_rows.find(connection, case_id)
        if case is None:
            raise LookupError(case_id)
        action = form.get("do", "")
        fields = {"action": action, "note": line(form, "note"),
                  "data": desk.data_of(case, action, form)}  # fmt: skip
        body = body_of(CaseActionBody, fields)
        before = pending_of(connection, case_id)
        acted = act(
            connection, case_id, body.action, actor=Actor(visit.who.name), at=now,
            note=body.note, data=body.data,
        )  # fmt: skip
        is_proposed = acted.approval_id not in (None, before)
        return "cases.said_proposed" if is_proposed else "cases.said_done"

    return await visit.do(
        work,
        to=f"{AT}/{case_id}",
        said=work_says,
        again=partial(case_page, visit=visit, case_id=case_id),
    )
