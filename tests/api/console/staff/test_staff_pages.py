"""Alerts, cases and approvals in real browsers: two people see each other, and nothing is lost."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from api.settings import Settings
from pos_sim.store.database import Database
from pos_sim.store.tables import service_points
from tests.api.console.chromium import (
    LAPTOP,
    PHONE,
    jumped,
    screen,
    scrolls_sideways,
    violations,
    violations_in_english,
)
from tests.api.console.staff.hands import (
    act,
    fill_in,
    go,
    path_of,
    sends_too_late,
    signs_in_again,
)
from tests.api.console.staff.office import high_alert, manned, medium_alert
from tests.api.console.test_operations import served_at
from tests.api.counter import Json
from tests.api.village import GRCU_POS, Village
from tests.api.watched import Watched

NAME = "<img src=x onerror=alert(1)>小卖部"


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village, database_url: str) -> Iterator[tuple[Watched, str]]:
    """The village; one of its points has a name with tags in it."""
    with manned(settings, world) as (village, address):
        point = village.ask(f"/v1/terminals/{GRCU_POS}")["service_point_id"]
        database = Database(database_url)
        rename = update(service_points).where(service_points.c.service_point_id == point)
        database.run_now(lambda c: c.execute(rename.values(name=NAME)))
        database.close_now()
        yield village, address


@pytest.fixture(scope="module")
def alert(village: Watched) -> Json:
    """One about the point with the strange name."""
    return medium_alert(village)


def code(village: Watched) -> str:
    """What a villager hears at the point with the strange name."""
    return str(village.counter.do("withdrawal", terminal_id=GRCU_POS)["response_code"])


def test_from_alert_to_freeze_to_unfreeze_by_two_people(
    chromium: Browser, address: str, village: Watched, alert: Json
) -> None:
    with (
        screen(chromium, address, "demo-maker") as maker,
        screen(chromium, address, "demo-checker") as checker,
    ):
        go(checker, "/console/approvals")
        go(maker, path_of(alert))
        maker.click("#move-open_case summary")
        maker.select_option("#f-open_case-kind", "freeze")
        fill_in(maker, "open_case", "终端疑似外借")
        maker.wait_for_url("**/console/cases/FZ-*")
        fill_in(maker, "freeze", "现场核实，终端不在登记地点")
        expect(maker.locator("[data-part=pending]")).to_contain_text("这是您自己提出的申请")
        assert code(village) == "00"

        waiting = checker.locator(".proposal", has_text="终端不在登记地点")
        expect(waiting).to_contain_text("小卖部")  # it came by itself
        waiting.locator("textarea").fill("照片已核对")
        waiting.get_by_role("button", name="同意").click()
        expect(checker.locator(".flash")).to_contain_text("已同意")
        maker.wait_for_selector("body[data-live=open]")
        expect(maker.locator("[data-part=head]")).to_contain_text("已冻结")
        expect(maker.locator("#toast")).to_contain_text("demo-checker 刚刚有改动")
        expect(maker.locator("[data-part=point]")).to_contain_text("冻结")
        assert code(village) == "58"

        go(checker, maker.url)
        fill_in(maker, "unfreeze", "终端已收回")
        decide = checker.locator("[data-part=pending]")
        expect(decide).to_contain_text("终端已收回")
        decide.locator("textarea").fill("已复查")
        decide.get_by_role("button", name="同意").click()
        expect(checker.locator("[data-part=head]")).to_contain_text("已解冻")
        expect(maker.locator("[data-part=head]")).to_contain_text("已解冻")
        assert code(village) == "00"
        assert maker.locator("main img").count() == 0


def test_what_somebody_types_stays_while_another_moves(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    with screen(chromium, address, "demo-maker") as page:
        go(page, path_of(alert))
        note = page.locator("#f-assign-note")
        note.fill("我正在写的话")
        note.evaluate("field => field.setSelectionRange(2, 4)")
        act(village, alert, "demo-checker", action="escalate")
        expect(page.locator("[data-part=head]")).to_contain_text("已升级")
        expect(page.locator("#toast")).to_contain_text("demo-checker 刚刚有改动")
        expect(note).to_have_value("我正在写的话")
        assert page.evaluate("document.activeElement.selectionStart") == 2


def test_what_came_back_to_be_corrected_stays_too(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    words = "很长的说明" * 101
    with screen(chromium, address, "demo-maker", forgiven="status of 422") as page:
        go(page, path_of(alert))
        page.fill("#f-assign-note", words)
        page.locator("#move-assign button").click()
        expect(page.locator("#f-assign-note")).to_have_attribute("aria-invalid", "true")
        page.wait_for_selector("body[data-live=open]")
        act(village, alert, "demo-checker", action="escalate")
        expect(page.locator("[data-part=head]")).to_contain_text("已升级")
        expect(page.locator("#f-assign-note")).to_have_value(words)


def test_a_step_that_another_took_keeps_the_words_and_sends_nothing(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    with screen(chromium, address, "demo-maker") as page:
        go(page, path_of(alert))
        page.click("#move-investigate summary")
        page.fill("#f-investigate-note", "我先看流水")
        act(village, alert, "demo-checker", action="investigate")
        kept = page.locator("form[data-kept]")
        expect(kept).to_contain_text("您写的内容保留在这里")
        expect(kept.locator("textarea")).to_have_value("我先看流水")
        expect(kept.get_by_role("button")).to_be_disabled()
        expect(page.locator("[data-part=moves]")).to_contain_text("已在核查中")


def test_the_queue_follows_by_itself(chromium: Browser, address: str, village: Watched) -> None:
    with screen(chromium, address, "demo-auditor") as page:
        go(page, "/console/alerts?rule=R13&state=assigned")
        alert = high_alert(village)
        row = page.locator(f"a[href$='{alert['alert_id']}']")
        expect(row).to_have_count(0)
        act(village, alert, "demo-maker", action="assign")
        expect(row).to_have_count(1)


def test_a_double_click_does_one_thing(chromium: Browser, address: str, village: Watched) -> None:
    alert = high_alert(village)
    with screen(chromium, address, "demo-maker") as page:
        go(page, path_of(alert))
        page.locator("#move-assign button").dblclick()
        expect(page.locator(".flash")).to_be_visible()
    moves = village.ask("/v1/audit-log", subject_id=alert["alert_id"])["items"]
    assert [one["action"] for one in moves] == ["assign"]


def test_the_keyboard_alone_takes_and_concludes_an_alert(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    act(village, alert, "demo-maker", action="investigate")
    with screen(chromium, address, "demo-maker") as page:
        go(page, path_of(alert))
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "verdict-confirmed":
                break
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        page.keyboard.type("电话核实，本人忘记密码")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("[data-part=pending]")).to_contain_text("结论：误报")


def test_without_scripts_an_alert_is_taken(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/console/sign-in")
    page.click("form:has(input[value='demo-maker']) button")
    page.goto(path_of(alert))
    page.locator("#move-assign button").click()
    expect(page.locator(".flash")).to_contain_text("已分派")
    context.close()


PAGES = ("alerts", "alert", "cases", "case", "review", "approvals", "paper")


def test_every_page_is_for_everybody_in_both_languages(
    chromium: Browser, address: str, village: Watched, alert: Json
) -> None:
    cases = village.ask("/v1/cases")["items"]
    of_kind = {one["kind"]: f"/console/cases/{one['case_id']}" for one in cases}
    places = {
        "alerts": "/console/alerts",
        "alert": path_of(alert),
        "cases": "/console/cases",
        "case": of_kind["verification"],
        "review": of_kind["annual_review"],
        "approvals": "/console/approvals",
        "paper": f"{of_kind['verification']}/papers/0",
    }
    with screen(chromium, address, "demo-checker") as page:
        for name in PAGES:
            page.goto(places[name])
            if name != "paper":
                page.wait_for_selector("body[data-live=open]")
            assert violations(page) == [], name
            assert jumped(page) < 0.01, name
            for width, height in (LAPTOP, PHONE):
                page.set_viewport_size({"width": width, "height": height})
                assert not scrolls_sideways(page), (name, width)
            page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
            assert violations_in_english(page) == [], name


def test_a_session_that_ended_leads_back_to_the_alert(
    chromium: Browser, address: str, alert: Json
) -> None:
    with screen(chromium, address, "demo-maker") as page:
        go(page, path_of(alert))
        page.context.clear_cookies()
        page.locator("#move-assign button, #move-investigate button").first.click()
        signs_in_again(page, alert, "demo-maker")


def test_what_was_typed_when_a_session_ended_is_there_again(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    with screen(chromium, address, "demo-maker") as page:
        sends_too_late(page, alert, "写了很久的说明")
        signs_in_again(page, alert, "demo-maker")
        expect(page.locator("#move-assign .kept")).to_contain_text("您写的内容已放回")
        expect(page.locator("#f-assign-note")).to_have_value("写了很久的说明")
        page.locator("#move-assign button").click()
        expect(page.locator(".flash")).to_contain_text("已分派")
        page.reload()
        expect(page.locator(".kept")).to_have_count(0)


def test_what_was_typed_is_not_shown_to_somebody_else(
    chromium: Browser, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    with screen(chromium, address, "demo-maker") as page:
        sends_too_late(page, alert, "只给自己看的话")
        signs_in_again(page, alert, "demo-checker")
        expect(page.locator("#f-assign-note")).to_have_value("由我核查")


def test_a_lost_connection_shows_itself_and_heals(
    chromium: Browser, settings: Settings, database_url: str
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with served_at(port, settings):
        context = chromium.new_context(base_url=f"http://127.0.0.1:{port}", locale="zh-CN")
        page = context.new_page()
        page.goto("/console/sign-in")
        page.click("form:has(input[value='demo-maker']) button")
        go(page, "/console/cases")
    page.wait_for_selector("#link[data-state=lost]", timeout=15_000)
    expect(page.locator("#link")).to_contain_text("连接中断")
    with served_at(port, settings):
        page.wait_for_selector("#link[data-state=open]", timeout=15_000)
        context.close()
