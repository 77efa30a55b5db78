"""The clock on screen: forward only, by one form once, and everything that came about is shown."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from api.composition import open_sandbox
from api.console.month import month_of
from api.console.texts import catalogue
from api.settings import Settings
from risk.bank_calendar import DayKind
from risk.due_kinds import due_kinds
from risk.workflow import CaseKind, Role
from risk.workflows import WORKFLOWS
from tests.api.console.browser import Browser, hidden
from tests.api.counter import Counter

CLOCK = "/console/clock"


def go(browser: Browser, **fields: str) -> str:
    """Send the form of the page as its button does, and return the page that comes."""
    answer = browser.post(CLOCK, hidden(browser.get(CLOCK)) | fields)
    assert answer.status_code == 200, answer.text
    return answer.text


A_WHILE = timedelta(minutes=5)
"""The clock runs while a test does."""


def shown(page: str) -> datetime:
    found = re.search(r'<time datetime="([^"]+)">', page)
    assert found is not None
    return datetime.fromisoformat(found[1])


def test_a_day_later_the_settlement_is_among_what_came_about(
    browser: Browser, counter: Counter
) -> None:
    counter.do("withdrawal")
    browser.sign_in("demo-admin")
    before = shown(browser.get(CLOCK).text)
    page = go(browser, way="P1D")
    assert timedelta(days=1) <= shown(page) - before < timedelta(days=1) + A_WHILE
    went = page[page.index('id="went"') : page.index("clock-columns")]
    assert "会计日 2026-03-02 已清算" in went
    assert "日终结算 1" in went
    assert "日终巡检" in went


@pytest.mark.parametrize(
    ("way", "at"), [("cut_off", "23:00"), ("business_day", "08:00"), ("PT1H", "09:00")]
)
def test_to_a_kind_of_moment(browser: Browser, way: str, at: str) -> None:
    browser.sign_in("demo-admin")
    went_to = shown(go(browser, way=way))
    assert f"{went_to:%H:%M}" == at


def test_to_the_next_thing_due_and_to_a_moment(browser: Browser) -> None:
    browser.sign_in("demo-admin")
    page = go(browser, way="due")
    assert re.search(r"办了 \d+ 件", page)
    page = go(browser, way="moment", on="2026-04-01", at="09:30")
    assert f"{shown(page):%Y-%m-%d %H:%M}" == "2026-04-01 09:30"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"way": "moment", "on": "2026-03-01", "at": "09:30"}, "时钟不能倒退"),
        ({"way": "moment", "on": "", "at": ""}, "请填日期和时间"),
        ({"way": "moment", "on": "<b>x</b>", "at": "9"}, "请填日期和时间"),
        ({"way": "P9Y"}, "最多三年"),
        ({"way": "yesterday"}, ""),
        ({}, ""),
    ],
)
def test_where_it_cannot_go_it_stays_and_says_so(
    browser: Browser, fields: dict[str, str], said: str
) -> None:
    browser.sign_in("demo-admin")
    before = shown(browser.get(CLOCK).text)
    page = go(browser, **fields)
    assert shown(page) - before < A_WHILE
    assert 'class="flash refused"' in page
    assert said in page


def test_one_form_moves_it_once(browser: Browser) -> None:
    browser.sign_in("demo-admin")
    fields = hidden(browser.get(CLOCK)) | {"way": "P1D"}
    first = shown(browser.post(CLOCK, fields).text)
    again = browser.post(CLOCK, fields).text
    assert shown(again) - first < A_WHILE
    assert "已经提交过" in again


def test_who_may_not_move_it_may_look_and_is_told(browser: Browser, counter: Counter) -> None:
    browser.sign_in("demo-maker")
    page = browser.get(CLOCK).text
    assert "需要管理员登录" in page
    assert "拨钟" in page
    assert 'name="way"' not in page
    before = counter.get("/sim/clock").json()["business_date"]
    answer = browser.post(CLOCK, {"csrf": browser.csrf(), "way": "P7D"})
    assert answer.status_code == 403
    assert "此操作需要角色：管理员" in answer.text
    assert counter.get("/sim/clock").json()["business_date"] == before
    browser.sign_in("demo-terminal")
    assert browser.get(CLOCK).status_code == 403


def test_the_calendar_knows_holidays_make_up_days_and_what_is_not_announced(
    browser: Browser,
) -> None:
    browser.sign_in("demo-auditor")
    page = browser.get(f"{CLOCK}?month=2026-10").text
    assert "国庆节 1–7 日" in page
    assert page.count("调休上班") > 1
    assert "暂定" not in page
    assert "暂定" in browser.get(f"{CLOCK}?month=2027-02").text
    assert "2026-" in browser.get(f"{CLOCK}?month=<script>").text


def test_the_month_as_the_bank_sees_it() -> None:
    month = month_of("2026-02", date(2026, 3, 2))
    kinds = {cell.day.day: cell.shown.kind for week in month.weeks for cell in week if cell.shown}
    assert (kinds[17], kinds[28], kinds[1], kinds[2]) == (
        DayKind.HOLIDAY, DayKind.MADE_UP, DayKind.WEEKEND, DayKind.WORKING
    )  # fmt: skip
    assert (month.before, month.after) == ("2026-01", "2026-03")
    assert month_of("2100-01", date(2026, 3, 2)).first == date(2026, 3, 1)


def test_every_kind_that_time_brings_has_a_name(settings: Settings) -> None:
    sandbox = open_sandbox(settings)
    kinds = {due.kind for due in due_kinds(sandbox)} | {kind.value for kind in CaseKind}
    sandbox.database.close_now()
    moves = (move for workflow in WORKFLOWS.values() for move in workflow.moves)
    kinds |= {move.action for move in moves if move.role is Role.CLOCK}
    assert {f"clock.k_{kind}" for kind in kinds} <= catalogue().keys()
