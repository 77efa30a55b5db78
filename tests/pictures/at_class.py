"""The trainer's pages: lessons, their ends, the clock, the desk, and the class."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.api.console.chromium import LAPTOP, PHONE
from tests.api.console.exam import EXAM, RIGHT, WRONG, current, sit
from tests.api.console.teller import Teller, opened
from tests.pictures.picture import Picture, at

LESSON = "?lesson=first-withdrawal"
POINT = "SP520121-0002"
SHORT = (1366, 1000)
A4, UPRIGHT = (1050, 700), (680, 900)
"""Within the margins of a sheet across and upright; pixels."""


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


LEARNERS = (("王小明", "first-withdrawal"), ("罗玉珍", "first-withdrawal"), ("陈大勇", ""))
SIGN_IN = "/console/sign-in?next=/console/lessons"


def full_class(page: Page) -> None:
    """Three people, each at a terminal, one of them half through the lesson."""
    assert page.context.browser is not None
    address = page.url.partition("/console")[0]
    seats = [page.context.browser.new_context(base_url=address) for _ in LEARNERS]
    for place, (context, (learner, lesson)) in enumerate(zip(seats, LEARNERS, strict=True)):
        seat = context.new_page()
        seat.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
        seat.goto(SIGN_IN)
        seat.click("form:has(input[value='demo-terminal']) button")
        seat.route("**/console/terminal?*", at_terminal(place))
        query = f"?learner={learner}" + (f"&lesson={lesson}" if lesson else "")
        teller = opened(seat, query)
        teller.sign_in()
        if learner == "罗玉珍":
            teller.withdraw("2 00")
    page.goto("/console/class")
    page.wait_for_selector("#seats tr:nth-child(3)")
    page.wait_for_timeout(500)
    for context in seats:
        context.close()


def at_terminal(place: int) -> Callable[[Route], None]:
    """Let a page begin at another terminal than the first."""

    def sit_down(route: Route) -> None:
        answer = route.fetch()
        parts = answer.text().split("<option ")
        parts[1 + place] = f"selected {parts[1 + place]}"
        route.fulfill(response=answer, body="<option ".join(parts))

    return sit_down


def chosen_learner(page: Page) -> None:
    """An operator who waits to start is to be trained today."""
    page.goto("/console/lessons")
    learner = page.locator("main select").first
    learner.select_option(index=1)
    page.locator("main form button").first.click()
    page.wait_for_selector("body[data-ready]", state="attached")


def class_on_paper(page: Page) -> None:
    page.goto("/console/class")
    page.wait_for_selector("#seats tr")
    page.emulate_media(media="print")


def sheet_on_paper(page: Page) -> None:
    at("/console/lessons/first-withdrawal")(page)
    page.emulate_media(media="print")


SEATS = (
    Picture("console-class-empty", at("/console/class"), who="demo-admin"),
    Picture("console-class", full_class, who="demo-admin"),
    Picture("console-class-en", at("/console/class"), who="demo-admin", language="en"),
    Picture("console-class-phone", at("/console/class"), who="demo-admin", size=PHONE),
    Picture("console-class-printed", class_on_paper, who="demo-admin", size=A4, is_long=True),
)
LESSONS = (
    Picture("lessons", at("/console/lessons")),
    Picture("lessons", at("/console/lessons")).on_phone(),
    Picture("lessons", at("/console/lessons")).in_english(),
    Picture("lessons-operator", at("/console/lessons"), who="demo-terminal"),
    Picture("lessons-learner", chosen_learner),
    Picture("lesson-sheet", at("/console/lessons/first-withdrawal")),
    Picture("lesson-sheet", at("/console/lessons/first-withdrawal")).in_english(),
    Picture("lesson-sheet-printed", sheet_on_paper, size=UPRIGHT, is_long=True),
    Picture("lesson-running", running),
    Picture("lesson-running", running).in_english(),
    Picture("lesson-passed", passed),
    Picture("console-lesson-failed", exam(WRONG, "failed")),
    Picture("console-lesson-passed", exam(RIGHT, "passed")),
)
DESK = (
    Picture("console-desk", desk, who="demo-admin", size=SHORT),
    Picture("console-desk-phone", at("/console/desk"), who="demo-admin", size=PHONE),
    Picture("console-desk-en", at("/console/desk"), who="demo-admin", language="en", size=SHORT),
    Picture("console-clock-moved", moved_on, who="demo-admin"),
    Picture("console-clock", at("/console/clock"), who="demo-admin"),
    Picture("console-clock-phone", at("/console/clock"), who="demo-admin", size=PHONE),
    Picture("console-clock-en", at("/console/clock"), who="demo-admin", language="en"),
)
