"""The trainer's desk over HTTP: patterns, lines, freezes; each by who may, once, and with words."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.api.console.browser import Browser, hidden
from tests.api.counter import Counter
from tests.api.village import POS

DESK = "/console/desk"
POINT = "SP520121-0002"


def send(browser: Browser, path: str, **fields: str) -> httpx2.Response:
    return browser.post(f"{DESK}/{path}", hidden(browser.get(DESK)) | fields)


def flash(page: httpx2.Response) -> str:
    found = re.search(r'<p class="flash[^>]*>([^<]*)</p>', page.text)
    return found[1] if found else ""


def test_a_pattern_is_sent_and_its_alerts_are_linked(browser: Browser, counter: Counter) -> None:
    browser.sign_in("demo-admin")
    fields = hidden(browser.get(DESK)) | {"pattern": "R06-crew", "point": POINT}
    page = browser.post(f"{DESK}/patterns", fields)
    assert "监测的结果在下面" in flash(page)
    sent = counter.get("/sim/episodes").json()["items"][0]
    assert (sent["pattern"], sent["sent_by"]) == ("R06-crew", "demo-admin")
    alert = next(one["alert_id"] for one in sent["heard"] if one["rule_id"] == "R06")
    assert f'href="/console/alerts/{alert}"' in page.text
    assert "已发现" in page.text
    again = browser.post(f"{DESK}/patterns", fields)
    assert "已经提交过" in flash(again)
    assert counter.get("/sim/episodes").json()["items"] == [sent]


def test_a_look_alike_raises_no_false_alarm(browser: Browser) -> None:
    browser.sign_in("demo-admin")
    page = send(browser, "patterns", pattern="R12-no_number", point="SP520121-0003")
    row = page.text[page.text.index("未上报序列号<small") :]
    assert "没有误报" in row[: row.index("</tr>")]


@pytest.mark.parametrize(
    ("pattern", "point", "said"),
    [
        ("R06-crew", "SP520121-0011", "业务齐全的服务点"),
        ("R06-crew", "<b>x</b>", "请从列表里选"),
        ("R99-nobody", POINT, "无此案例"),
        ("", "", ""),
    ],
)
def test_what_cannot_be_sent_is_said(
    browser: Browser, counter: Counter, pattern: str, point: str, said: str
) -> None:
    browser.sign_in("demo-admin")
    before = counter.get("/sim/clock").json()["business_date"]
    page = send(browser, "patterns", pattern=pattern, point=point)
    assert 'class="flash refused"' in page.text
    assert said in flash(page)
    assert "<b>x</b>" not in page.text
    assert counter.get("/sim/clock").json()["business_date"] == before


def test_a_line_is_cut_and_mended(browser: Browser, counter: Counter) -> None:
    browser.sign_in("demo-admin")
    page = send(browser, "lines", terminal_id=POS, line="answer_lost")
    assert "应答到不了终端" in flash(page)
    assert counter.send("withdrawal", counter.body("withdrawal")).status_code == 503
    assert "应答丢失" in page.text
    page = send(browser, "lines", terminal_id=POS, line="up")
    assert "线路已接好" in flash(page)
    assert counter.do("withdrawal")["status"] == "approved"
    assert "无此终端" in flash(send(browser, "lines", terminal_id="00000000", line="down"))
    assert 'class="flash refused"' in send(browser, "lines", terminal_id=POS, line="wet").text


def test_a_freeze_takes_two_people_and_so_does_its_end(browser: Browser, counter: Counter) -> None:
    browser.sign_in("demo-maker")
    terminal = counter.get(f"/v1/service-points/{POINT}").json()["terminals"][0]["terminal_id"]
    for action, code in (("freeze", "58"), ("unfreeze", "00")):
        page = send(browser, "freezes", action=action, point=POINT, note="课堂演示")
        assert "等另一人复核" in flash(page)
        pending = counter.get("/v1/approvals", "demo-checker", state="pending").json()["items"]
        (approval,) = [one for one in pending if one["kind"] == "case"]
        assert approval["maker"] == "demo-maker"
        body = {"decision": "approve", "note": "同意"}
        counter.post(f"/v1/approvals/{approval['approval_id']}", body, "demo-checker")
        assert counter.do("withdrawal", terminal_id=terminal)["response_code"] == code
    assert "请写理由" in flash(send(browser, "freezes", action="freeze", point=POINT))
    refused = send(browser, "freezes", action="freeze", point="SP-NONE", note="x")
    assert "没有这个服务点" in flash(refused)
    assert "不知道要办什么" in flash(send(browser, "freezes", action="burn", point=POINT, note="x"))


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("demo-maker", "patterns"),
        ("demo-checker", "lines"),
        ("demo-auditor", "freezes"),
    ],
)
def test_who_may_not_is_told_in_a_sentence(browser: Browser, who: str, path: str) -> None:
    browser.sign_in(who)
    answer = browser.post(f"{DESK}/{path}", {"csrf": browser.csrf()})
    assert answer.status_code == 403
    assert "此操作需要角色" in answer.text
    assert browser.get(DESK).status_code == 200


def test_whoever_is_signed_out_comes_back_to_the_desk(browser: Browser) -> None:
    answer = browser.get(f"{DESK}?pattern=R06-crew", follow=False)
    assert answer.headers["location"] == (
        "/console/sign-in?next=%2Fconsole%2Fdesk%3Fpattern%3DR06-crew"
    )
    browser.sign_in("demo-terminal")
    assert browser.get(DESK).status_code == 403
