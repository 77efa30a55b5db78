"""班级 The trainer watches the class, and prints what it has passed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from api.auth import STAFF
from api.console.class_sheet import as_csv, cell_of, learners, seat_shown, seats
from api.console.gate import page
from api.console.lesson_book import all_lessons
from api.console.navigation import HOME
from api.console.visit import Visit
from api.json_answers import json_answer
from pos_sim.domain.training import TITLES, Subject

router = APIRouter(prefix=f"{HOME}/class")

Staff = Annotated[Visit, page(*STAFF)]

BOM = "\ufeff"
"""Lets a spreadsheet read the file as UTF-8."""


@router.get("")
async def class_page(visit: Staff) -> Response:
    """Who sits where with which lesson, and the sheet of learners and lessons."""
    now = await visit.sandbox.database.read(seats)
    people = await visit.sandbox.database.read(learners)
    return visit.show(
        "class.html",
        seats=[seat_shown(one, visit.t) for one in now],
        people=people,
        lessons=all_lessons(),
        subjects=len(Subject),
        titles=TITLES,
        cell=lambda tries: cell_of(tries, visit.t),
    )


@router.get("/now")
async def seats_now(visit: Staff) -> Response:
    """The same seats as data, for the pages that watch: they share one look a second."""
    found = await visit.console.seats.get()
    return json_answer([seat_shown(one, visit.t) for one in found])


@router.get("/sheet.csv")
async def sheet(visit: Staff) -> Response:
    """The class sheet as a file for a spreadsheet."""
    text = as_csv(await visit.sandbox.database.read(learners), visit.t)
    headers = {"Content-Disposition": 'attachment; filename="class.csv"'}
    return Response(BOM + text, media_type="text/csv; charset=utf-8", headers=headers)
