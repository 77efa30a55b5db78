"""The trainer's guide, followed word by word in a real browser, as on somebody's first day."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from playwright.sync_api import Browser, Page, expect

from tests.api.console.chromium import screen
from tests.api.console.teller import Teller

GUIDE = Path(__file__).parents[3] / "docs" / "guide-trainer.zh.md"
TWO_MINUTES_S = 120
POINT = "SP520121-0002"

Move = Callable[[Teller], None]


def customer_enters(teller: Teller) -> None:
    teller.page.get_by_role("button", name="把键盘转给客户").click()
    teller.press("ok")
    teller.at("confirm")
    teller.quoted()


MOVES: dict[str, Move] = {
    "按“确认”签到": lambda teller: teller.click("ok"),
    "按 1，选“助农取款”": lambda teller: teller.click("1"),
    "按 2、00、“确认”": lambda teller: teller.click("2 00 ok"),
    "点“借记卡”插卡": lambda teller: teller.page.locator(
        ".plastic", has_text="借记卡"
    ).first.click(),
    "点“把键盘转给客户”，再按“确认”": customer_enters,
    "念金额和手续费，按“确认”": lambda teller: teller.click("ok"),
    "按“确认”点钞，再按“确认”付出": lambda teller: teller.pay(),
    "请客户签字，按“确认”": lambda teller: teller.signed(),
}
"""What the guide lets a trainee do, by its own words."""
LEADS_TO = ("menu", "amount", "card", "pin", "confirm", "pay_out", "sign", "menu")


def section(title: str) -> str:
    """Return a section of the guide."""
    return GUIDE.read_text("utf-8").partition(f"## {title}")[2].partition("\n## ")[0]


def test_a_lesson_is_run_as_the_guide_says_within_two_minutes(
    chromium: Browser, address: str
) -> None:
    began = monotonic()
    with screen(chromium, address) as page:
        page.goto("/console")
        page.get_by_role("button", name="经办 demo-maker").first.click()
        page.get_by_role("link", name="课程").click()
        lesson = page.locator(".lesson", has_text="给乡亲取一笔现金")
        lesson.get_by_role("link", name="开始上课").click()
        page.wait_for_selector(".plastic")
        teller = Teller(page)
        told = re.findall(r"^ *\| ([^|]+) \| [^|]+ \|$", section("二"), re.MULTILINE)
        assert told == ["学员做", *MOVES]
        steps = page.locator("lesson-panel li")
        assert steps.count() == len(MOVES)
        for words, state in zip(told[1:], LEADS_TO, strict=True):
            expect(page.locator("lesson-panel [aria-current=step]")).to_have_count(1)
            MOVES[words](teller)
            teller.at(state)
        expect(page.locator("lesson-panel .verdict")).to_contain_text("合格 · 100 分")
    assert monotonic() - began < TWO_MINUTES_S


def test_a_trainer_freezes_a_point_and_another_signs_in_to_approve(
    chromium: Browser, address: str
) -> None:
    with screen(chromium, address, "demo-admin") as page:
        propose(page, "提出冻结")
        approve_as_another(page)
        assert withdrawn(page) == "refused"
        expect(page.locator("pos-terminal .screen")).to_contain_text("这个服务点已暂停业务")
        sign_in_as(page, "demo-admin")
        propose(page, "提出解冻")
        approve_as_another(page)
        assert withdrawn(page) == "pay_out"


def propose(page: Page, button: str) -> None:
    """Propose on the desk: nothing changes yet, and it says who is missing."""
    page.get_by_role("link", name="时钟与教学").click()
    page.get_by_role("link", name="教员台").click()
    card = page.locator("#freezes")
    card.get_by_label("服务点").fill(POINT)
    card.get_by_label("理由").fill("课堂演示")
    card.get_by_role("button", name=button).click()
    expect(page.locator(".flash")).to_contain_text("等另一人复核")
    expect(card).to_contain_text("须由 demo-admin 以外的人，用经办或复核的身份登录")


def approve_as_another(page: Page) -> None:
    """Follow the link to the sign-in of another; the trainer's own sign-in may not approve."""
    page.goto("/console/approvals")
    expect(page.get_by_role("button", name="同意")).to_have_count(0)
    page.go_back()
    page.get_by_role("link", name="换人登录去复核").click()
    page.get_by_role("button", name="复核 demo-checker").first.click()
    proposal = page.locator(".proposal", has_text="课堂演示")
    expect(proposal).to_contain_text("demo-admin")
    proposal.locator("textarea").fill("同意，课后解冻")
    proposal.get_by_role("button", name="同意").click()
    expect(page.locator(".flash")).to_contain_text("已同意")


def withdrawn(page: Page) -> str:
    """Try a withdrawal at the point's terminal; return where the terminal stands then."""
    page.get_by_role("link", name="教学终端").click()
    page.wait_for_selector(".plastic")
    option = page.locator(f"#terminal option[data-point='{POINT}']").first
    page.select_option("#terminal", option.get_attribute("value"))
    page.wait_for_selector(f"body[data-desk='{option.get_attribute('value')}']", state="attached")
    teller = Teller(page)
    teller.sign_in()
    teller.withdraw()
    teller.press("ok")
    page.wait_for_selector("pos-terminal[data-at=refused], pos-terminal[data-at=pay_out]")
    return teller.state


def sign_in_as(page: Page, who: str) -> None:
    page.goto("/console/sign-in")
    page.click(f"form:has(input[value='{who}']) button")
