"""The class as its trainer sees it: seats, the sheet, the file; and names are only names."""

from __future__ import annotations

import csv
import io
from time import monotonic, sleep
from typing import Any

from sqlalchemy import update

from api.console.lesson_book import all_lessons
from pos_sim.store.database import Database
from pos_sim.store.tables import service_points
from tests.api.console.browser import Browser
from tests.api.console.test_lessons import EXAM, LESSON, Learner, reversal_of
from tests.api.counter import Counter
from tests.api.village import OTHER_POS, POS, UNTRAINED

CLASS = "/console/class"
NAME = "=<img src=x onerror=alert(1)>"


def sits_an_exam(browser: Browser, counter: Counter, point_id: str, *, well: bool) -> None:
    learner = Learner(browser, EXAM, trainee=point_id)
    body = learner.goes_to_the_question(counter)
    if not well:
        learner.answer(right=False)
    learner.answer(right=True)
    learner.tell(reversal_of(body, counter))
    learner.answer(right=True)


def seats_with(learner: str, browser: Browser) -> list[dict[str, Any]]:
    """Ask as the page does until the learner sits in front: a shared look may be a second old."""
    end = monotonic() + 5
    seats: list[dict[str, Any]] = []
    while monotonic() < end and (not seats or seats[0]["learner"] != learner):
        sleep(0.1)
        seats = browser.get(f"{CLASS}/now").json()
    return seats


def test_an_empty_class_says_how_it_fills(browser: Browser) -> None:
    browser.sign_in("demo-admin")
    page = browser.get(CLASS).text
    assert "还没有人开始上课" in page
    assert browser.get(f"{CLASS}/now").json() == []


def test_the_trainer_sees_who_sits_where_and_how_far(
    browser: Browser, counter: Counter, database_url: str
) -> None:
    point_id = counter.get(f"/v1/terminals/{UNTRAINED}").json()["service_point_id"]
    database = Database(database_url)
    rename = update(service_points).where(service_points.c.service_point_id == point_id)
    database.run_now(lambda c: c.execute(rename.values(operator_name=NAME)))
    database.close_now()
    browser.sign_in("demo-maker")
    sits_an_exam(browser, counter, point_id, well=False)
    sits_an_exam(browser, counter, point_id, well=True)
    Learner(browser, LESSON, terminal_id=POS, learner="王小明")  # who then changes the terminal
    under_way = Learner(browser, LESSON, terminal_id=OTHER_POS, learner="王小明")
    under_way.tell({"event": "signed_in"}, {"event": "pin", "by": "keypad"})

    practice, exam = seats_with("王小明", browser)
    assert (practice["learner"], practice["terminal_id"]) == ("王小明", OTHER_POS)
    assert (practice["step"], practice["score"], practice["state"]) == (1, 90, "running")
    assert (exam["learner"], exam["terminal_id"], exam["state"]) == (NAME, POS, "passed")
    page = browser.get(CLASS).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert "100 ✓" in page
    assert "1/4" in page


def test_who_practices_without_a_lesson_has_a_seat_and_no_line(browser: Browser) -> None:
    browser.sign_in("demo-terminal")
    seat = {"terminal_id": POS, "learner": "李翠花"}
    headers = {"X-CSRF-Token": browser.csrf(), "Accept": "*/*"}
    answer = browser.http.post("/console/lessons/seats", json=seat, headers=headers)
    assert answer.status_code == 201
    browser.sign_in("demo-admin")
    first = seats_with("李翠花", browser)[0]
    assert (first["learner"], first["lesson"], first["steps"]) == ("李翠花", "自由练习", 0)
    assert "李翠花" not in browser.get(f"{CLASS}/sheet.csv").text


def test_who_gives_no_name_is_told_apart_by_the_terminal(browser: Browser) -> None:
    browser.sign_in("demo-maker-2")
    for terminal_id in (POS, OTHER_POS):
        Learner(browser, LESSON, terminal_id=terminal_id)
    first, second, *_ = seats_with("demo-maker-2", browser)
    assert {first["terminal_id"], second["terminal_id"]} == {POS, OTHER_POS}


def test_the_file_has_a_line_a_learner_and_a_column_a_lesson(browser: Browser) -> None:
    browser.sign_in("demo-auditor")
    answer = browser.get(f"{CLASS}/sheet.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    head, *lines = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    titles = [lesson.title for lesson in all_lessons()]
    assert head[4:] == titles
    by_name = {line[0]: line for line in lines}
    # What begins like a formula is text in a spreadsheet, too.
    assert by_name[f"'{NAME}"][2:4] == ["1", "1"]
    exam = 4 + [lesson.lesson_id for lesson in all_lessons()].index(EXAM)
    assert by_name[f"'{NAME}"][exam] == "100 ✓"
    first = 4 + [lesson.lesson_id for lesson in all_lessons()].index(LESSON)
    assert by_name["王小明"][first] == "…"


def test_a_class_is_no_business_of_a_terminal(browser: Browser) -> None:
    browser.sign_in("demo-terminal")
    for path in ("", "/now", "/sheet.csv"):
        assert browser.get(f"{CLASS}{path}").status_code == 403
