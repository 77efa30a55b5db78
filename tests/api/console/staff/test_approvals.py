"""The page of approvals without a screen: two people, never one, and what is stale says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos_sim.domain.calendar import in_local_time
from tests.api.console.staff.office import Clerk, high_alert, stays_closed, words
from tests.api.counter import Json
from tests.api.village import OTHER_POS, POS
from tests.api.watched import Watched

AT = "/console/approvals"


def proposed(village: Watched, verdict: str = "false_alarm") -> Json:
    """An alert whose closing demo-maker has proposed."""
    alert = high_alert(village)
    path = f"/v1/alerts/{alert['alert_id']}/actions"
    village.send(path, {"action": "investigate", "note": "致电负责人"})
    closing = {"action": "close", "verdict": verdict, "note": "本人忘记密码"}
    found: Json = village.send(path, closing).json()
    return found


def state(village: Watched, alert: Json) -> str:
    return str(village.ask(f"/v1/alerts/{alert['alert_id']}")["state"])


def decide(clerk: Clerk, alert: Json, decision: str, note: str = "已核对") -> str:
    to = f"{AT}/{alert['approval_id']}"
    return words(clerk.send(AT, to=to, decision=decision, note=note, approval=alert["approval_id"]))


def test_it_says_who_wants_what_and_why(checker: Clerk, village: Watched) -> None:
    alert = proposed(village)
    said = words(checker.get(AT))
    for told in ("关闭高等级预警", "状态 核查中 → 已关闭", "结论 无 → 误报",
                 "demo-maker 申请理由： 本人忘记密码", alert["title"]):  # fmt: skip
        assert told in said


def test_another_person_approves_and_it_counts(checker: Clerk, village: Watched) -> None:
    alert = proposed(village)
    assert "已同意，即时生效" in decide(checker, alert, "approve")
    assert state(village, alert) == "closed"
    assert "demo-checker 同意于" in words(checker.get(f"{AT}?state=approved"))


def test_another_person_turns_it_down_and_nothing_changes(checker: Clerk, village: Watched) -> None:
    alert = proposed(village)
    assert "一切照旧" in decide(checker, alert, "reject", "回访没有做")
    assert state(village, alert) == "investigating"
    assert "回访没有做" in words(checker.get(f"{AT}?state=rejected"))


def test_nobody_decides_what_they_proposed(maker: Clerk, village: Watched) -> None:
    alert = proposed(village)
    page = maker.get(AT)
    assert "这是您自己提出的申请" in words(page)
    assert f'action="{AT}/{alert["approval_id"]}"' not in page.text
    forged = {"csrf": maker.csrf(), "decision": "approve", "note": "同意"}
    refused = maker.post(f"{AT}/{alert['approval_id']}", forged)
    assert refused.status_code == 403
    assert "不能复核自己的申请" in words(refused)
    assert state(village, alert) == "investigating"


def test_what_is_decided_is_not_decided_again(checker: Clerk, village: Watched) -> None:
    alert = proposed(village)
    decide(checker, alert, "approve")
    again = decide(checker, alert, "reject")
    assert "已由 demo-checker 处理" in again


def test_a_stale_proposal_says_why_and_can_only_be_turned_down(
    checker: Clerk, village: Watched
) -> None:
    point = village.ask(f"/v1/terminals/{POS}")["service_point_id"]
    until = in_local_time(village.clock.now() + timedelta(days=2))
    loosen = {"business": "transfer", "reason": "整改过半", "until": until}
    village.send(f"/v1/service-points/{point}/controls", loosen | {"allowed": False})
    asked = village.send(
        f"/v1/service-points/{point}/controls", loosen | {"allowed": True, "limit_fen": 5_000_00}
    ).json()
    fresh = words(checker.get(AT))
    assert "转账 已停办 → 限额 5,000.00 元" in fresh
    village.pass_time(days=3)
    page = checker.get(AT)
    assert "申请的有效期已过" in words(page)
    form = page.text.split(f'action="{AT}/{asked["approval_id"]}"')[1].split("</form>")[0]
    assert 'value="reject"' in form
    assert 'value="approve"' not in form


@pytest.mark.parametrize("note", ["", "x" * 501])
def test_a_decision_needs_its_words(checker: Clerk, village: Watched, note: str) -> None:
    alert = proposed(village)
    to = f"{AT}/{alert['approval_id']}"
    page = checker.send(AT, to=to, decision="approve", note=note, approval=alert["approval_id"])
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert f">{note}</textarea>" in page.text
    assert state(village, alert) == "investigating"


def test_what_a_freeze_changes_stands_there_before_it_is_approved(
    checker: Clerk, village: Watched
) -> None:
    point = village.ask(f"/v1/terminals/{OTHER_POS}")["service_point_id"]
    body = {"kind": "freeze", "service_point_id": point, "reason": "终端外借"}
    case = village.send("/v1/cases", body, "demo-maker-2").json()
    village.send(
        f"/v1/cases/{case['case_id']}/actions",
        {"action": "freeze", "note": "现场核实"},
        "demo-maker-2",
    )
    said = words(checker.get(AT))
    assert "案件状态 建议冻结 → 已冻结" in said
    assert "服务点 照常 → 冻结" in said


def test_an_empty_page_says_so(checker: Clerk) -> None:
    assert "没有等待复核的事项" in words(checker.get(f"{AT}?cursor=WzEsImEiXQ"))


@pytest.mark.parametrize("key", ["demo-auditor", "demo-admin"])
def test_who_only_reads_decides_nothing(address: str, village: Watched, key: str) -> None:
    alert = proposed(village)
    reader = Clerk(address, key)
    assert "您可以查看，不能办理" in words(reader.get(AT))
    forged = {"csrf": reader.csrf(), "decision": "approve", "note": "同意"}
    assert reader.post(f"{AT}/{alert['approval_id']}", forged).status_code == 403
    assert state(village, alert) == "investigating"
    reader.close()


def test_a_terminal_and_a_stranger_stay_outside(address: str) -> None:
    stays_closed(address, AT)
