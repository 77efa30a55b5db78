"""The terminal under every kind of hand: mouse, finger, keyboard alone, impatient, and old."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.console.chromium import LAPTOP, PHONE, scrolls_sideways, violations
from tests.api.console.teller import Teller, opened, teaching

VOICE = """() => {
  window.spoken = [];
  class Words { constructor(text) { this.text = text; } }
  window.SpeechSynthesisUtterance = Words;
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => [{ lang: "zh-CN" }], cancel: () => {},
    speak: (words) => window.spoken.push(words.text),
  } });
}"""

FITS = """() => {
  const screen = document.querySelector("pos-terminal .screen");
  const keypad = document.querySelector("pos-terminal .keypad").getBoundingClientRect();
  return screen.scrollHeight <= screen.clientHeight + 1
    && screen.scrollWidth <= screen.clientWidth + 1 && keypad.bottom <= innerHeight;
}"""


def test_a_mouse_does_a_whole_withdrawal(chromium: Browser, address: str) -> None:
    with teaching(chromium, address) as teller:
        teller.click("ok")
        teller.at("menu")
        teller.page.click("[data-choice=withdrawal]")
        teller.click("2 5 clear 1 00 ok")
        teller.insert("rural")
        teller.at("pin")
        teller.page.click(".pin .soft")
        teller.click("ok")
        teller.at("confirm")
        teller.click("ok")
        teller.at("pay_out")
        teller.click("ok ok")
        teller.at("sign")
        # The mouse left no button behind that Enter could press again.
        teller.cut("answer_lost")
        teller.page.keyboard.press("Enter")
        teller.at("menu")


def test_a_finger_does_a_whole_withdrawal_on_a_phone(chromium: Browser, address: str) -> None:
    with teaching(chromium, address, size=PHONE, touch=True) as teller:
        page = teller.page
        teller.tap("ok")
        teller.at("menu")
        teller.tap("1 1 00 ok")
        page.tap(".plastic[data-tag=debit]")
        teller.at("pin")
        page.tap(".pin .soft")
        for state in ("confirm", "pay_out", "pay_out", "sign"):
            teller.tap("ok")
            teller.at(state)
            page.wait_for_timeout(400)  # nobody means the second half of a double tap
        assert not scrolls_sideways(page)
        assert violations(page) == []


def test_a_keyboard_alone_does_everything(chromium: Browser, address: str) -> None:
    with teaching(chromium, address) as teller:
        keyboard = teller.page.keyboard
        teller.press("ok")
        teller.at("menu")
        teller.press("1 2 5 clear 1 0 0 ok")
        teller.at("card")
        for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
            keyboard.press(key)
        teller.at("pin")
        expect(teller.page.locator(".plastic[aria-pressed=true]")).to_have_attribute(
            "data-tag", "debit"
        )
        keyboard.press("Tab")  # to the customer
        keyboard.press("Enter")
        expect(teller.page.locator(".dots")).to_have_attribute("aria-label", "已输 6 位")
        keyboard.press("Enter")
        teller.at("confirm")
        teller.press("ok")
        teller.at("pay_out")
        teller.press("ok ok")
        teller.at("sign")
        teller.press("ok 2")
        teller.at("payee")
        keyboard.press("ArrowRight")
        keyboard.press("Enter")
        expect(teller.glass.locator(".value")).to_contain_text("5200")
        # A slip does not leave the screen, so the focus stays with the slips; Escape is a key.
        keyboard.press("Escape")
        teller.at("menu")


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_double_press_does_one_thing(chromium: Browser, address: str, how: str) -> None:
    with teaching(chromium, address) as teller:
        teller.sign_in()
        teller.withdraw("1 00")
        asked: list[str] = []
        teller.page.on("request", lambda one: asked.append(one.url))
        if how == "mouse":
            teller.page.dblclick("pos-terminal [data-key=ok]")
        else:
            teller.page.keyboard.down("Enter")
            teller.page.keyboard.down("Enter")  # held: the computer repeats the key
            teller.page.keyboard.up("Enter")
        teller.at("pay_out")
        assert [url for url in asked if url.endswith("/v1/withdrawals")] == [
            f"{address}/v1/withdrawals"
        ]
        expect(teller.page.locator(".on-counter .note")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_elder_mode_is_large_and_nothing_falls_off_the_screen(
    chromium: Browser, address: str, language: str
) -> None:
    with teaching(chromium, address, language=language) as teller:
        small = type_size(teller.page)
        teller.page.click("#elder")
        assert type_size(teller.page) >= 1.2 * small
        for state in through_all_screens(teller):
            assert teller.page.evaluate(FITS), state
            assert teller.page.evaluate("document.documentElement.scrollHeight") <= LAPTOP[1]
        assert violations(teller.page) == []
        # The next page of this browser is as large.
        again = opened(teller.page)
        assert type_size(again.page) >= 1.2 * small


def type_size(page: Page) -> float:
    size: float = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.screen .say')).fontSize)"
    )
    return size


def through_all_screens(teller: Teller) -> Any:
    """Give the name of each screen of a working day, while it is shown."""
    fee = teller.glass.locator("dl")
    yield "off"
    teller.sign_in()
    yield "menu"
    teller.press("1")
    yield "amount"
    teller.press("5 00 ok")
    yield "card"
    teller.insert("other_bank")
    teller.customer_enters()
    teller.at("confirm")
    expect(fee).to_contain_text("2.50")
    yield "confirm"
    teller.press("ok")
    teller.at("pay_out")
    yield "pay_out"
    teller.pay()
    yield "sign"
    teller.press("ok 3")
    teller.insert("neighbor")
    teller.hand("typo")
    teller.press("ok")
    expect(fee).to_be_visible()
    yield "payee_check"
    teller.press("ok 3 00 ok")
    teller.customer_enters()
    teller.at("confirm")
    teller.press("ok")
    teller.at("refused")
    yield "refused"
    teller.press("cancel 4")
    teller.hand("any")
    expect(fee).to_be_visible()
    yield "bill"
    teller.press("ok 2")
    teller.at("cash_in")
    yield "cash_in"
    teller.press("cancel 1 3 0 00 ok")
    teller.insert("neighbor")
    teller.customer_enters()
    teller.at("confirm")
    teller.press("ok")
    teller.at("refused")
    yield "limit"
    teller.press("cancel 7 1 ok")
    teller.at("till_result")
    yield "till_result"


def test_elder_mode_speaks_where_there_is_a_voice(chromium: Browser, address: str) -> None:
    with teaching(chromium, address) as teller:
        teller.page.add_init_script(f"({VOICE})()")
        again = opened(teller.page)
        again.page.click("#elder")
        again.sign_in()
        spoken = again.page.evaluate("window.spoken")
        assert "签到后开始营业" in spoken[0]
        assert spoken[-1].startswith("请选择业务")
        again.page.click("#elder")
        again.press("1")
        again.at("amount")
        assert again.page.evaluate("window.spoken.length") == len(spoken)
