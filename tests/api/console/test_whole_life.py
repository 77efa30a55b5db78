"""The whole life of a point on screen: entered, opened, used, graded, reviewed by two people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import insert

from pos_sim.store.database import Database
from risk.store.tables import risk_point_days
from tests.api.console.chromium import screen
from tests.api.console.staff.hands import fill_in
from tests.api.console.teller import Teller, lay_new, opened
from tests.api.counter import Counter
from tests.risk.test_grading import day_row

SHOP = {
    "village": "桃源村", "latitude": "27.05", "longitude": "106.97", "name": "桃源村便民超市",
    "operator_name": "王小满",
}  # fmt: skip
SUBJECTS = ("terminal_operation", "safe_card_use", "counterfeit_notes", "operational_risk")
MONTH_END = {"on": "2026-05-01", "at": "09:00"}
"""A point is graded for the months that it was open on the first day of."""
CLOCK_MS = 30_000


@pytest.fixture
def maker(chromium: Browser, address: str) -> Iterator[Page]:
    with screen(chromium, address, "demo-maker") as page:
        yield page


@pytest.fixture
def checker(chromium: Browser, address: str) -> Iterator[Page]:
    with screen(chromium, address, "demo-checker") as page:
        yield page


@pytest.mark.long
def test_a_point_is_opened_used_graded_and_reviewed(
    chromium: Browser,
    address: str,
    counter: Counter,
    database_url: str,
    maker: Page,
    checker: Page,
) -> None:
    register(maker)
    point = maker.url.rpartition("/")[2]
    train(maker)
    terminal = equip(maker)
    ask_to_open(maker)
    agree(checker, "申请开业，手续齐全")
    expect(part(maker, "head")).to_contain_text("正常")
    withdraw(maker, counter, terminal)
    trade_through_april(database_url, point)
    with screen(chromium, address, "demo-admin") as trainer:
        pass_the_month(trainer)
    maker.goto(f"/console/points/{point}")
    expect(part(maker, "grade")).to_contain_text("按 2026-04 评定")
    expect(part(maker, "transactions")).to_contain_text("200.00")
    review = open_review(maker, point)
    hand_in(maker)
    fill_in(maker, "pass", "现场核验全部合格")
    expect(part(maker, "pending")).to_contain_text("这是您自己提出的申请")
    agree(checker, "现场核验全部合格")
    maker.goto(review)
    expect(part(maker, "head")).to_contain_text("年审合格")
    expect(part(maker, "trail")).to_contain_text("demo-checker")
    maker.goto(f"/console/points/{point}")
    for told in ("开业", "评级", "年审合格"):
        expect(part(maker, "told")).to_contain_text(told)


def part(page: Page, name: str) -> Locator:
    return page.locator(f"[data-part={name}]")


def register(page: Page) -> None:
    """Enter the point, from the list on."""
    page.goto("/console/points")
    page.click("a[href='/console/points/new']")
    page.select_option("#f-county", "520121")
    page.click("main form button")
    page.select_option("#f-town", "520121103")
    for name, text in SHOP.items():
        page.fill(f"#f-{name}", text)
    page.click("form.propose button")
    expect(page.locator(".flash")).to_have_text("已登记，现为试营业")


def train(page: Page) -> None:
    page.click("#move-training-results summary")
    for subject in SUBJECTS:
        page.fill(f"#f-step-score_{subject}", "92")
    page.click("#move-training-results button")
    expect(page.locator(".flash")).to_have_text("成绩已登记")


def equip(page: Page) -> str:
    """Bind a terminal; return its number."""
    page.click("#move-terminals summary")
    page.fill("#f-step-serial", "SN52010123007701")
    page.click("#move-terminals button")
    expect(page.locator(".flash")).to_have_text("终端已布放")
    return page.locator("[data-part=equipment] li strong").inner_text()


def ask_to_open(page: Page) -> None:
    fill_in(page, "opening", "申请开业，手续齐全")
    expect(page.locator(".flash")).to_contain_text("已提交开业申请")


def agree(page: Page, what: str) -> None:
    """Approve, as another person, what somebody proposed in these words."""
    page.goto("/console/approvals")
    waiting = page.locator(".proposal", has_text=what)
    waiting.locator("textarea").fill("已核对")
    waiting.get_by_role("button", name="同意").click()
    expect(page.locator(".flash")).to_contain_text("已同意")


def withdraw(page: Page, counter: Counter, terminal: str) -> None:
    """Draw 200 yuan at the new terminal, up to the signed slip."""
    lay_new(page, counter, ["debit"])
    teller: Teller = opened(page)
    page.select_option("#terminal", terminal)
    teller.at("off")
    expect(page.locator("pos-terminal .ears")).to_contain_text(terminal)
    page.wait_for_selector(".plastic[data-tag=debit]")
    teller.sign_in()
    teller.withdraw("2 00")
    teller.press("ok")
    teller.pay()
    expect(teller.copy("customer")).to_contain_text("交易成功")
    teller.signed()


def trade_through_april(url: str, point: str) -> None:
    """Let the watch have seen three businesses a day, which nobody needs to see keyed in."""
    first, last = date(2026, 4, 1).toordinal(), date(2026, 4, 30).toordinal()
    rows = [day_row(point, date.fromordinal(day), 3) for day in range(first, last + 1)]
    database = Database(url)
    database.run_now(lambda connection: connection.execute(insert(risk_point_days), rows))
    database.close_now()


def pass_the_month(page: Page) -> None:
    """Let the bank's clock go to the morning after the last day of the point's first month."""
    page.goto("/console/clock")
    for name, text in MONTH_END.items():
        page.fill(f"#f-{name}", text)
    page.click("form.inline.moves button")
    expect(page.locator("#went")).to_be_visible(timeout=CLOCK_MS)
    expect(page.locator(".big-clock")).to_contain_text(MONTH_END["on"])


def open_review(page: Page, point: str) -> str:
    """Open the annual review of a point; return where its case is."""
    page.goto("/console/cases")
    page.click("#move-new summary")
    page.select_option("#f-new-kind", "annual_review")
    page.fill("#f-new-service_point_id", point)
    page.fill("#f-new-note", "开业后首次年审")
    page.click("#move-new button")
    page.wait_for_url(re.compile("/console/cases/AR-"))
    return page.url


def hand_in(page: Page) -> None:
    """Hand in a checklist on which everything passes."""
    passes = page.locator("form.checklist input[value=pass]")
    for number in range(passes.count()):
        passes.nth(number).check()
    page.fill("#f-checklist-note", "逐项现场核验")
    page.click("form.checklist > button")
    expect(part(page, "head")).to_contain_text("已上报")
