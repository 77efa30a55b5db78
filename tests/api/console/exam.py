"""The exam about the coached elder: its question, its answers, and who sits it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.api.console.teller import Teller

EXAM = "coached-elder"
RIGHT = ("请老人先挂电话", "陪她打 96110")
WRONG = ("接过电话", "劝她把钱取成现金")


def sit(teller: Teller, answers: tuple[str, str]) -> None:
    """Sit the exam with these answers, then the right ones."""
    teller.sign_in()
    teller.press("3")
    teller.insert("elder")
    teller.hand("stranger")
    teller.press("ok")
    teller.at("payee_check")
    answer(teller.page, answers[0], RIGHT[0])
    expect(current(teller.page)).to_contain_text("不办这一笔")
    teller.press("cancel")
    answer(teller.page, answers[1], RIGHT[1])


def current(page: Page) -> Locator:
    """The step that the learner is at."""
    return page.locator("lesson-panel [aria-current=step]")


def answer(page: Page, *texts: str) -> None:
    """Give the answers one after the other, each once."""
    for text in dict.fromkeys(texts):
        page.click(f"lesson-panel .options button:has-text('{text}')")
