"""课程 The course, the class sheet of a lesson, and the attempts that count for an operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth import require_terminal
from api.console.gate import page
from api.console.lesson_book import Lesson, all_lessons, find_lesson
from api.console.lesson_class import FREE, Beginning, Judge, Moves, begin_attempt, tell
from api.console.lesson_run import shown, steps_for
from api.console.lesson_store import Attempt
from api.console.navigation import HOME
from api.console.visit import Visit
from api.json_answers import json_answer
from api.problems import Problem, invalid
from api.routes.risk_work import refusals
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.training import TITLES, Subject
from pos_sim.store.query_points import PointFilter, PointRecord, list_points, points_by_id

T = TypeVar("T", bound=BaseModel)

router = APIRouter(prefix=f"{HOME}/lessons")

Anyone = Annotated[Visit, page()]
TRAINEES_MAX = 100
LEARNER_MAX = 20


@dataclass(frozen=True, slots=True)
class Chapter:
    """One training subject with its lessons, and how the trainee stands in it."""

    title: tuple[str, str]
    lessons: Sequence[Lesson]
    result: Mapping[str, Any] | None


@router.get("")
async def course(visit: Anyone, trainee: str = "", learner: str = "") -> Response:
    """All lessons by subject; with a trainee also what the operator has passed."""
    points, chosen = await visit.sandbox.database.read(partial(trainees, wanted=trainee))
    return visit.show(
        "lessons.html",
        chapters=[chapter_of(subject, chosen) for subject in Subject],
        points=points,
        trainee=chosen,
        learner="" if chosen else learner.strip()[:LEARNER_MAX],
    )


@router.get("/{lesson_id}")
async def class_sheet(lesson_id: str, visit: Anyone, trainee: str = "") -> Response:
    """What the trainer prints: the course of the lesson, common mistakes, and a list of names."""
    return visit.show(
        "lesson_sheet.html",
        lesson=wanted_lesson(lesson_id),
        subjects=TITLES,
        mistakes=mistakes_in(wanted_lesson(lesson_id)),
        trainee=trainee,
    )


@router.post("/{lesson_id}/attempts")
async def begin(lesson_id: str, visit: Anyone) -> Response:
    """Begin a lesson at a terminal; the answer has the steps, and where the learner stands."""
    lesson, wish = wanted_lesson(lesson_id), await body_of(visit, Beginning)
    attempt = await entered(visit, lesson.lesson_id, wish)
    steps = steps_for(lesson, attempt.attempt_id)
    return json_answer({"steps": steps, **standing(visit, lesson, attempt)}, 201)


@router.post("/seats")
async def sit_down(visit: Anyone) -> Response:
    """Say that somebody stands at a terminal and practices: the trainer sees it."""
    attempt = await entered(visit, FREE, await body_of(visit, Beginning))
    return json_answer({"attempt_id": attempt.attempt_id}, 201)


@router.post("/attempts/{attempt_id}/moves")
async def moves(attempt_id: str, visit: Anyone) -> Response:
    """Take what the terminal tells; a passed exam of a trainee is entered by a maker."""
    told = await body_of(visit, Moves)
    judge = Judge(visit.who.name, visit.may("maker"), visit.now)
    with refusals():
        attempt = await visit.sandbox.database.run(
            partial(tell, attempt_id=attempt_id, moves=told, judge=judge)
        )
    return json_answer(standing(visit, wanted_lesson(attempt.lesson_id), attempt))


async def entered(visit: Visit, lesson_id: str, wish: Beginning) -> Attempt:
    """Enter an attempt at a terminal that this key may speak for."""
    require_terminal(visit.who, wish.terminal_id)
    work = partial(begin_attempt, lesson_id=lesson_id, wish=wish, by=visit.who.name, now=visit.now)
    with refusals():
        return await visit.sandbox.database.run(work)


def standing(visit: Visit, lesson: Lesson, attempt: Attempt) -> dict[str, Any]:
    """Return what the learner's page shows; ``said`` tells what became of the result."""
    return {
        "attempt_id": attempt.attempt_id,
        "told": attempt.told,
        "run": shown(lesson, attempt.run, attempt.attempt_id),
        "said": visit.t(f"lessons.{attempt.outcome}") if attempt.outcome else "",
    }


async def body_of(visit: Visit, sort: type[T]) -> T:
    """Return the JSON body of a module's request; 422 for what is none."""
    try:
        return sort.model_validate_json(await visit.request.body())
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False)) from None


def wanted_lesson(lesson_id: str) -> Lesson:
    """Return the lesson; 404 if there is none."""
    lesson = find_lesson(lesson_id)
    if lesson is None:
        raise Problem("not-found")
    return lesson


def trainees(
    connection: Connection, wanted: str
) -> tuple[Sequence[PointRecord], PointRecord | None]:
    """Return the points on trial, whose operators wait to be trained, and the one asked for."""
    on_trial = PointFilter(status=PointStatus.TRIAL.value)
    points = list_points(connection, on_trial, TRAINEES_MAX, None).items
    return points, points_by_id(connection, [wanted]).get(wanted) if wanted else None


def chapter_of(subject: Subject, trainee: PointRecord | None) -> Chapter:
    results = trainee.training if trainee else ()
    found = next((one for one in results if one["subject"] == subject.value), None)
    lessons = [lesson for lesson in all_lessons() if lesson.subject is subject]
    return Chapter(TITLES[subject], lessons, found)


def mistakes_in(lesson: Lesson) -> list[tuple[str, str]]:
    """Return what a class gets wrong: every coached move, once."""
    moves = [*lesson.wrong, *(wrong for step in lesson.steps for wrong in step.wrong)]
    answers = [option for step in lesson.steps for option in step.options if option.coach]
    pairs = [(move.coach, move.coach_en) for move in moves]
    pairs += [(option.coach or "", option.coach_en or "") for option in answers]
    return list(dict.fromkeys(pairs))
