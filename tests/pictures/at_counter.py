"""What happens at the teaching terminal beside the businesses: slips, paper, print, the phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.api.console.businesses import withdrawal
from tests.api.console.chromium import PHONE
from tests.api.console.exam import EXAM
from tests.api.console.teller import Teller, opened
from tests.pictures.at_class import begun
from tests.pictures.at_terminal import PAPER_MS, menu, signed_in, with_waiver
from tests.pictures.picture import Picture

ROLL = (219, 400)
"""Paper of 58 mm as a screen sees it, pixels; as long as what stands on it."""


def amount(page: Page) -> None:
    teller = menu(page)
    teller.press("1 5 00")


def sending(page: Page) -> None:
    """The bank does not answer at once."""
    teller = menu(page)
    teller.withdraw("2 00", "rural")
    page.route("**/v1/**", lambda one: one.continue_() if one.request.method == "GET" else None)
    teller.press("ok")
    teller.at("sending")


def payee_slips(page: Page) -> None:
    teller = menu(page)
    teller.press("3")
    teller.insert("rural")
    teller.at("payee")


def payee_check(page: Page) -> None:
    payee_slips(page)
    teller = Teller(page)
    teller.hand("family")
    teller.press("ok")
    teller.at("payee_check")


def bills(page: Page) -> None:
    menu(page).press("4")


def postings(page: Page) -> None:
    """The trainer opens what the bank has written in its books."""
    receipt(page)
    page.locator("truth-panel summary").click()


def receipt(page: Page) -> None:
    teller = menu(page)
    with_waiver(teller)
    teller.at("sign")
    page.wait_for_timeout(PAPER_MS)


def printed_again(page: Page) -> None:
    teller = menu(page)
    withdrawal(teller)
    teller.signed()
    teller.press("8")
    page.wait_for_timeout(PAPER_MS)


def on_the_roll(page: Page) -> None:
    """As the printer of 58 mm gets it."""
    page.set_viewport_size({"width": 1366, "height": 768})
    receipt(page)
    page.set_viewport_size({"width": ROLL[0], "height": ROLL[1]})
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")


def till(page: Page, off_by: int) -> None:
    teller = menu(page)
    counted = teller.drawer + off_by
    teller.press(f"7 {' '.join(f'{counted // 100}.{counted % 100:02d}')} ok")
    teller.at("till_result")


def elder_menu(page: Page) -> None:
    menu(page)
    page.click("#elder")


def refused(page: Page) -> None:
    teller = menu(page)
    teller.withdraw("1 00", "short")
    teller.press("ok")
    teller.at("refused")


def question(page: Page) -> None:
    """A lesson asks what one would do."""
    teller = begun(page, f"?lesson={EXAM}")
    teller.sign_in()
    teller.press("3")
    teller.insert("elder")
    teller.hand("stranger")
    teller.press("ok")
    expect(page.locator("lesson-panel .options")).to_be_visible()


def lesson_begun(page: Page) -> None:
    opened(page, "?lesson=first-withdrawal")
    expect(page.locator("lesson-panel .say")).to_be_visible()


PICTURES = (
    Picture("terminal-amount", amount),
    Picture("terminal-sending", sending),
    Picture("terminal-payee-slips", payee_slips),
    Picture("terminal-payee-check", payee_check),
    Picture("terminal-bills", bills),
    Picture("terminal-postings", postings),
    Picture("terminal-printed-again", printed_again),
    Picture("terminal-receipt-on-paper", on_the_roll, size=ROLL, is_long=True),
    Picture("terminal-till-right", lambda page: till(page, 0)),
    Picture("terminal-till-short", lambda page: till(page, -1_000)),
    Picture("terminal-elder-menu", elder_menu),
    Picture("terminal-menu-en", signed_in, language="en"),
    Picture("terminal-refused-en", refused, language="en"),
    Picture("terminal-receipt-phone", receipt, size=PHONE, is_long=True),
    Picture("lesson-begun", lesson_begun),
    Picture("lesson-begun-phone", lesson_begun, size=PHONE),
    Picture("lesson-question", question),
)
