"""The trainer's pages: lessons, their ends, the clock, the desk, and the class."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.api.console.chromium import LAPTOP
from tests.api.console.exam import EXAM, RIGHT, WRONG, current, sit
from tests.api.console.teller import Teller, opened
from tests.pictures.picture import Picture, at

LESSON = "?lesson=first-withdrawal"
POINT = "SP520121-0002"
SHORT = (1366, 1000)


def running(page: Page) -> None:
    teller = begun(page, LESSON)
    teller.sign_in()
    teller.press("1 2 00 ok")
    teller.insert("neighbor")
    expect(page.locator("lesson-panel .coach")).to_be_visible()


def begun(page: Page, lesson: str) -> Teller:
    teller = opened(page, lesson)
    expect(current(page)).to_be_visible()
    return teller


def passed(page: Page) -> None:
    teller = begun(page, LESSON)
    teller.sign_in()
    teller.withdraw("2 00")
    teller.press("ok")
    teller.pay()
    teller.press("ok")
    ended(page, "passed")


def exam(answers: tuple[str, str], end: str) -> Callable[[Page], None]:
    """The exam about the coached elder."""

    def pose(page: Page) -> None:
        sit(begun(page, f"?lesson={EXAM}"), answers)
        ended(page, end)

    return pose


def ended(page: Page, how: str) -> None:
    expect(page.locator("lesson-panel")).to_have_attribute("data-state", how)
    page.wait_for_timeout(1_500)


def desk(page: Page) -> None:
    """A pattern was sent, a line is cut, and a freeze waits for another person."""
    page.goto("/console/desk")
    page.select_option("#pattern", "R06-crew")
    page.fill("#f-point", POINT)
    page.press("#f-point", "Enter")
    page.wait_for_selector("tr.newest")
    page.fill("#f-terminal", "52010004")
    page.click("#lines button[value=answer_lost]")
    page.fill("#f-freeze", "SP520121-0003")
    page.fill("#f-note", "课堂演示")
    page.click("#freezes button[value=freeze]")
    expect(page.locator("#freezes")).to_contain_text("demo-admin")
    page.goto("/console/desk")


def moved_on(page: Page) -> None:
    """The clock has gone on by a month, and says what came about."""
    page.goto("/console/clock")
    page.click("button[value=P1M]")
    page.wait_for_selector("body[data-ready]", state="attached")
    page.wait_for_timeout(500)


def full_class(page: Page) -> None:
    """Three people at their terminals, one of them through with the lesson."""
    assert page.context.browser is not None
    others = [page.context.browser.new_context(base_url=page.url.partition("/console")[0])
              for _ in range(3)]  # fmt: skip
    for context, learner, lesson in zip(
        others, ("王小明", "罗玉珍", "陈大勇"), ("first-withdrawal", "first-withdrawal", ""),
        strict=True,
    ):  # fmt: skip
        seat = context.new_page()
        seat.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
        seat.goto("/console/sign-in")
        seat.click("form:has(input[value='demo-terminal']) button")
        query = f"?learner={learner}" + (f"&lesson={lesson}" if lesson else "")
        teller = opened(seat, query)
        teller.sign_in()
        if learner == "罗玉珍":
            teller.withdraw("2 00")
    page.goto("/console/class")
    page.wait_for_selector("#seats tr")
    page.wait_for_timeout(500)
    for context in others:
        context.close()


PICTURES = (
    Picture("lessons", at("/console/lessons")),
    Picture("lessons", at("/console/lessons")).on_phone(),
    Picture("lessons", at("/console/lessons")).in_english(),
    Picture("lesson-sheet", at("/console/lessons/first-withdrawal")),
    Picture("lesson-running", running),
    Picture("lesson-running", running).in_english(),
    Picture("lesson-passed", passed),
    Picture("console-lesson-failed", exam(WRONG, "failed")),
    Picture("console-lesson-passed", exam(RIGHT, "passed")),
    Picture("console-class", full_class, who="demo-admin"),
    Picture("console-class-phone", at("/console/class"), who="demo-admin", size=(390, 844)),
    Picture("console-desk", desk, who="demo-admin", size=SHORT),
    Picture("console-desk-phone", at("/console/desk"), who="demo-admin", size=(390, 844)),
    Picture("console-desk-en", at("/console/desk"), who="demo-admin", language="en", size=SHORT),
    Picture("console-clock-moved", moved_on, who="demo-admin"),
    Picture("console-clock", at("/console/clock"), who="demo-admin"),
    Picture("console-clock-phone", at("/console/clock"), who="demo-admin", size=(390, 844)),
    Picture("console-clock-en", at("/console/clock"), who="demo-admin", language="en"),
)
