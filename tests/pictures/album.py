"""Which pictures there are, and how each is posed. Another page joins with one line of ALBUM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.api.console.chromium import LAPTOP, PHONE
from tests.api.console.teller import Teller, opened

Pose = Callable[[Page], None]

LESSON = "?lesson=first-withdrawal"


@dataclass(frozen=True, slots=True)
class Picture:
    """One file of docs/img: how to get there, who looks, on which screen."""

    name: str
    pose: Pose
    who: str = "demo-maker"
    size: tuple[int, int] = LAPTOP
    language: str = "zh"
    is_long: bool = False
    """The whole page, not only what is on the screen."""


def at(path: str) -> Pose:
    """Just open a page."""

    def pose(page: Page) -> None:
        page.goto(path)
        page.wait_for_selector("body[data-ready]", state="attached")

    return pose


def operations(page: Page) -> None:
    page.goto("/console")
    page.wait_for_selector("#map[data-ready]")
    page.wait_for_selector("#link[data-state=open]")


def terminal(page: Page) -> None:
    opened(page)


def menu(page: Page) -> Teller:
    teller = opened(page)
    teller.sign_in()
    return teller


def confirming(page: Page) -> Teller:
    teller = menu(page)
    teller.withdraw("5 00", "other_bank")
    return teller


def asked_to_confirm(page: Page) -> None:
    confirming(page)


def printed(page: Page) -> None:
    teller = confirming(page)
    teller.press("ok")
    teller.pay()
    page.wait_for_timeout(2_000)  # until the paper is out


def refused(page: Page) -> None:
    teller = menu(page)
    teller.withdraw("3 0 00", "neighbor")
    teller.press("ok")
    teller.at("refused")
    expect(teller.books).to_contain_text("已拒绝")


def answer_lost(page: Page) -> None:
    teller = menu(page)
    teller.withdraw("2 00", "rural")
    teller.cut("answer_lost")
    teller.press("ok")
    teller.at("resending")
    expect(teller.books).to_contain_text("已入账")


def elder(page: Page) -> None:
    teller = menu(page)
    page.click("#elder")
    teller.withdraw("5 00", "rural")


def suspicious_note(page: Page) -> None:
    """A customer brings notes, and one of them is looked at."""
    teller = menu(page)
    teller.press("2")
    teller.hand("family")
    teller.press("ok")
    expect(teller.glass.locator(".value")).to_contain_text("*")
    teller.press("ok")
    teller.insert("elder")
    teller.press("3 5 0 ok")
    teller.quoted()
    page.locator(".on-counter .note").first.click()
    for check in page.locator(".look li .soft").all():
        check.click()


def lesson_running(page: Page) -> None:
    teller = opened(page, LESSON)
    expect(page.locator("lesson-panel [aria-current=step]")).to_contain_text("签到")
    teller.sign_in()
    teller.press("1 2 00 ok")
    teller.insert("neighbor")
    expect(page.locator("lesson-panel .coach")).to_be_visible()


def lesson_passed(page: Page) -> None:
    teller = opened(page, LESSON)
    expect(page.locator("lesson-panel [aria-current=step]")).to_contain_text("签到")
    teller.sign_in()
    teller.withdraw("2 00")
    teller.press("ok")
    teller.pay()
    teller.press("ok")
    expect(page.locator("lesson-panel .verdict")).to_be_visible()
    page.wait_for_timeout(1_500)


ALBUM = (
    Picture("sign-in", at("/console/sign-in"), who=""),
    Picture("operations", operations),
    Picture("operations-phone", operations, size=PHONE),
    Picture("terminal-idle", terminal),
    Picture("terminal-confirm", asked_to_confirm),
    Picture("terminal-receipt", printed),
    Picture("terminal-refusal", refused),
    Picture("terminal-lost-answer", answer_lost),
    Picture("terminal-note", suspicious_note),
    Picture("terminal-elder", elder),
    Picture("terminal-phone", asked_to_confirm, size=PHONE, is_long=True),
    Picture("lessons", at("/console/lessons")),
    Picture("lesson-sheet", at("/console/lessons/first-withdrawal")),
    Picture("lesson-running", lesson_running),
    Picture("lesson-passed", lesson_passed),
)
