"""教学终端 The teaching terminal: a page around the public API, with or without a lesson."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Annotated, TypeAlias

from fastapi import APIRouter
from starlette.responses import Response

from api.console.gate import page
from api.console.lesson_book import find_lesson
from api.console.lesson_run import opening_of
from api.console.navigation import HOME
from api.console.terminal_tray import Teaching, terminals_of, tray_of
from api.console.visit import Visit
from api.json_answers import json_answer
from api.problems import Problem
from pos_sim.domain.calendar import in_local_time
from pos_sim.domain.training import FULL_SCORE
from seeds.manifest import Moment

router = APIRouter(prefix=HOME)

Anyone: TypeAlias = Annotated[Visit, page()]

DEMO_KEY = "demo-terminal"
"""The documented key of a demo world. Elsewhere the trainer enters one; it stays in the page."""


@router.get("/terminal")
async def terminal(
    visit: Anyone, lesson: str = "", trainee: str = "", learner: str = ""
) -> Response:
    """The terminal; ``lesson`` puts one beside it, ``trainee`` is the point that it counts for, and
    ``learner`` the name of somebody who only practices.
    """
    wanted = find_lesson(lesson) if lesson else None
    if lesson and wanted is None:
        raise Problem("not-found")
    machines = await visit.sandbox.database.read(
        partial(terminals_of, moment=Moment(visit.sandbox.world, visit.now))
    )
    return visit.show(
        "terminal.html",
        lesson=opening_of(wanted) if wanted else None,
        first_step=wanted.steps[0] if wanted else None,
        full_score=FULL_SCORE,
        trainee=trainee,
        learner=learner,
        terminals=machines,
        terminal_key=DEMO_KEY if visit.sandbox.world.is_demo else "",
        clock=in_local_time(visit.now),
    )


@router.get("/terminal/tray")
async def tray(visit: Anyone, service_point_id: str) -> Response:
    """Cards, payee slips and bills for a counter, in the language of this browser."""
    teaching = Teaching(
        visit.sandbox.world, Moment(visit.sandbox.world, visit.now), visit.t, Random()
    )
    lay = partial(tray_of, point_id=service_point_id, teaching=teaching)
    found = await visit.sandbox.database.read(lay)
    if found is None:
        raise Problem("not-found")
    return json_answer(found)
