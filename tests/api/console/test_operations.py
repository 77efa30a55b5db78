"""The operations page in a real browser: fast, live, calm, and for everybody."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from api.app import create_app
from api.composition import open_sandbox
from api.console.pages import operations as operations_page
from api.settings import Settings
from pos_sim.store.database import Database
from pos_sim.store.tables import service_points
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
)
from tests.api.counter import Counter
from tests.api.village import POS

SLOW_MS = 400
WIRE_MAX = 120_000


@contextmanager
def operations(chromium: Browser, address: str, **wishes: Any) -> Iterator[Page]:
    """The page, once it is live and its map is drawn."""
    with screen(chromium, address, "demo-maker", **wishes) as page:
        ready(page)
        yield page


def ready(page: Page) -> None:
    page.wait_for_selector("#map[data-ready]")
    page.wait_for_selector("#link[data-state=open]")


def rows(page: Page) -> Any:
    return page.locator("#stream tr[data-id]")


def test_it_is_there_at_once_and_light(chromium: Browser, address: str) -> None:
    with operations(chromium, address) as page:
        paints = [paint_again(page) for _ in range(3)]
        assert min(paints) < soon_ms(SLOW_MS), paints
    # A new browser has nothing kept: what it gets is what travels.
    with screen(chromium, address, "") as page:
        page.click("form:has(input[value='demo-maker']) button", no_wait_after=True)
        ready(page)
        sizes = travelled(page)
    assert sizes["bytes"] < WIRE_MAX, sizes
    assert sizes["hosts"] == [address.removeprefix("http://")]


def paint_again(page: Page) -> float:
    page.reload()
    ready(page)
    return first_paint(page)


@pytest.mark.parametrize(("size", "language"), [(LAPTOP, "zh"), (PHONE, "en")])
def test_it_is_for_everybody(
    chromium: Browser, address: str, counter: Counter, language: str, size: tuple[int, int]
) -> None:
    counter.do("withdrawal", pin="000000")
    with operations(chromium, address, language=language, size=size) as page:
        assert jumped(page) < 0.01
        assert not scrolls_sideways(page)
        if size == LAPTOP:  # the projector shows all of it
            assert page.evaluate("document.documentElement.scrollHeight") <= LAPTOP[1]
        assert violations(page) == []
        page.goto("/console/sign-in")
        assert violations(page) == []


def test_a_transaction_arrives_by_itself(chromium: Browser, address: str, counter: Counter) -> None:
    with operations(chromium, address) as page:
        before = int(page.locator("#figure-count").inner_text().replace(",", ""))
        counter.do("withdrawal", amount_fen=12_300)
        expect(rows(page).first).to_contain_text("123.00")
        expect(rows(page).first).to_contain_text("取款")
        expect(page.locator("#figure-count")).to_have_text(str(before + 1))
        expect(page.locator("#hours rect.bar-withdrawal")).not_to_have_count(0)
        counter.do("withdrawal", pin="000000")
        expect(rows(page).first).to_contain_text("55 不正确的PIN")


def test_a_reversal_strikes_out_its_original(
    chromium: Browser, address: str, counter: Counter
) -> None:
    with operations(chromium, address) as page:
        original = counter.do("withdrawal")
        expect(rows(page).first).to_contain_text("成功")
        counter.reverse(original)
        expect(rows(page).nth(1)).to_contain_text("已冲正")


def test_a_pause_holds_the_table_and_misses_nothing(
    chromium: Browser, address: str, counter: Counter
) -> None:
    with operations(chromium, address) as page:
        page.focus("#pause")
        page.keyboard.press("Enter")
        shown = rows(page).count()
        counter.do("withdrawal", amount_fen=45_600)
        expect(page.locator("#stream-note")).to_have_text("已暂停，新到 1 笔")
        assert rows(page).count() == shown
        page.keyboard.press("Enter")
        expect(rows(page).first).to_contain_text("456.00")


def test_ten_tabs_of_one_browser_stay_live(
    chromium: Browser, address: str, counter: Counter
) -> None:
    with operations(chromium, address) as page:
        tabs = [page, *(page.context.new_page() for _ in range(9))]
        for tab in tabs[1:]:
            tab.goto("/console")
        for tab in tabs:
            tab.wait_for_selector("#link[data-state=open]")
        counter.do("withdrawal", amount_fen=78_900)
        for tab in tabs:
            expect(rows(tab).first).to_contain_text("789.00")


def test_the_map_goes_to_a_county_and_back(chromium: Browser, address: str) -> None:
    with operations(chromium, address) as page:
        # All points of this world lie in one county: there the map begins.
        assert page.input_value("#zoom") == "520121"
        close = page.get_attribute("#map svg", "viewBox")
        page.select_option("#zoom", "")
        expect(page.locator("#map svg")).not_to_have_attribute("viewBox", str(close))
        expect(page.locator("#map .point")).to_have_count(points_on_the_map(page))
        expect(page.locator(".panel-map .caption")).to_be_visible()


def points_on_the_map(page: Page) -> int:
    """A point outside the province is none of them."""
    return len(page.request.get("/console/operations/points").json())


def test_a_name_with_tags_in_it_is_a_name(
    chromium: Browser, address: str, counter: Counter, database_url: str
) -> None:
    name = "<img src=x onerror=alert(1)>"
    database = Database(database_url)
    rename = update(service_points).values(name=name)
    database.run_now(lambda connection: connection.execute(rename))
    database.close_now()
    with operations(chromium, address) as page:
        for _ in range(4):  # the stream may know the name of before for two seconds
            counter.do("withdrawal", terminal_id=POS)
            page.wait_for_timeout(900)
            if name in rows(page).first.inner_text():
                break
        expect(rows(page).first).to_contain_text(name)
        assert page.locator("main img").count() == 0


def test_whoever_signs_out_does_so_in_every_tab(chromium: Browser, address: str) -> None:
    with operations(chromium, address) as page:
        other = page.context.new_page()
        other.goto("/console")
        ready(other)
        other.click("text=退出")
        page.wait_for_url("**/console/sign-in?next=*")


def test_a_lost_connection_shows_and_heals(
    chromium: Browser, settings: Settings, database_url: str
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with served_at(port, settings):
        context = chromium.new_context(base_url=address, locale="zh-CN")
        page = context.new_page()
        page.goto("/console/sign-in")
        page.click("form:has(input[value='demo-maker']) button")
        ready(page)
    expect(page.locator("#link")).to_contain_text("连接中断")
    expect(page.locator("#link")).to_contain_text("数据停在")
    with served_at(port, settings):
        page.wait_for_selector("#link[data-state=open]", timeout=15_000)
        expect(page.locator("#link")).to_have_text("实时")
        context.close()


@contextmanager
def served_at(port: int, settings: Settings) -> Iterator[None]:
    """Serve at a port that stays the same when the server comes again."""
    app = create_app(open_sandbox(settings), settings)
    config = uvicorn.Config(
        app, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def test_of_a_whole_province_only_what_is_looked_at_is_sent(
    chromium: Browser, address: str, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations_page, "POINTS_MAX", 5)
    with operations(chromium, address) as page:
        assert page.input_value("#zoom") == ""
        assert page.locator("#map .point").count() == 0
        counts = page.request.get("/console/operations/points").json()["counties"]
        expect(page.locator("#map .names")).to_contain_text(f"贵阳 {counts['520121']}")
        counter.do("withdrawal")
        expect(page.locator("#map circle.pulse")).not_to_have_count(0)
        page.select_option("#zoom", "520121")
        expect(page.locator("#map .point")).to_have_count(counts["520121"])
        expect(page.locator("#map .point.look-n").first).to_be_visible()
