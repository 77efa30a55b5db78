"""The terminal's page and the course in a real browser: light, still, narrow, and for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.console.chromium import (
    LAPTOP,
    PHONE,
    first_paint,
    jumped,
    screen,
    scrolls_sideways,
    soon_ms,
    travelled,
    violations,
    without_cache,
)
from tests.api.console.teller import opened, teaching

SLOW_MS = 400
WIRE_MAX, LESSON_MAX = 38_000, 39_500
"""Bytes of everything that the terminal's page fetches, headers included; and with a lesson. The
promise is 40,000: some room stays for what comes."""

PAGES = {
    "terminal": "/console/terminal",
    "lessons": "/console/lessons",
    "sheet": "/console/lessons/first-withdrawal",
    "lesson": "/console/terminal?lesson=first-withdrawal",
}


@pytest.mark.parametrize(("query", "most"), [("", WIRE_MAX), ("?lesson=lost-answer", LESSON_MAX)])
def test_it_is_light_and_there_at_once(
    chromium: Browser, address: str, query: str, most: int
) -> None:
    with screen(chromium, address, "demo-maker") as page:
        without_cache(page)
        paints = []
        for _ in range(3):
            opened(page, query)
            paints.append(first_paint(page))
        sizes = travelled(page)
    assert sizes["bytes"] < most, sizes
    assert sizes["hosts"] == [address.removeprefix("http://")]
    assert min(paints) < soon_ms(SLOW_MS), paints


@pytest.mark.parametrize(
    ("size", "language"),
    [
        (LAPTOP, "en"),
        (PHONE, "zh"),
        (PHONE, "en"),
        pytest.param(LAPTOP, "zh", marks=pytest.mark.long),
    ],
)
def test_every_page_of_teaching_is_for_everybody(
    chromium: Browser, address: str, size: tuple[int, int], language: str
) -> None:
    with screen(chromium, address, size=size, language=language) as page:
        look_at(page, "sign-in")
        page.click("form:has(input[value='demo-maker']) button")
        for name, path in PAGES.items():
            page.goto(path)
            page.wait_for_selector("body[data-ready]", state="attached")
            if name in ("terminal", "lesson"):
                page.wait_for_selector(".plastic")
                if size == LAPTOP:  # the projector shows all of it
                    assert page.evaluate("document.documentElement.scrollHeight") <= LAPTOP[1]
            look_at(page, name)


def look_at(page: Page, name: str) -> None:
    assert jumped(page) < 0.01, name
    assert not scrolls_sideways(page), name
    assert violations(page) == [], name


def test_a_stranger_is_sent_to_the_way_in_and_comes_back(chromium: Browser, address: str) -> None:
    with screen(chromium, address) as page:
        page.goto("/console/terminal?lesson=first-withdrawal")
        page.click("form:has(input[value='demo-maker']) button")
        expect(page).to_have_url(f"{address}/console/terminal?lesson=first-withdrawal")


def test_another_terminal_is_another_counter(chromium: Browser, address: str) -> None:
    with teaching(chromium, address) as teller:
        teller.sign_in()
        chosen = teller.page.locator("#terminal option").nth(1).get_attribute("value")
        teller.page.select_option("#terminal", chosen)
        teller.at("off")
        expect(teller.page.locator("pos-terminal .ears")).to_contain_text(str(chosen))
