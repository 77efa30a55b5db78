"""The pages of rules without a screen: plain words, versions, back-tests, proposals by two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from api.settings import Settings
from pos_sim.domain.calendar import business_date
from tests.api.console.browser import hidden
from tests.api.console.staff.office import Clerk, high_alert, manned, stays_closed, words
from tests.api.counter import Json
from tests.api.village import Village
from tests.api.watched import Watched

AT = "/console/rules"
FIELD = "day.band[1].from"


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village) -> Iterator[tuple[Watched, str]]:
    with manned(settings, world) as opened:
        village = opened[0]
        village.spread()
        village.pass_time(days=9)
        yield opened


def day(village: Watched, ahead: int) -> str:
    return (business_date(village.clock.now()) + timedelta(days=ahead)).isoformat()


def rule(village: Watched, rule_id: str) -> Json:
    return village.ask(f"/v1/risk/rules/{rule_id}")


def listed(page: httpx2.Response) -> list[str]:
    return re.findall('class="title" href="/console/rules/([^"]+)"', page.text)


# The rulebook -----------------------------------------------------------------------------------


def test_every_rule_is_there_with_what_it_did(maker: Clerk, village: Watched) -> None:
    high_alert(village)
    page = maker.get(AT)
    assert listed(page) == [one["rule_id"] for one in village.ask("/v1/risk/rules")["items"]]
    week = rule(village, "R13")["statistics"]["last_7d"]["hit"]
    row = words(page).split("R13 ")[1].split("R14 ")[0]
    assert week >= 1
    assert f"{week:,}" in row


@pytest.mark.parametrize(
    ("query", "is_there"),
    [("q=R09", True), ("q=r09", True), ("q=限额", False), ("lane=inline", True),
     ("lane=batch", False), ("mode=enforce", True), ("mode=shadow", False), ("mode=x", True)],
)  # fmt: skip
def test_filters_narrow_the_rulebook(maker: Clerk, query: str, is_there: bool) -> None:
    assert ("R09" in listed(maker.get(f"{AT}?{query}"))) is is_there


def test_a_rule_is_told_in_plain_words(maker: Clerk, village: Watched) -> None:
    said = words(maker.get(f"{AT}/R09"))
    for told in (rule(village, "R09")["intent"], "每笔业务记账之前判断", "3 起",
                 "该卡24小时服务点数", "〔实际值〕个服务点", "A 4", "中", "预警"):  # fmt: skip
        assert told in said, told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_can_be_read_with_all_its_places_named(address: str, language: str) -> None:
    reader = Clerk(address, "demo-auditor")
    for number in range(1, 25):
        page = reader.get(f"/console/language/{language}?next={AT}/R{number:02d}")
        assert page.status_code == 200
        assert "{" not in page.text.split("<main")[1].split("</main>")[0]
    reader.close()


def test_a_rule_that_is_not_there_is_not_found(maker: Clerk) -> None:
    assert maker.get(f"{AT}/R99").status_code == 404


# Back-tests -------------------------------------------------------------------------------------


def judge(clerk: Clerk, rule_id: str, fields: dict[str, str]) -> httpx2.Response:
    """Ask for a back-test with a rule's form."""
    tokens = hidden(clerk.get(f"{AT}/{rule_id}"))
    return clerk.post(f"{AT}/{rule_id}", tokens | {"do": "backtest"} | fields)


def test_a_back_test_shows_what_would_be_gained(maker: Clerk, village: Watched) -> None:
    fields = {FIELD: "2", "from": day(village, -1), "to": day(village, 0)}
    early = judge(maker, "R09", fields)
    card = village.spread()["card_id"]
    page = judge(maker, "R09", fields)
    said = words(page)
    assert (early.status_code, page.status_code) == (200, 200)
    body = {"rule_id": "R09", "params": {"day": {"band": [{"from": 2}]}},
            "from": fields["from"], "to": fields["to"]}  # fmt: skip
    truth = village.send("/v1/risk/backtests", body).json()
    assert truth["gained"]["count"] >= 1
    assert f"新增 {truth['gained']['count']}" in said
    assert f"不变 {truth['kept']['count']}" in said
    assert "情形 1 · 第 1 段 · 起点 3 → 2" in said
    for case in truth["gained"]["items"]:
        assert case["transaction_id"] in said
        assert village.ask(f"/v1/transactions/{case['transaction_id']}")["card_id"] == card
    assert village.ask("/v1/risk/rules/R09")["version"] == 1


def test_a_back_test_tells_a_changed_condition_in_words(maker: Clerk, village: Watched) -> None:
    fields = {"card.guard[1].value": "否", "from": day(village, -1), "to": day(village, 0)}
    page = judge(maker, "R13", fields)
    assert page.status_code == 200, words(page)[:600]
    assert "情形 1 · 守护条件 1 密码错误：是 → 密码错误：否" in words(page)


def test_a_back_test_without_enough_history_says_from_when(maker: Clerk, village: Watched) -> None:
    page = judge(maker, "R09", {FIELD: "2", "from": day(village, -60), "to": day(village, 0)})
    assert page.status_code == 422
    assert re.search(r'id="w-from">历史不足', page.text)
    assert f'name="{FIELD}" type="text" value="2"' in page.text


# New versions -----------------------------------------------------------------------------------


def test_a_version_is_proposed_compared_and_approved_by_another(
    maker: Clerk, checker: Clerk, village: Watched
) -> None:
    fields = {"mode": "alert_only", "effective_from": day(village, 0), "note": "试行\r\n一周"}
    page = maker.send(f"{AT}/R06", do="propose", **fields | form_of(maker, "R06", first="7"))
    assert "新版本已提交，等待另一人复核" in words(page)
    assert "第 2 版待复核" in words(page)
    differ = words(page).split("版本对照")[1].split("相同的")[0]
    assert "情形 1 · 第 1 段 · 起点 6 7" in differ
    assert "模式 执行 只预警" in differ
    (waiting,) = [
        one
        for one in village.ask("/v1/approvals", state="pending")["items"]
        if one["subject_id"] == "R06-2"
    ]
    to = f"/console/approvals/{waiting['approval_id']}"
    asked = checker.get("/console/approvals")
    assert "模式 执行 → 只预警" in words(asked)
    assert f'href="{AT}/R06?a=1&amp;b=2#versions"' in asked.text
    assert "不能复核自己的申请" in words(
        maker.post(to, {"csrf": maker.csrf(), "decision": "approve", "note": "同意"})
    )
    checker.send("/console/approvals", to=to, decision="approve", note="已核对")
    decided = words(checker.get("/console/approvals?state=approved"))
    assert "情形 1 · 第 1 段 · 起点 6 → 7" in decided, "told as it was asked"
    assert rule(village, "R06")["version"] == 2
    assert "demo-maker 提出，demo-checker 复核" in words(maker.get(f"{AT}/R06"))


def form_of(clerk: Clerk, rule_id: str, *, first: str) -> dict[str, str]:
    """The first band's edge of a rule's form, with another value."""
    page = clerk.get(f"{AT}/{rule_id}").text
    name = re.findall(r'name="([^"]+\.band\[1\]\.from)"', page)[0]
    return {name: first}


def test_what_the_form_does_not_offer_can_be_written_as_the_rulebook_does(
    maker: Clerk, village: Watched
) -> None:
    text = '{"day": {"band": [{"from": 2, "severity": "low"}, {"from": 5}]}}'
    page = maker.send(
        f"{AT}/R09", do="propose", params_json=text, mode="shadow",
        effective_from=day(village, 3), note="分两段",
    )  # fmt: skip
    assert page.status_code == 422  # the second band has no words yet
    text = '{"day": {"band": [{"from": 2, "severity": "low"}]}}'
    page = maker.send(
        f"{AT}/R09", do="propose", params_json=text, mode="shadow",
        effective_from=day(village, 3), note="分两段",
    )  # fmt: skip
    assert "等待另一人复核" in words(page)
    newest = rule(village, "R09")["versions"][0]
    assert newest["status"] == "pending"
    assert newest["params"]["day"]["band"][0]["from"] == 2


def test_a_band_is_added_by_the_form_and_left_out_again(
    maker: Clerk, checker: Clerk, village: Watched
) -> None:
    form = maker.get(f"{AT}/R08").text
    starts = re.findall(r'name="(\w+)\.band\[\d\]\.from" type="text" value="([^"]*)"', form)
    clause, count = starts[0][0], len([one for one in starts if one[0] == starts[0][0]])
    higher = str(int(starts[count - 2][1]) + 1)
    fresh = f"{clause}.band[{count}].from"  # the last one is empty
    fields = {"do": "propose", "mode": "alert_only", "note": "多分一档"}
    page = maker.send(
        f"{AT}/R08", **fields, effective_from=day(village, 2),
        **{fresh: higher, f"{clause}.band[{count}].severity": "critical"},
    )  # fmt: skip
    assert "等待另一人复核" in words(page)
    bands = rule(village, "R08")["versions"][0]["params"][clause]["band"]
    assert len(bands) == count
    assert bands[-1]["severity"] == "critical"
    assert "to" not in bands[-1]
    assert bands[-2]["to"] == bands[-1]["from"]
    assert bands[-1]["reason"] == bands[-2]["reason"]
    (waiting,) = [one for one in village.ask("/v1/approvals", state="pending")["items"]
                  if one["subject_id"].startswith("R08")]  # fmt: skip
    village.approve(waiting["approval_id"])
    village.pass_time(days=2)
    page = maker.send(
        f"{AT}/R08", **(fields | {"note": "还是少一档"}), effective_from=day(village, 2),
        **{fresh: ""},
    )  # fmt: skip
    assert "等待另一人复核" in words(page), words(page)
    bands = rule(village, "R08")["versions"][0]["params"][clause]["band"]
    assert len(bands) == count - 1
    assert "to" not in bands[-1]


def test_a_form_sent_twice_proposes_once(maker: Clerk, village: Watched) -> None:
    fields = hidden(maker.get(f"{AT}/R11")) | {
        "do": "propose", "mode": "shadow", "effective_from": day(village, 2), "note": "先看看",
    }  # fmt: skip
    maker.post(f"{AT}/R11", fields)
    assert "没有重复办理" in words(maker.post(f"{AT}/R11", fields))
    assert len(rule(village, "R11")["versions"]) == 2


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({FIELD: "many"}, f"w-{FIELD}"),
        ({FIELD: "-3"}, f"w-{FIELD}"),
        ({FIELD: "4", "note": ""}, "w-note"),
        ({FIELD: "4", "mode": "party"}, "w-mode"),
        ({FIELD: "4", "effective_from": "2020-01-01"}, "w-effective_from"),
        ({FIELD: "4", "effective_from": "soon"}, "w-effective_from"),
        ({}, "w-mode"),
        ({"params_json": "[1]"}, "w-params_json"),
        ({"tiers.D": "1000000"}, "w-tiers.D"),
    ],
)
def test_what_is_not_valid_is_named_beside_its_field(
    maker: Clerk, village: Watched, fields: dict[str, str], beside: str
) -> None:
    before = rule(village, "R09")
    usual = {"mode": "enforce", "effective_from": day(village, 5), "note": "调整"}
    page = maker.send(f"{AT}/R09", do="propose", **usual | fields)
    assert page.status_code == 422
    assert f'id="{beside}"' in page.text
    assert rule(village, "R09")["versions"] == before["versions"]


def test_what_has_no_field_of_its_own_is_told_by_its_name(maker: Clerk, village: Watched) -> None:
    wrong = '{"day": {"band": [{"reason": "{nothing}"}]}}'
    page = maker.send(f"{AT}/R09", do="propose", params_json=wrong, note="调整",
                      mode="enforce", effective_from=day(village, 5))  # fmt: skip
    assert "情形 1 · 第 1 段 · 说明（中文） params.day.band[1].reason" in words(page)


def test_what_was_typed_is_text(maker: Clerk) -> None:
    page = maker.send(f"{AT}/R09", do="propose", note="", params_json="<script>alert(1)</script>")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


# Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["demo-auditor", "demo-admin"])
def test_who_only_reads_proposes_nothing(address: str, village: Watched, key: str) -> None:
    reader = Clerk(address, key)
    page = reader.get(f"{AT}/R12")
    assert page.status_code == 200
    assert 'name="do"' not in page.text
    for move in ("propose", "backtest"):
        forged = {"csrf": reader.csrf(), "do": move, "mode": "shadow"}
        assert reader.post(f"{AT}/R12", forged).status_code == 403
    assert len(rule(village, "R12")["versions"]) == 1
    reader.close()


@pytest.mark.parametrize("path", [AT, f"{AT}/R01"])
def test_a_terminal_and_a_stranger_stay_outside(address: str, path: str) -> None:
    stays_closed(address, path)
