"""Lessons in a real browser: a class does, sees and explains; what is wrong is coached."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, expect

from tests.api.console.chromium import violations
from tests.api.console.teller import Teller, teaching

LESSON = "?lesson=first-withdrawal"


def said(teller: Teller) -> Locator:
    """What the lesson asks for now."""
    return teller.page.locator("lesson-panel .now")


def current(teller: Teller, title: str) -> None:
    expect(teller.page.locator("lesson-panel [aria-current=step]")).to_contain_text(title)


def withdraw_as_taught(teller: Teller) -> None:
    """Every step of the lesson as it asks for it."""
    current(teller, "签到")
    teller.sign_in()
    current(teller, "选“助农取款”")
    teller.press("1")
    current(teller, "输入 200 元")
    teller.press("2 00 ok")
    current(teller, "插客户本人的卡")
    teller.insert("debit")
    current(teller, "客户输密码")
    teller.customer_enters()
    teller.at("confirm")
    teller.press("ok")
    current(teller, "付现金")
    teller.pay()
    current(teller, "签字")
    teller.press("ok")


def test_a_lesson_done_well_is_passed(chromium: Browser, address: str) -> None:
    with teaching(chromium, address, LESSON) as teller:
        withdraw_as_taught(teller)
        end = teller.page.locator("lesson-panel .verdict")
        expect(end).to_contain_text("合格 · 100 分")
        assert violations(teller.page) == []


def test_a_wrong_move_is_coached_and_costs_points(chromium: Browser, address: str) -> None:
    with teaching(chromium, address, LESSON) as teller:
        teller.sign_in()
        teller.press("1 2 00 ok")
        teller.insert("neighbor")
        expect(said(teller)).to_contain_text("先停一下")
        expect(said(teller)).to_contain_text("拿错卡了")
        expect(teller.page.locator("lesson-panel .score b")).to_have_text("90")
        assert violations(teller.page) == []


def test_a_lesson_done_badly_is_failed_and_may_be_tried_again(
    chromium: Browser, address: str
) -> None:
    with teaching(chromium, address, LESSON) as teller:
        teller.sign_in()
        for _ in range(2):  # the neighbor's card, and then to stop in the middle
            teller.press("1 2 00 ok")
            teller.at("card")
            teller.insert("neighbor")
            teller.at("pin")
            teller.press("cancel")
            teller.at("menu")
        teller.press("1 2 00 ok")
        teller.insert("debit")
        teller.at("pin")
        teller.press("1")  # the operator's finger
        expect(said(teller)).to_contain_text("密码只能由客户自己输")
        teller.press("clear")
        teller.customer_enters()
        teller.at("confirm")
        teller.press("ok")
        teller.pay()
        teller.press("ok")
        panel = teller.page.locator("lesson-panel")
        expect(panel.locator(".verdict")).to_contain_text("还差一点 · 60 分")
        expect(panel.locator(".mistakes li")).to_have_count(5)
        assert violations(teller.page) == []
        panel.locator("button", has_text="再练一次").click()
        expect(panel.locator(".score b")).to_have_text("100")
        teller.at("off")


def test_only_what_the_lesson_needs_lies_on_the_counter(chromium: Browser, address: str) -> None:
    with teaching(chromium, address, LESSON) as teller:
        expect(teller.page.locator(".plastic")).to_have_count(3)


def test_a_lesson_tells_of_a_lost_line_and_goes_on(chromium: Browser, address: str) -> None:
    with teaching(chromium, address, LESSON, forgiven="503") as teller:
        current(teller, "签到")
        teller.page.route(
            "**/console/lessons/attempts/*/moves", lambda one: one.fulfill(status=503)
        )
        teller.sign_in()
        expect(teller.page.locator("lesson-panel .trouble")).to_contain_text("正在重试")
        teller.page.unroute_all()
        current(teller, "选“助农取款”")
