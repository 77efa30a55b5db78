"""时钟 The bank's time: what it shows, where it goes next, and what came about on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, TypeAlias

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.responses import Response

from api.auth import STAFF
from api.clock import clock_shown, moved
from api.clock_moves import due_next, go_to, note_move, wanted_moment
from api.console.gate import page
from api.console.month import month_of
from api.console.navigation import HOME
from api.console.once import Done, do_once, token_of
from api.console.visit import Visit
from api.desk import Desk
from api.json_answers import json_answer
from api.models.clock import ClockBody, Moved
from api.problems import Problem
from pos_sim.domain.calendar import business_date

router = APIRouter(prefix=f"{HOME}/clock")

Staff = Annotated[Visit, page(*STAFF)]
Trainer = Annotated[Visit, page("admin")]

CLOCK = f"{HOME}/clock"
FIRED_MAX = 300
"""So many of the things that were done are listed; all are counted."""

Way: TypeAlias = Mapping[str, str]
STEPS = ("PT1H", "P1D", "P7D", "P1M", "P1Y")
NEXT = ("due", "business_day", "cut_off", "month_start", "annual_review")


@router.get("")
async def clock(visit: Staff, month: str = "") -> Response:
    """The clock, what is due next, and the bank's calendar."""
    return await show_clock(visit, month)


@router.get("/now")
async def now(visit: Staff) -> Response:
    """What the clock shows, for a page that waits while it goes."""
    return json_answer({"now": f"{visit.now:%Y-%m-%d %H:%M}"})


@router.post("")
async def move(visit: Trainer) -> Response:
    """Move the clock as ``POST /sim/clock`` does, and show what was done."""
    desk: Desk = visit.request.app.state.desk
    before = visit.now
    try:
        to = await target(visit, before)
    except Problem as problem:
        return visit.go(CLOCK, refused=visit.words_of(problem))
    note = partial(note_move, by=visit.who.name, now=before, to=to)
    done: Done = await visit.sandbox.database.run(
        partial(do_once, token=token_of(visit.form), work=note, to=lambda _: CLOCK)
    )
    if done.before:
        return visit.go(CLOCK, said=visit.t("base.done_before"))
    return await show_clock(visit, "", moved(before, *await go_to(desk, to)))


async def show_clock(visit: Visit, month: str, went: Moved | None = None) -> Response:
    moment = visit.now
    due = await visit.sandbox.database.read(partial(due_next, sandbox=visit.sandbox, now=moment))
    return visit.show(
        "clock.html",
        shown=clock_shown(moment),
        today=business_date(moment),
        month=month_of(month, business_date(moment)),
        due=due,
        went=went,
        fired_max=FIRED_MAX,
        steps=STEPS,
        next=NEXT,
    )


async def target(visit: Visit, now: datetime) -> datetime:
    """Return where the form wants the clock to go; a `Problem` where it cannot."""
    way = visit.form.get("way", "")
    if way == "due":
        return await next_due(visit, now)
    read = WAYS.get(way, _step)
    try:
        body = ClockBody.model_validate(read(visit.form))
    except ValidationError:
        raise Problem("invalid", visit.t("clock.no_moment")) from None
    return await wanted_moment(visit.sandbox, body, now)


async def next_due(visit: Visit, now: datetime) -> datetime:
    """Return when the next thing is due; what is overdue is done at once."""
    look = partial(due_next, sandbox=visit.sandbox, now=now)
    planned = await visit.sandbox.database.read(look)
    if not planned:
        raise Problem("illegal-action", visit.t("clock.nothing_due"))
    return max(now, planned[0].at)


def _step(form: Way) -> dict[str, str]:
    """Return a step, ``P1D``, or a kind of moment, ``cut_off``."""
    way = form.get("way", "")
    return {"advance_to_next" if way in NEXT else "advance_by": way}


def _moment(form: Way) -> dict[str, str]:
    """Return a date and a time as an RFC 3339 moment here."""
    at = form.get("at", "")
    return {"advance_to": f"{form.get('on', '')}T{at if at.count(':') == 2 else at + ':00'}+08:00"}


WAYS: Mapping[str, Callable[[Way], dict[str, str]]] = {"moment": _moment}
