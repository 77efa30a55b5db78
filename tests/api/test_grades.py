"""The grades of a point over HTTP: the clock makes them, and whoever looks sees the new one."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from sqlalchemy import insert

from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from risk.store.tables import risk_point_days
from tests.api.counter import Json
from tests.api.village import POS
from tests.api.watched import Watched
from tests.risk.test_grading import day_row

POINT = "SP520121-0001"


def grades(desk: Watched, **asked: Any) -> Json:
    return desk.ask(f"/v1/service-points/{POINT}/grades", **asked)


def test_the_clock_grades_and_everybody_sees_it(desk: Watched, database_url: str) -> None:
    assert grades(desk) == {"items": [], "next_cursor": None}
    assert desk.counter.do("withdrawal", terminal_id=POS)["response_code"] == "00"
    before = desk.ask(f"/v1/service-points/{POINT}")
    assert before["tier"] == "B"
    have_two_months(database_url)
    desk.pass_time(days=(date(2026, 5, 1) - DEMO_START.date()).days)
    (may, april) = graded(desk, 2)
    assert (april["month"], may["month"]) == ("2026-03", "2026-04")
    assert may["score"] == sum(may["points"].values())
    assert may["star_grade_before"] == april["star_grade"]
    assert f"{may['star_grade']}星" in may["explanation"]
    after = desk.ask(f"/v1/service-points/{POINT}")
    assert (after["star_grade"], after["tier"]) == (may["star_grade"], may["tier"])
    first = grades(desk, limit=1)
    assert grades(desk, limit=1, cursor=first["next_cursor"])["items"] == [april]


def have_two_months(url: str) -> None:
    """Let the point have been watched on every day of March (but its second) and April."""
    first = date(2026, 3, 3).toordinal()
    days = [date.fromordinal(day) for day in range(first, date(2026, 5, 1).toordinal())]
    database = Database(url)
    rows = [day_row(POINT, day, 3) for day in days]
    database.run_now(lambda c: c.execute(insert(risk_point_days), rows))
    database.close_now()


def graded(desk: Watched, months: int) -> list[Json]:
    """Wait until the background has graded so many months."""
    for _ in range(200):
        items: list[Json] = grades(desk)["items"]
        if len(items) == months:
            return items
        time.sleep(0.05)
    raise AssertionError(f"{len(items)} months graded")


def test_a_point_that_is_none_has_no_grades(desk: Watched) -> None:
    path = "/v1/service-points/SP-none/grades"
    assert desk.counter.get(path, "demo-auditor").status_code == 404
    assert desk.counter.get(path, "demo-auditor", limit=0).status_code == 422
