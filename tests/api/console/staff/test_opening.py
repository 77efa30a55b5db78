"""A point is registered, equipped, trained and opened on screen, by a maker and a checker."""

from __future__ import annotations

import pytest

from tests.api.console.staff.office import Clerk, words
from tests.api.counter import Json
from tests.api.watched import Watched

AT = "/console/points/new"
SHOP = {
    "county": "520121", "town": "520121103", "village": "青山村", "latitude": "27.05",
    "longitude": "106.97", "name": "青山村<b>便民</b>超市", "bank_id": "gyb", "kind": "village",
    "opens": "08:00", "closes": "19:00", "till": "20,000", "operator_name": "王小满",
    "deposit": "50000",
}  # fmt: skip
GOOD = {"score_terminal_operation": "95", "score_safe_card_use": "90",
        "score_counterfeit_notes": "92", "score_operational_risk": "88"}  # fmt: skip


def registered(maker: Clerk, **changes: str) -> str:
    """Register a point on the page; return where its own page is."""
    page = maker.send(f"{AT}?county=520121", to=AT, **(SHOP | changes))
    assert page.status_code == 200, words(page)
    assert "已登记，现为试营业" in words(page)
    return str(page.url.path)


def point_of(village: Watched, path: str) -> Json:
    return village.ask(f"/v1/service-points/{path.rpartition('/')[2]}")


def test_from_registration_to_opening_on_screen(
    maker: Clerk, checker: Clerk, village: Watched
) -> None:
    path = registered(maker)
    page = maker.get(path)
    assert "<b>" not in page.text
    assert "负责人培训合格 未具备" in words(page)
    assert "申请开业 条件未具备" in words(page)
    today = village.clock.now().date().isoformat()
    exam = {"do": "training-results", "day": today, "pass_mark": "80"}
    page = maker.send(path, **exam, **(GOOD | {"score_operational_risk": ""}))
    assert "成绩已登记" in words(page)
    assert point_of(village, path)["operator"]["trained_on"] is None
    maker.send(path, **exam, score_operational_risk="88")
    assert point_of(village, path)["operator"]["trained_on"] == today
    page = maker.send(path, do="terminals", kind="pos", serial="SN52010123009901")
    assert "终端已布放" in words(page)
    (terminal,) = point_of(village, path)["terminals"]
    page = maker.send(path, do="opening", note="试营业合格")
    assert "已提交开业申请" in words(page)
    assert "申请开业 开业申请等待复核" in words(page)
    assert point_of(village, path)["status"] == "trial"
    asked = village.ask("/v1/approvals", state="pending")["items"][0]
    decision = {"csrf": checker.csrf(), "decision": "approve", "note": "材料齐全"}
    checker.post(f"/console/approvals/{asked['approval_id']}", decision)
    assert point_of(village, path)["status"] == "open"
    answer = village.counter.do("withdrawal", terminal_id=terminal["terminal_id"])
    assert answer["response_code"] == "00"
    page = maker.send(path, do="operators", operator_name="李小春", deposit="100")
    assert "负责人已变更" in words(page)
    assert point_of(village, path)["status"] == "trial"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "店"}, "至少 2 个字符"),
        ({"operator_name": ""}, "至少 1 个字符"),
        ({"latitude": "北纬27"}, "请填度数"),
        ({"latitude": "25.01"}, "距冯三镇"),
        ({"town": "520123001"}, "不属于该县"),
        ({"closes": "07:00"}, "须晚于开门时间"),
        ({"till": "很多"}, "请填金额"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(
    maker: Clerk, village: Watched, changes: dict[str, str], told: str
) -> None:
    before = village.ask("/v1/service-points", limit=200)["items"]
    page = maker.send(f"{AT}?county=520121", to=AT, **(SHOP | {"village": "白水村"} | changes))
    assert page.status_code == 422
    assert told in words(page)
    assert 'value="106.97"' in page.text  # what was typed is still there
    assert village.ask("/v1/service-points", limit=200)["items"] == before


def test_the_same_point_twice_is_refused(maker: Clerk) -> None:
    registered(maker, village="红岩村", name="红岩便民店")
    page = maker.send(
        f"{AT}?county=520121", to=AT, **SHOP | {"village": "红岩村", "name": "红岩便民店"}
    )
    assert page.status_code == 409
    assert "已经存在" in words(page)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"do": "training-results", "pass_mark": "80"}, "请至少填写一科成绩"),
        ({"do": "training-results", "pass_mark": "80", "score_safe_card_use": "101"}, "0 至 100"),
        ({"do": "terminals", "kind": "pos", "serial": ""}, "serial"),
        ({"do": "operators", "operator_name": ""}, "至少 1 个字符"),
        ({"do": "opening", "note": "开业"}, "当前状态不允许"),
    ],
)
def test_a_step_that_cannot_be_changes_nothing(
    maker: Clerk, village: Watched, fields: dict[str, str], told: str
) -> None:
    name = f"店{abs(hash(str(fields))) % 10**6}"
    path = registered(maker, village=f"{name}村", name=f"{name}超市")
    before = point_of(village, path)
    page = maker.send(path, day=village.clock.now().date().isoformat(), **fields)
    assert page.status_code in (409, 422)
    assert told in page.text
    assert point_of(village, path) == before


def test_only_makers_enter_what_is_new(maker: Clerk, checker: Clerk) -> None:
    assert checker.get(AT).status_code == 403
    path = registered(maker, village="梨树村", name="梨树便民店")
    assert "由经办人员办理" in words(checker.get(path))
    page = checker.send(path, do="terminals", kind="pos", serial="SN52010123009902")
    assert page.status_code == 403
