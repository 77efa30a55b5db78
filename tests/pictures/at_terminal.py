"""The teaching terminal in each of its states: every business, every refusal, the lost answer."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.api.console.businesses import (
    bill_by_card,
    bill_in_cash,
    cash_remittance,
    transfer,
    withdrawal,
)
from tests.api.console.teller import Teller, opened
from tests.api.console.test_terminal_refusals import SITUATIONS
from tests.pictures.picture import Picture, Pose

PAPER_MS = 2_000
"""So long the paper takes to come out."""


def menu(page: Page) -> Teller:
    teller = opened(page)
    teller.sign_in()
    return teller


def terminal(page: Page) -> None:
    opened(page)


def business(do: Callable[[Teller], None]) -> Pose:
    """Do a business to its end, and wait for the paper."""

    def pose(page: Page) -> None:
        teller = menu(page)
        do(teller)
        page.wait_for_selector("pos-terminal[data-at=sign], pos-terminal[data-at=balance]")
        page.wait_for_timeout(PAPER_MS)

    return pose


def with_waiver(teller: Teller) -> None:
    teller.withdraw("5 00", "other_bank")
    teller.press("ok")
    teller.pay()


def balance(teller: Teller) -> None:
    teller.press("5")
    teller.insert("rural")
    teller.customer_enters()


def reversal(teller: Teller) -> None:
    withdrawal(teller)
    teller.signed()
    teller.press("6 1 ok")
    teller.at("confirm")
    teller.press("ok")


def refused(situation: Callable[[Teller], None]) -> Pose:
    def pose(page: Page) -> None:
        teller = menu(page)
        situation(teller)
        teller.press("ok")
        teller.at("refused")
        expect(teller.books).to_have_attribute("data-status", "declined")

    return pose


def at_frozen_point(page: Page) -> None:
    opened(page)
    option = page.locator("#terminal option[data-frozen]").first.get_attribute("value")
    page.select_option("#terminal", option)
    page.wait_for_selector(f"body[data-desk='{option}']", state="attached")
    teller = Teller(page)
    teller.sign_in()
    teller.withdraw("1 00", "neighbor")
    teller.press("ok")
    teller.at("refused")


def entering_the_pin(page: Page) -> None:
    teller = menu(page)
    teller.press("1 2 00 ok")
    teller.insert("debit")
    teller.at("pin")
    page.click(".pin .soft")


def asked_to_confirm(page: Page) -> None:
    menu(page).withdraw("5 00", "other_bank")


def paying_out(page: Page) -> None:
    teller = menu(page)
    teller.withdraw("5 00", "rural")
    teller.press("ok")
    teller.at("pay_out")
    teller.press("ok")
    page.wait_for_timeout(PAPER_MS)


def lost(until: str, line: str = "answer_lost", *, mended: bool = False) -> Pose:
    """Lose the answer, and let the terminal come to a state."""

    def pose(page: Page) -> None:
        page.clock.install()
        teller = menu(page)
        teller.withdraw("2 00", "rural")
        teller.cut(line)
        teller.press("ok")
        teller.await_in_haste("reversing" if mended else until)
        if mended:
            teller.cut("up")
            teller.await_in_haste(until)
        page.clock.run_for(PAPER_MS)
        page.wait_for_timeout(PAPER_MS)

    return pose


def asked_again(page: Page) -> None:
    """A balance that got no answer."""
    page.clock.install()
    teller = menu(page)
    teller.press("5")
    teller.insert("debit")
    teller.at("pin")
    teller.cut("down")
    teller.customer_enters()
    teller.await_in_haste("trouble")


def elder(page: Page) -> None:
    teller = menu(page)
    page.click("#elder")
    teller.withdraw("5 00", "rural")


def at_night(page: Page) -> None:
    """The till is counted before signing off."""
    teller = menu(page)
    withdrawal(teller)
    teller.signed()
    teller.press("7")
    page.wait_for_timeout(PAPER_MS)


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


def signed_in(page: Page) -> None:
    menu(page)


RECEIPT = Picture("terminal-receipt", business(with_waiver))
CONFIRM = Picture("terminal-confirm", asked_to_confirm)

PICTURES = (
    Picture("terminal-idle", terminal),
    Picture("terminal-menu", signed_in),
    Picture("terminal-pin", entering_the_pin),
    CONFIRM,
    CONFIRM.in_english(),
    Picture("terminal-phone", asked_to_confirm, size=(390, 844), is_long=True),
    Picture("terminal-elder", elder),
    Picture("terminal-pay-out", paying_out),
    RECEIPT,
    RECEIPT.in_english(),
    Picture("terminal-cash-remittance", business(cash_remittance)),
    Picture("terminal-transfer", business(transfer)),
    Picture("terminal-bill-by-card", business(bill_by_card)),
    Picture("terminal-bill-in-cash", business(bill_in_cash)),
    Picture("terminal-balance", business(balance)),
    Picture("terminal-reversal", business(reversal)),
    Picture("terminal-till", at_night),
    Picture("terminal-note", suspicious_note),
    Picture("terminal-lost-answer", lost("resending")),
    Picture("terminal-reversing", lost("reversing")),
    Picture("terminal-reversed", lost("reversed", mended=True)),
    Picture("terminal-never-left", lost("reversed", "down", mended=True)),
    Picture("terminal-no-line", asked_again),
    *(
        Picture(f"terminal-refused-{check.replace('_', '-')}", refused(situation))
        for situation, check, _, _ in SITUATIONS
    ),
    Picture("terminal-refused-point-frozen", at_frozen_point),
)
