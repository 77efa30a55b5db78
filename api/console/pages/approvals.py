"""复核 Approvals: what waits for a second person, and what the second person says."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.navigation import HOME
from api.console.staff.approvals import proposal_of
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
    read,
    show,
)
from api.console.staff.proposals import Proposal, Reading
from api.console.texts import Texts
from api.console.visit import Visit
from api.models.risk_approvals import DecisionBody
from api.paging import position_of
from pos_sim.engine.following import follow_policies
from pos_sim.store.queries import Page
from risk.approval_effects import EFFECTS
from risk.approvals import Approval, Choice, decide, list_approvals

router = APIRouter(prefix=f"{HOME}/approvals")

ApprovalPath = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$")]

PAGE = 20
STATES = ("pending", "approved", "rejected", "all")
AT = f"{HOME}/approvals"


@router.get("")
async def list_of_approvals(visit: Reader, state: str = "", cursor: str = "") -> Response:
    """What waits, the newest first; and what was decided."""
    return await approvals_page(200, visit=visit, state=state, cursor=cursor)


async def approvals_page(
    status: int, *, visit: Visit, state: str = "", cursor: str = ""
) -> Response:
    chosen = one_of(state, STATES) or "pending"
    look = partial(
        looked_up,
        state=None if chosen == "all" else chosen,
        after=position_of(cursor or None, int, str),
        t=visit.t,
        now=visit.now,
        who=visit.who.name,
    )
    found, at = await read(visit, look)
    asked = {"state": chosen if chosen != "pending" else ""}
    tabs = [
        {
            "text": visit.t(f"approvals.tab_{one}"),
            "href": address(AT, {"state": one if one != "pending" else ""}),
            "count": None,
            "is_current": one == chosen,
        }
        for one in STATES
    ]
    return show(
        visit, "approvals.html", at, Watch(kinds=("approval", "alert", "case", "control")),
        status=status, found=found.items, chosen=chosen, tabs=tabs, may_act=visit.may(*ACTING),
        next_page=next_page(AT, asked, found.after),
    )  # fmt: skip


def looked_up(
    connection: Connection, state: str | None, after: Any, t: Texts, now: datetime, who: str
) -> Page[Proposal]:
    """Return a page of approvals with what each is about."""
    page = list_approvals(connection, state, PAGE, after)
    reading = Reading(connection, t, now, who)
    return Page([proposal_of(reading, one) for one in page.items], page.after)


@router.post("/{approval_id}")
async def decide_one(visit: Clerk, approval_id: ApprovalPath) -> Response:
    """Approve or reject, and go back to where the form stood."""
    form, now = visit.form, visit.now

    def work(connection: Connection) -> Approval:
        fields = {"decision": form.get("decision", ""), "note": line(form, "note")}
        body = body_of(DecisionBody, fields)
        return decide(
            connection, approval_id, choice=body.decision, by=visit.who.name, at=now,
            note=body.note, effects=EFFECTS,
        )  # fmt: skip

    is_elsewhere = visit.came_from.startswith(f"{HOME}/cases/")
    answer = await visit.do(
        work,
        to=visit.came_from if is_elsewhere else AT,
        said=said,
        again=None if is_elsewhere else partial(approvals_page, visit=visit),
    )
    await follow_policies(visit.sandbox)
    return answer


def said(decided: Approval) -> str:
    """Return the name of the text that says what was decided."""
    is_yes = decided.choice is Choice.APPROVE
    return "approvals.said_approved" if is_yes else "approvals.said_rejected"
