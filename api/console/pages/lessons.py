"""课程 The course, the class sheet of a lesson, and the results that count for an operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.console.gate import page
from api.console.lesson_book import Lesson, all_lessons, find_lesson
from api.console.navigation import HOME
from api.console.visit import Visit
from api.json_answers import json_answer
from api.problems import Problem, invalid_field
from api.routes.risk_work import refusals
from pos_sim.domain.calendar import business_date
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.training import FULL_SCORE, TITLES, Result, Subject
from pos_sim.store.query_points import PointFilter, PointRecord, list_points, points_by_id
from risk.onboarding import record_training

router = APIRouter(prefix=f"{HOME}/lessons")

Anyone = Annotated[Visit, page()]
TRAINEES_MAX = 100


@dataclass(frozen=True, slots=True)
class Chapter:
    """One training subject with its lessons, and how the trainee stands in it."""

    title: tuple[str, str]
    lessons: Sequence[Lesson]
    result: Mapping[str, Any] | None


@router.get("")
async def course(visit: Anyone, trainee: str = "") -> Response:
    """All lessons by subject; with a trainee also what the operator has passed."""
    points, chosen = await visit.sandbox.database.read(partial(trainees, wanted=trainee))
    return visit.show(
        "lessons.html",
        chapters=[chapter_of(subject, chosen) for subject in Subject],
        points=points,
        trainee=chosen,
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


@router.post("/{lesson_id}/results")
async def result(lesson_id: str, visit: Anyone) -> Response:
    """Take the score of one run. A passed exam of a trainee is entered in the register by a maker;
    ``said`` tells the class what became of it.
    """
    lesson = wanted_lesson(lesson_id)
    score, point_id = score_of(visit.form), visit.form.get("trainee", "")
    word = outcome(lesson, score, point_id, is_maker=visit.may("maker"))
    if word == "entered":
        now = visit.now
        examined = Result(
            subject=lesson.subject, score=score, pass_mark=lesson.pass_mark,
            taken_on=business_date(now),
        )  # fmt: skip
        enter = partial(
            record_training, point_id=point_id, result=examined, by=visit.who.name, at=now
        )
        with refusals():
            await visit.sandbox.database.run(enter)
    return json_answer({"outcome": word, "said": visit.t(f"lessons.{word}")})


def outcome(lesson: Lesson, score: int, point_id: str, *, is_maker: bool) -> str:
    """Return what becomes of a score; the first that fits."""
    cases = (
        ("failed", score < lesson.pass_mark),
        ("practised", not lesson.exam),
        ("nobody_named", not point_id),
        ("needs_maker", not is_maker),
    )
    return next((word for word, is_so in cases if is_so), "entered")


def score_of(form: Mapping[str, str]) -> int:
    """Return the score of a form; 422 for what is none."""
    text = form.get("score", "")
    if not text.isascii() or not text.isdigit() or len(text) > 3 or int(text) > FULL_SCORE:
        raise invalid_field("score", "分数 0 到 100 · A score is 0 to 100")
    return int(text)


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
