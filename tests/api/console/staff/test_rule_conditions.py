"""Conditions and decisions of a rule without a screen: told in words, changed by fields."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2
import pytest

from pos_sim.domain.calendar import business_date
from tests.api.console.staff.office import Clerk, words
from tests.api.counter import Json
from tests.api.watched import Watched

AT = "/console/rules"


def params(village: Watched, rule_id: str) -> Json:
    """The params of the newest version, proposed or in force."""
    return dict(village.ask(f"/v1/risk/rules/{rule_id}")["versions"][0]["params"])


def propose(clerk: Clerk, village: Watched, rule_id: str, **fields: str) -> httpx2.Response:
    ahead = business_date(village.clock.now()) + timedelta(days=5)
    usual = {"do": "propose", "mode": "alert_only", "note": "试行"}
    return clerk.send(f"{AT}/{rule_id}", **usual | fields, effective_from=ahead.isoformat())


def value_of(page: str, name: str) -> str:
    """What stands in a field of a form, typed or chosen."""
    field = page.split(f'name="{name}"')[1]
    if field.startswith(" type="):
        return str(re.findall(r'value="([^"]*)"', field)[0])
    return str(re.findall(r'value="([^"]*)" selected', field.split("</select>")[0])[0])


# In words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule_id", "chinese", "english"),
    [
        ("R15", "持卡人年龄不低于60岁", "holder's age is at least 60 years"),
        ("R15", "180日内向该收款人付款不超过0元", "paid to this payee in 180 d is at most 0 yuan"),
        ("R02", "收款账户属服务点关系人：是", "payee is one of the point's own: Yes"),
        ("R21", "开业后有过交易：否", "was ever used: No"),
        ("R11", "终端种类不为移动展业", "kind of terminal is not Mobile terminal"),
        ("R23", "当月前五客户占比不低于60%", "share is at least 60%"),
        ("R07", "查询：预警", "Inquiry: Alert"),
        ("R10", "D 档：拒绝", "Tier D: Decline"),
    ],
)
def test_a_condition_is_told_as_people_say_it(
    address: str, rule_id: str, chinese: str, english: str
) -> None:
    reader = Clerk(address, "demo-auditor")
    assert chinese in words(reader.get(f"{AT}/{rule_id}"))
    reader.get(f"/console/language/en?next={AT}")
    assert english in words(reader.get(f"{AT}/{rule_id}"))
    reader.close()


def test_the_form_begins_with_what_is_in_force(maker: Clerk) -> None:
    form = maker.get(f"{AT}/R11").text
    assert value_of(form, "geo_distance.guard[1].fact") == "terminal_kind"
    assert value_of(form, "geo_distance.guard[1].op") == "!="
    assert value_of(form, "geo_distance.guard[1].value") == "移动展业"
    assert value_of(form, "geo_distance.guard[2].fact") == ""
    assert value_of(form, "geo_distance.band[2].decision_for.reversal") == "alert"
    assert value_of(form, "geo_distance.band[2].decision_for.withdrawal") == ""


# Changed by fields ------------------------------------------------------------------------------


def test_conditions_are_changed_added_and_left_out_by_their_fields(
    maker: Clerk, village: Watched
) -> None:
    page = propose(
        maker, village, "R15",
        **{
            "amount.guard[1].value": "65",
            "amount.guard[2].value": "1,200.50",
            "amount.guard[3].fact": "card_is_present",
            "amount.guard[3].op": "==",
            "amount.guard[3].value": "否",
            "share.guard[1].fact": "",
        },
    )  # fmt: skip
    assert "等待另一人复核" in words(page), words(page)[:600]
    made = params(village, "R15")
    assert made["amount"]["guard"] == [
        {"fact": "holder_age", "op": ">=", "value": 65},
        {"fact": "card_payee_paid_180d", "op": "<=", "value": 120_050},
        {"fact": "card_is_present", "op": "==", "value": False},
    ]
    assert made["share"]["guard"] == [{"fact": "card_payee_paid_180d", "op": "<=", "value": 0}]
    differ = words(page).split("版本对照")[1].split("相同的")[0]
    assert "情形 1 · 守护条件 1 持卡人年龄不低于60岁 持卡人年龄不低于65岁" in differ
    assert "情形 1 · 守护条件 3 — 有卡交易：否" in differ
    waiting = words(maker.get("/console/approvals"))
    assert "情形 1 · 守护条件 1 持卡人年龄不低于60岁 → 持卡人年龄不低于65岁" in waiting


def test_the_last_condition_can_go_and_kinds_are_named_in_either_language(
    maker: Clerk, village: Watched
) -> None:
    page = propose(maker, village, "R13", **{"card.guard[1].fact": ""})
    assert "等待另一人复核" in words(page)
    made = params(village, "R13")
    assert "guard" not in made["card"]
    assert made["point"]["guard"] == [{"fact": "pin_failed", "op": "==", "value": True}]
    page = propose(maker, village, "R11", **{"geo_distance.guard[1].value": "atm"})
    assert params(village, "R11")["geo_distance"]["guard"][0]["value"] == "atm"
    page = propose(maker, village, "R11", **{"geo_distance.guard[1].value": "自助柜员机"})
    assert params(village, "R11")["geo_distance"]["guard"][0]["value"] == "atm"


def test_a_business_and_a_tier_get_and_lose_a_decision_of_their_own(
    maker: Clerk, village: Watched
) -> None:
    page = propose(
        maker, village, "R05",
        **{
            "sequence_within.band[1].decision_for.withdrawal": "decline",
            "sequence_within.band[1].decision_in.A": "alert",
        },
    )  # fmt: skip
    assert "等待另一人复核" in words(page), words(page)[:600]
    (band,) = params(village, "R05")["sequence_within"]["band"]
    assert band["decision_for"] == {"withdrawal": "decline", "bill_payment": "alert"}
    assert band["decision_in"] == {"A": "alert"}
    differ = words(page).split("版本对照")[1].split("相同的")[0]
    assert "情形 1 · 第 1 段 · 处理（取款） 预警 拒绝" in differ
    page = propose(maker, village, "R10", **{"small_hours.band[1].decision_in.D": ""})
    assert "等待另一人复核" in words(page)
    assert "decision_in" not in params(village, "R10")["small_hours"]["band"][0]


# What cannot be ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule_id", "fields", "beside", "says"),
    [
        ("R15", {"amount.guard[1].value": "old"}, "amount.guard[1].value", "请填数字"),
        ("R15", {"amount.guard[1].value": "60.5"}, "amount.guard[1].value", "请填数字"),
        ("R15", {"amount.guard[1].value": ""}, "amount.guard[1].value", "请填数字"),
        ("R15", {"amount.guard[1].op": "~"}, "amount.guard[1].op", "不在可选之列"),
        ("R15", {"amount.guard[1].fact": "wish"}, "amount.guard[1].fact", "没有这个指标"),
        ("R15", {"amount.guard[1].fact": "card_is_present"}, "amount.guard[1].value", "请填“是”"),
        ("R15", {"amount.guard[1].fact": "card_is_present", "amount.guard[1].value": "是"},
         "amount.guard[1].op", "不能用"),
        ("R15", {"amount.guard[1].fact": "", "amount.guard[2].op": "~"}, "amount.guard[2].op",
         "不在可选之列"),
        ("R11", {"geo_distance.guard[1].value": "kiosk"}, "geo_distance.guard[1].value", "请填："),
        ("R05", {"sequence_within.band[1].decision_for.withdrawal": "hold"},
         "sequence_within.band[1].decision_for.withdrawal", "不能用"),
        ("R05", {"sequence_within.band[1].decision_for.withdrawal": "party"},
         "sequence_within.band[1].decision_for.withdrawal", "不在可选之列"),
        ("R05", {"sequence_within.band[1].decision_for.withdrawal": ""},
         "sequence_within.band[1].decision", "不能用"),
        ("R10", {"small_hours.band[1].decision_in.A": "hold"},
         "small_hours.band[1].decision_in.A", "不能用"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field_in_both_languages(
    maker: Clerk, village: Watched, rule_id: str, fields: dict[str, str], beside: str, says: str
) -> None:
    before = village.ask(f"/v1/risk/rules/{rule_id}")["versions"]
    page = propose(maker, village, rule_id, **fields)
    assert page.status_code == 422
    (said,) = re.findall(rf'id="w-{re.escape(beside)}">([^<]+)<', page.text)
    assert says in said
    maker.get(f"/console/language/en?next={AT}")
    page = propose(maker, village, rule_id, **fields)
    (said,) = re.findall(rf'id="w-{re.escape(beside)}">([^<]+)<', page.text)
    assert re.search("[A-Za-z]{3}", said)
    assert not re.search("[\u3400-\u9fff]", said)
    assert village.ask(f"/v1/risk/rules/{rule_id}")["versions"] == before


def test_the_form_stays_as_it_was_sent(maker: Clerk, village: Watched) -> None:
    page = propose(
        maker, village, "R15",
        **{"amount.guard[1].fact": "", "amount.guard[3].fact": "balance",
           "amount.guard[3].value": "<b>much</b>"},
    )  # fmt: skip
    assert page.status_code == 422
    assert value_of(page.text, "amount.guard[1].fact") == ""
    assert value_of(page.text, "amount.guard[3].fact") == "balance"
    assert "<b>much" not in page.text
