"""Service points, rules and policies in a real Chromium: axe, small screens, keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from api.settings import Settings
from tests.api.console.chromium import (
    PHONE,
    jumped,
    screen,
    scrolls_sideways,
    violations,
    violations_in_english,
)
from tests.api.console.staff.office import high_alert, manned
from tests.api.village import POS, Village
from tests.api.watched import Watched

PLACES = (
    "/console/points",
    "/console/points/{point}",
    "/console/points/new",
    "/console/points/new?county=520121",
    "/console/rules",
    "/console/rules/R11",
    "/console/policies",
    "/console/policies/2014-235",
    "/console/policies/new",
    "/console/policies/calculator?business=withdrawal&amount=500&card_product=debit"
    "&card_bank_id=gyb&terminal_kind=pos&acquirer_bank_id=grcu&region=local",
)


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village) -> Iterator[tuple[Watched, str]]:
    with manned(settings, world) as opened:
        village = opened[0]
        high_alert(village)
        village.pass_time(days=8)
        village.spread()
        village.pass_time(days=1)
        yield opened


@pytest.fixture(scope="module")
def point(office: tuple[Watched, str]) -> str:
    return str(office[0].ask(f"/v1/terminals/{POS}")["service_point_id"])


def test_axe_finds_nothing_in_both_languages_and_nothing_jumps(
    chromium: Browser, address: str, point: str
) -> None:
    with screen(chromium, address, "demo-maker") as page:
        for place in PLACES:
            page.goto(place.format(point=point))
            page.wait_for_selector("body[data-ready]", state="attached")
            assert violations(page) == [], place
            assert jumped(page) < 0.02, place
            assert violations_in_english(page) == [], place


def test_a_phone_shows_it_all_without_scrolling_sideways(
    chromium: Browser, address: str, point: str
) -> None:
    with screen(chromium, address, "demo-maker", size=PHONE) as page:
        for place in PLACES:
            page.goto(place.format(point=point))
            assert not scrolls_sideways(page), place


def test_a_version_is_tried_on_the_past_and_proposed_by_keyboard_alone(
    chromium: Browser, address: str
) -> None:
    with screen(chromium, address, "demo-maker") as page:
        page.goto("/console/rules/R09")
        tab_to(page, "day.band[1].from")
        page.keyboard.press("Control+A")
        page.keyboard.type("2")
        tab_to(page, "do")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("回测结果")
        expect(page.locator(".is-gained strong")).not_to_have_text("0")
        assert violations(page) == []
        tab_to(page, "note")
        page.keyboard.type("两个点就要看")
        tab_to(page, "do")
        page.keyboard.press("Enter")
        expect(page.locator(".flash")).to_have_text("新版本已提交，等待另一人复核")
        expect(page.locator("#versions ins").first).to_have_text("2")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a field or button of that name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"no way to {name} by keyboard")


def test_a_filter_and_a_freeze_work_without_any_script(
    chromium: Browser, address: str, office: tuple[Watched, str]
) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/console/sign-in")
    page.click("form:has(input[value='demo-maker']) button")
    page.goto("/console/points?status=open")
    page.fill("#q-q", "卫生室")
    page.click(".filter-end button")
    page.click(".title >> nth=0")
    page.click("#move-freeze summary")
    page.fill("#f-freeze-note", "终端外借")
    page.click("#move-freeze button")
    expect(page.locator(".flash")).to_have_text("已提交冻结申请，等待另一人复核")
    context.close()
