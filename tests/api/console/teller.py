"""Hands at the teaching terminal on screen: keys, cards, slips, notes, and what is to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.api.console.chromium import screen
from tests.api.counter import Counter

PATIENCE_MS = 10_000
KEYBOARD = {"ok": ("Enter",), "cancel": ("Escape",), "clear": ("Backspace",)}


class Teller:
    """One person at one terminal; every move waits for the screen that it leads to."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # ── moves ────────────────────────────────────────────────────────────────────────────────

    def press(self, keys: str) -> None:
        """Press keys by name, one after the other, on the computer's keyboard: ``"1 5 00 ok"``."""
        for key in keys.split():
            for pressed in KEYBOARD.get(key, tuple(key)):
                self.page.keyboard.press(pressed)

    def click(self, keys: str) -> None:
        """Press the same keys with the mouse on the keypad."""
        for key in keys.split():
            self.page.click(f"pos-terminal [data-key='{key}']")

    def tap(self, keys: str) -> None:
        """Press the same keys with a finger."""
        for key in keys.split():
            self.page.tap(f"pos-terminal [data-key='{key}']")

    def sign_in(self) -> None:
        self.press("ok")
        self.at("menu")

    def insert(self, tag: str) -> None:
        """Put a card of the tray into the slot, or show it as its holder's identity."""
        self.page.click(f".plastic[data-tag='{tag}']")

    def hand(self, tag: str) -> None:
        """Take a payee slip or a bill from the customer."""
        self.page.click(f".slip[data-tag='{tag}']")

    def customer_enters(self) -> None:
        """The customer enters the PIN; then on to the next screen."""
        self.at("pin")
        self.page.click(".pin .soft")
        self.press("ok")

    def cut(self, line: str) -> None:
        """Set the line switch: up, answer_lost or down."""
        self.page.click(f"#line [value={line}]")

    def withdraw(self, keys: str = "2 00", card: str = "debit") -> None:
        """A withdrawal up to the moment before it is sent."""
        self.press(f"1 {keys} ok")
        self.insert(card)
        self.customer_enters()
        self.at("confirm")
        self.quoted()

    def quoted(self) -> None:
        """Wait for the fee on the screen."""
        expect(self.glass).to_contain_text(re.compile("手续费|Fee"))

    def pay(self) -> None:
        """Count the notes out and hand them over."""
        self.at("pay_out")
        self.press("ok ok")
        self.at("sign")

    def signed(self) -> None:
        """The customer signed, and goes."""
        self.at("sign")
        self.press("ok")
        self.at("menu")

    def await_in_haste(self, state: str) -> None:
        """Let the page's clock run ahead until a state comes; the clock must be installed."""
        for _ in range(100):
            if self.state == state:
                return
            self.page.clock.run_for(1_000)
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{state} never came; the terminal is at {self.state}")

    # ── what is to be seen ───────────────────────────────────────────────────────────────────

    def at(self, state: str, timeout: float = PATIENCE_MS) -> None:
        self.page.wait_for_selector(f"pos-terminal[data-at='{state}']", timeout=timeout)

    @property
    def state(self) -> str:
        return self.page.get_attribute("pos-terminal", "data-at") or ""

    @property
    def glass(self) -> Locator:
        """The screen of the terminal."""
        return self.page.locator("pos-terminal .screen")

    @property
    def note(self) -> Locator:
        """What the terminal objects to."""
        return self.glass.locator(".note")

    @property
    def drawer(self) -> int:
        """What lies in the cash drawer, fen."""
        stacks = self.page.locator(".stacks .note").evaluate_all(
            "all => all.map(one => Number(one.dataset.worth) * Number(one.innerText.split('×')[1]))"
        )
        return int(sum(stacks))

    @property
    def books(self) -> Locator:
        """What the truth panel shows."""
        return self.page.locator("truth-panel .truth-body")

    def copy(self, whose: str) -> Locator:
        """The customer's or the merchant's copy of the receipt."""
        return self.page.locator(f".paper[data-copy={whose}]")


@contextmanager
def teaching(
    chromium: Browser, address: str, query: str = "", *, who: str = "demo-maker", **wishes: Any
) -> Iterator[Teller]:
    """Give a teller before a terminal that is signed off, with everything laid out."""
    with screen(chromium, address, who, **wishes) as page:
        yield opened(page, query)


def opened(page: Page, query: str = "") -> Teller:
    """Open the terminal's page, and wait until the tray is full."""
    page.goto(f"/console/terminal{query}")
    page.wait_for_selector("body[data-desk]", state="attached")
    page.wait_for_selector(".plastic")
    return Teller(page)


def lay_new(page: Page, counter: Counter, tags: Sequence[str]) -> None:
    """Lay cards in these places that were never used before, so that no limit is in the way."""

    def fulfill(route: Route) -> None:
        response = route.fetch()
        tray = response.json()
        for card in tray["cards"]:
            if card["tag"] in tags:
                card.update(counter.card())
        route.fulfill(response=response, json=tray)

    page.route("**/console/terminal/tray*", fulfill)
