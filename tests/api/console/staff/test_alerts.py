"""The pages of alerts without a screen: the queue, one alert, who may do what, and bad input."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.api.console.browser import hidden
from tests.api.console.staff.office import Clerk, high_alert, medium_alert, stays_closed, words
from tests.api.counter import Json
from tests.api.watched import Watched


@pytest.fixture(scope="module")
def high(village: Watched) -> Json:
    return high_alert(village)


def path_of(alert: Json) -> str:
    return f"/console/alerts/{alert['alert_id']}"


def again(village: Watched, alert: Json) -> Json:
    return village.ask(f"/v1/alerts/{alert['alert_id']}")


# The queue ------------------------------------------------------------------------------------


def test_the_gravest_come_first_and_the_time_that_is_left_is_said(
    maker: Clerk, village: Watched, high: Json
) -> None:
    medium = medium_alert(village)
    page = maker.get("/console/alerts")
    assert page.text.index(high["alert_id"]) < page.text.index(medium["alert_id"])
    assert "剩 19 小时" in words(page)
    assert high["explanation"] in words(page)


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("severity=high", True),
        ("severity=low", False),
        ("rule=R13", True),
        ("rule=R09", False),
        ("state=new", True),
        ("state=closed", False),
        ("state=all", True),
        ("due=3d", True),
        ("due=late", False),
        ("mine=1", False),
        ("place=SP520121", True),
        ("place=%25", False),
        ("severity=nonsense&state=nonsense&due=nonsense", True),
    ],
)
def test_filters_narrow_the_queue(
    address: str, village: Watched, query: str, is_there: bool
) -> None:
    alert = high_alert(village)
    clerk = Clerk(address, "demo-auditor")
    assert (alert["alert_id"] in clerk.get(f"/console/alerts?{query}").text) is is_there
    clerk.close()


def test_an_empty_queue_says_that_all_is_calm(maker: Clerk) -> None:
    assert "没有超时的预警" in words(maker.get("/console/alerts?due=late"))
    assert "没有符合筛选条件的预警" in words(maker.get("/console/alerts?place=nowhere"))


def test_a_long_queue_goes_on_and_repeats_nothing(maker: Clerk, village: Watched) -> None:
    for _ in range(26):
        village.guess()
    first = maker.get("/console/alerts?rule=R13")
    link = first.text.split('class="more"')[1].split('href="')[1].split('"')[0]
    second = maker.get(link.replace("&amp;", "&"))
    assert len(listed(first)) == 25
    assert listed(second)
    assert not listed(first) & listed(second)


def listed(page: httpx2.Response) -> set[str]:
    """The alerts that a page of the queue leads to."""
    return set(re.findall('href="/console/alerts/([^"?]+)"', page.text))


def test_a_cursor_that_is_not_ours_is_refused(maker: Clerk) -> None:
    assert maker.get("/console/alerts?cursor=AAAA").status_code == 422


# One alert ------------------------------------------------------------------------------------


def test_an_alert_explains_itself(maker: Clerk, village: Watched) -> None:
    alert = medium_alert(village)
    said = words(maker.get(path_of(alert)))
    for told in (alert["explanation"], "R09 · 第 1 版", "本次 3", "阈值 3", "成功", "后督核查"):
        assert told in said
    transaction = village.ask(f"/v1/transactions/{alert['transaction_ids'][0]}")
    assert transaction["card_no_masked"] in said


def test_an_alert_that_is_not_there_is_not_found(maker: Clerk) -> None:
    assert maker.get("/console/alerts/R13-nothing").status_code == 404


def test_it_is_taken_looked_into_and_closed_by_two(
    maker: Clerk, address: str, village: Watched
) -> None:
    alert = high_alert(village)
    path = path_of(alert)
    assert "先开始核查，再下结论" in words(maker.get(path))
    taken = maker.send(path, do="assign", note="由我核查", assignee="demo-maker")
    assert "已分派" in words(taken)
    maker.send(path, do="investigate", note="致电负责人")
    page = maker.send(path, do="close", verdict="confirmed", note="电话核实\r\n并非本人")
    assert "已提交，等待另一人复核" in words(page)
    assert "demo-maker 申请关闭，结论：属实 电话核实 并非本人" in words(page)
    assert again(village, alert)["state"] == "investigating"
    village.approve(again(village, alert)["approval_id"])
    closed = words(maker.get(path))
    assert "这条预警已关闭，结论：属实" in closed
    assert ["由我核查" in closed, "致电负责人" in closed] == [True, True]


def test_what_the_state_does_not_allow_is_explained_and_nothing_changes(
    maker: Clerk, village: Watched
) -> None:
    alert = high_alert(village)
    page = maker.send(path_of(alert), do="close", verdict="confirmed", note="已核实")
    assert page.status_code == 409
    assert "当前状态不允许" in words(page)
    assert again(village, alert) == alert


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"do": "assign", "note": " "}, "至少 1 个字符"),
        ({"do": "assign", "note": "x" * 501}, "最多 500 个字符"),
        ({"do": "suppress", "note": "赶集", "for": "ever"}, "请选择多久"),
        ({"do": "open_case", "note": "可疑", "kind": "party"}, "字段不合要求"),
        ({"do": "dance", "note": "可疑"}, "字段不合要求"),
        ({}, "字段不合要求"),
    ],
)
def test_a_form_that_is_not_valid_comes_back_as_it_was_typed(
    maker: Clerk, village: Watched, high: Json, fields: dict[str, str], told: str
) -> None:
    page = maker.send(path_of(high), **fields)
    assert page.status_code == 422
    assert told in words(page)
    if fields.get("do") in ("suppress", "open_case"):
        assert f">{fields['note']}</textarea>" in page.text
    assert again(village, high) == high


def test_a_day_is_one_hand_and_a_week_takes_two(maker: Clerk, village: Watched) -> None:
    alert, other = high_alert(village), high_alert(village)
    page = maker.send(path_of(alert), do="suppress", note="赶集日", **{"for": "24h"})
    assert "已抑制" in words(page)
    assert again(village, alert)["state"] == "suppressed"
    assert "抑制期内；到期自动恢复" in words(maker.get(path_of(alert)))
    page = maker.send(path_of(other), do="suppress", note="赶集日", **{"for": "7d"})
    assert "已提交，等待另一人复核" in words(page)
    assert again(village, other)["state"] == "new"


def test_a_form_sent_twice_does_one_thing(maker: Clerk, village: Watched) -> None:
    alert = high_alert(village)
    path = path_of(alert)
    fields = hidden(maker.get(path)) | {"do": "assign", "note": "由我核查"}
    maker.post(path, fields)
    page = maker.post(path, fields)
    assert "没有重复办理" in words(page)
    moves = village.ask("/v1/audit-log", subject_id=alert["alert_id"])["items"]
    assert [one["action"] for one in moves] == ["assign"]


# Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["demo-auditor", "demo-admin"])
def test_who_only_reads_is_offered_nothing_and_refused(
    address: str, village: Watched, high: Json, key: str
) -> None:
    reader = Clerk(address, key)
    page = reader.get(path_of(high))
    assert "您可以查看，不能办理" in words(page)
    assert 'name="do"' not in page.text
    forged = {"csrf": reader.csrf(), "do": "assign", "note": "由我核查"}
    assert reader.post(path_of(high), forged).status_code == 403
    assert again(village, high) == high
    reader.close()


@pytest.mark.parametrize("path", ["/console/alerts", "/console/alerts/R13-x"])
def test_a_terminal_and_a_stranger_stay_outside(address: str, path: str) -> None:
    stays_closed(address, path)
