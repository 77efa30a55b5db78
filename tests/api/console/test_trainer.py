"""The trainer in a real browser: clock, desk, lines, class; and lessons that the server judges."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.console.chromium import (
    LAPTOP,
    PHONE,
    jumped,
    screen,
    scrolls_sideways,
    violations,
)
from tests.api.console.exam import EXAM, RIGHT, WRONG, sit
from tests.api.console.teller import opened, teaching
from tests.api.counter import Counter
from tests.api.village import POS, UNTRAINED

POINT = "SP520121-0002"
PICTURES = os.environ.get("DESK_PICTURES", "")
"""A folder for pictures of the pages, for whoever wants to look at them."""


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"console-{name}.png")


@pytest.fixture(scope="module")
def point_id(counter: Counter) -> str:
    """Where an operator waits to be trained."""
    found: str = counter.get(f"/v1/terminals/{UNTRAINED}").json()["service_point_id"]
    return found


@pytest.fixture(scope="module")
def trainer(chromium: Browser, address: str) -> Iterator[Page]:
    with screen(chromium, address, "demo-admin") as page:
        yield page


def test_a_pattern_is_sent_and_its_alert_is_one_click_away(trainer: Page) -> None:
    trainer.goto("/console/desk")
    trainer.select_option("#pattern", "R06-crew")
    expect(trainer.locator("#pattern-says")).to_contain_text("半小时里六到八张卡")
    expect(trainer.locator("#pattern-teaches")).to_contain_text("团伙")
    trainer.fill("#f-point", POINT)
    trainer.press("#f-point", "Enter")
    expect(trainer.locator(".flash")).to_contain_text("案例已办完")
    row = trainer.locator("tr.newest")
    expect(row).to_contain_text("已发现")
    picture(trainer, "desk")
    row.locator(".heard a").first.click()
    trainer.wait_for_url("**/console/alerts/R06-*")
    expect(trainer.locator("h1")).to_contain_text("一点多卡")


def test_the_clock_goes_and_says_what_came_about(trainer: Page) -> None:
    trainer.goto("/console/clock")
    before = trainer.locator(".big-clock").inner_text()
    trainer.evaluate(KEEP_WHAT_IT_SAYS)
    trainer.press("button[value=P1M]", "Enter")
    expect(trainer.locator("#went")).to_contain_text("日终巡检")
    assert "正在办理路上到期的事" in trainer.evaluate("sessionStorage.getItem('waited')")
    assert trainer.locator(".big-clock").inner_text() != before
    picture(trainer, "clock")
    trainer.click("[aria-label='下一月']")
    expect(trainer.locator("#calendar h2")).to_be_visible()


KEEP_WHAT_IT_SAYS = """() => {
  const waiting = document.querySelector("#waiting");
  new MutationObserver(() => sessionStorage.setItem("waited", waiting.innerText))
    .observe(waiting, { attributes: true, childList: true, subtree: true });
}"""
"""While a form is on its way nobody outside can look at the page."""


def test_a_cut_line_takes_the_answer_from_the_terminal_until_it_is_mended(
    chromium: Browser, address: str, trainer: Page
) -> None:
    cut(trainer, "answer_lost")
    context = chromium.new_context(base_url=address, locale="zh-CN")
    page = context.new_page()
    page.goto("/console/sign-in")
    page.click("form:has(input[value='demo-maker']) button")
    teller = opened(page)
    page.select_option("#terminal", POS)
    page.wait_for_selector(f"body[data-desk='{POS}']", state="attached")
    page.wait_for_selector(".plastic")
    teller.sign_in()
    teller.withdraw("1 00")
    teller.press("ok")
    teller.at("reversing", timeout=15_000)
    # The bank did it, and may have taken it back by now; the terminal knows neither.
    expect(teller.books).to_contain_text(re.compile("已入账|已冲正"))
    trainer.goto("/console/desk")
    trainer.click("#lines button[value=up]")
    expect(trainer.locator("#lines")).to_contain_text("所有线路正常")
    teller.at("reversed", timeout=15_000)
    expect(teller.books).to_contain_text("已冲正")
    context.close()


def cut(page: Page, line: str) -> None:
    page.goto("/console/desk")
    page.fill("#f-terminal", POS)
    page.click(f"#lines button[value={line}]")
    expect(page.locator("#lines")).to_contain_text("应答丢失")


def test_an_exam_is_failed_and_then_passed_and_the_register_knows(
    chromium: Browser, address: str, counter: Counter, point_id: str
) -> None:
    query = f"?lesson={EXAM}&trainee={point_id}"
    with teaching(chromium, address, query) as teller:
        panel = teller.page.locator("lesson-panel")
        sit(teller, WRONG)
        expect(panel).to_have_attribute("data-state", "failed")
        expect(panel).to_contain_text("没有合格，不登记")
        expect(panel.locator(".mistakes li")).to_have_count(2)
        assert result(counter, point_id) == ("open", None)
        picture(teller.page, "lesson-failed")
        teller.page.click("lesson-panel button:has-text('再练一次')")
        expect(panel).to_have_attribute("data-state", "running")
        teller.page.wait_for_selector(".plastic")
        sit(teller, RIGHT)
        expect(panel).to_have_attribute("data-state", "passed")
        expect(panel).to_contain_text("已登记进负责人的培训档案")
        assert result(counter, point_id) == ("pass", 100)
        picture(teller.page, "lesson-passed")


def test_who_was_signed_out_in_a_lesson_comes_back_to_it(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, locale="zh-CN")
    page = context.new_page()
    page.goto("/console/sign-in")
    page.click("form:has(input[value='demo-maker']) button")
    teller = opened(page, f"?lesson={EXAM}")
    expect(page.locator("lesson-panel .say")).to_be_visible()
    context.clear_cookies()
    teller.press("ok")
    page.wait_for_url("**/console/sign-in?next=*")
    page.click("form:has(input[value='demo-maker']) button")
    page.wait_for_url(f"**/console/terminal?lesson={EXAM}")
    context.close()


def result(counter: Counter, point_id: str) -> tuple[str, int | None]:
    point = counter.get(f"/v1/service-points/{point_id}", "demo-auditor").json()
    lines = point["operator"]["training"]
    line = next(one for one in lines if one["subject"] == "operational_risk")
    return line["result"], line["score"]


def test_the_class_moves_while_the_trainer_watches(
    chromium: Browser, address: str, trainer: Page, point_id: str
) -> None:
    trainer.goto("/console/class")
    with teaching(chromium, address, "?lesson=first-withdrawal", who="demo-terminal") as teller:
        row = trainer.locator("#seats tr", has_text="demo-terminal")
        expect(row).to_contain_text("0/8")
        teller.sign_in()
        expect(row).to_contain_text("1/8")
    with teaching(chromium, address, "?learner=王小明", who="demo-terminal"):
        expect(trainer.locator("#seats tr", has_text="王小明")).to_contain_text("自由练习")
    trainer.reload()
    sheet = trainer.locator("#sheet")
    expect(sheet).to_contain_text("demo-terminal")
    expect(sheet).not_to_contain_text("王小明")
    with trainer.expect_download() as download:
        trainer.click("text=下载 CSV")
    assert download.value.suggested_filename == "class.csv"
    trainer.emulate_media(media="print")
    expect(trainer.locator("#now")).to_be_hidden()
    expect(sheet).to_be_visible()
    trainer.emulate_media(media="screen")
    picture(trainer, "class")


@pytest.mark.parametrize(
    ("who", "size", "language"),
    [
        ("demo-admin", LAPTOP, "en"),
        ("demo-maker", PHONE, "zh"),
        pytest.param("demo-admin", LAPTOP, "zh", marks=pytest.mark.long),
    ],
)
def test_the_trainers_pages_are_for_everybody(
    chromium: Browser, address: str, who: str, size: tuple[int, int], language: str
) -> None:
    with screen(chromium, address, who, size=size, language=language) as page:
        for path in ("/console/clock", "/console/desk", "/console/class"):
            page.goto(path)
            assert jumped(page) < 0.01, path
            assert not scrolls_sideways(page), path
            assert violations(page) == [], path
