"""班级 The class as its trainer sees it: who is at which terminal now, and who has passed what."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from api.console.lesson_book import Lesson, all_lessons, find_lesson
from api.console.lesson_store import Attempt, Tries, all_tries, newest_attempts
from api.console.texts import Texts
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.training import Subject
from pos_sim.store.query_points import PointRecord, points_by_id

SEATS_MAX, LOOKED_AT = 40, 400
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be a formula in a spreadsheet."""


@dataclass(frozen=True, slots=True)
class Learner:
    """One line of the class sheet; ``point`` is where the learner shall serve, if anywhere."""

    name: str
    point: PointRecord | None
    tries: Mapping[str, Tries]

    @property
    def passed(self) -> int:
        """In how many lessons there is a pass."""
        return sum(1 for one in self.tries.values() if one.passes)

    @property
    def subjects(self) -> int:
        """In how many of the training subjects the register has a pass."""
        lines = self.point.training if self.point else ()
        return sum(1 for line in lines if line["result"] == "pass")

    @property
    def is_trained(self) -> bool:
        return self.point is not None and self.subjects == len(Subject)


def learners(connection: Connection) -> Sequence[Learner]:
    """Return everybody who has begun a lesson of the course, by name."""
    found = [one for one in all_tries(connection) if find_lesson(one.lesson_id)]
    points = points_by_id(connection, sorted({t.service_point_id or "" for t in found} - {""}))
    people = groupby(found, key=lambda one: (one.learner, one.service_point_id))
    return [
        Learner(name, points.get(point_id or ""), {one.lesson_id: one for one in tries})
        for (name, point_id), tries in people
    ]


def seats(connection: Connection) -> Sequence[Attempt]:
    """Return the latest attempt of everybody, the newest first."""
    found: dict[tuple[str, str | None, str], Attempt] = {}
    for one in newest_attempts(connection, LOOKED_AT):
        found.setdefault(who_sits(one), one)
    return list(found.values())[:SEATS_MAX]


def who_sits(attempt: Attempt) -> tuple[str, str | None, str]:
    """Return who it is; those who gave no name are told apart by their terminals."""
    has_a_name = attempt.learner != attempt.who
    return attempt.learner, attempt.service_point_id, "" if has_a_name else attempt.terminal_id


def seat_shown(attempt: Attempt, t: Texts) -> dict[str, Any]:
    """Return one seat in the language of the page."""
    lesson = find_lesson(attempt.lesson_id)
    state = {None: "running", True: "passed", False: "failed"}[attempt.passed]
    return {
        "terminal_id": attempt.terminal_id,
        "learner": attempt.learner,
        "point": attempt.service_point_id or "",
        "lesson": t.pick(lesson.title, lesson.title_en) if lesson else t("class.free"),
        "step": attempt.run.at,
        "steps": len(lesson.steps) if lesson else 0,
        "score": attempt.run.score,
        "mistakes": len(attempt.run.mistakes),
        "state": state,
        "said": t(f"class.{state if lesson else 'practicing'}"),
        "seen": f"{attempt.seen_at.astimezone(SHANGHAI):%m-%d %H:%M}",
    }


def as_csv(people: Iterable[Learner], t: Texts) -> str:
    """Return the class sheet for a spreadsheet: a line a learner, a column a lesson."""
    lessons = all_lessons()
    text = io.StringIO()
    sheet = csv.writer(text)
    head = (t("class.learner"), t("class.point"), t("class.passed_count"), t("class.subjects"))
    sheet.writerow([*head, *(t.pick(one.title, one.title_en) for one in lessons)])
    for one in people:
        point = one.point.service_point_id if one.point else ""
        line: list[str | int] = [one.name, point, one.passed, one.subjects]
        sheet.writerow([plain(cell) for cell in [*line, *cells_of(one, lessons, t)]])
    return text.getvalue()


def cells_of(learner: Learner, lessons: Sequence[Lesson], t: Texts) -> list[str]:
    """Return what stands in the columns of the lessons: the best score, and whether it passed."""
    return [cell_of(learner.tries.get(one.lesson_id), t) for one in lessons]


def cell_of(tries: Tries | None, t: Texts) -> str:
    if tries is None:
        return ""
    if tries.best is None:
        return t("class.begun")
    return t("class.cell_passed" if tries.passes else "class.cell_failed", score=tries.best)


def plain(cell: str | int) -> str | int:
    """Return a cell that no spreadsheet computes.

    >>> plain("=1+1"), plain("王小明"), plain(7)
    ("'=1+1", '王小明', 7)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
