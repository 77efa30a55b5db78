"""The pages of cases without a screen: the list, the workflows, the checklist, the papers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from api.settings import Settings
from risk.checklists import shipped_checklist
from tests.api.console.browser import Browser
from tests.api.console.staff.office import Clerk, manned, medium_alert, words
from tests.api.counter import Json
from tests.api.village import GRCU_POS, OTHER_POS, POS, UNTRAINED, Village
from tests.api.watched import Watched

AT = "/console/cases"


@dataclass
class Office:
    """The village, two clerks at their desks, and who reads."""

    village: Watched
    maker: Clerk
    checker: Clerk

    def point(self, terminal_id: str = POS) -> str:
        return str(self.village.ask(f"/v1/terminals/{terminal_id}")["service_point_id"])

    def open(self, kind: str, terminal_id: str = POS) -> str:
        """Open a case on the page, unless the clock did already; return where it stands."""
        point = self.point(terminal_id)
        there = self.village.ask("/v1/cases", kind=kind, service_point_id=point)["items"]
        for one in there:
            if one["closed_at"] is None:
                return f"{AT}/{one['case_id']}"
        page = self.maker.send(AT, kind=kind, service_point_id=point, note="现场检查发现问题")
        assert "已立案" in words(page)
        return str(page.url).removeprefix(str(self.village.counter.http.base_url))

    def case(self, path: str) -> Json:
        return self.village.ask(f"/v1/cases/{path.rpartition('/')[2]}")

    def approve(self, path: str) -> str:
        """Let another person approve what waits, on the page of the case."""
        waits = self.case(path)["approval_id"]
        page = self.checker.post(
            f"/console/approvals/{waits}",
            {"csrf": self.checker.csrf(), "decision": "approve", "note": "已核对"},
            {"Referer": f"{self.village.counter.http.base_url}{path}"},
        )
        assert str(page.url).endswith(path)
        return words(page)

    def code(self, terminal_id: str = POS) -> str:
        return str(self.village.counter.do("withdrawal", terminal_id=terminal_id)["response_code"])


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village) -> Iterator[Office]:
    with manned(settings, world) as (village, address):
        maker, checker = Clerk(address, "demo-maker"), Clerk(address, "demo-checker")
        yield Office(village, maker, checker)
        maker.close()
        checker.close()


ALL_PASS = {f"item_{item.code}": "pass" for item in shipped_checklist().items()}


# Workflows ------------------------------------------------------------------------------------


def test_a_freeze_from_its_case_to_its_end_takes_two_each_time(office: Office) -> None:
    path = office.open("freeze")
    assert office.code() == "00"
    page = office.maker.send(path, do="freeze", note="终端外借")
    assert "已提交，等待另一人复核" in words(page)
    assert "这是您自己提出的申请" in words(page)
    assert "服务点 照常 → 冻结" in words(office.checker.get(path))
    assert office.code() == "00"
    assert "已同意，即时生效" in office.approve(path)
    assert office.code() == "58"
    office.maker.send(path, do="unfreeze", note="已整改")
    assert office.code() == "58"
    office.approve(path)
    assert office.code() == "00"
    closed = words(office.maker.send(path, do="close", note="办结"))
    assert "案件已办结" in closed
    for told in ("申请：冻结", "申请：解冻", "解冻 demo-checker"):
        assert told in closed


def test_while_a_proposal_waits_there_is_no_second_one(office: Office) -> None:
    path = office.open("freeze", OTHER_POS)
    office.maker.send(path, do="freeze", note="终端外借")
    said = words(office.maker.get(path))
    assert "现在不可办 冻结 已有申请等待复核" in said
    page = office.maker.send(path, do="freeze", note="再来一次")
    assert page.status_code == 409
    assert "当前状态不允许" in words(page)
    page = office.maker.send(path, do="close", note="不予冻结")
    assert "申请已失效：被“不予冻结”取代" in words(page)


def test_a_review_names_what_is_missing_beside_its_items(office: Office) -> None:
    path = office.open("annual_review", GRCU_POS)
    found = ALL_PASS | {"item_camera": "", "item_cash_safe": "not_applicable"}
    page = office.maker.send(path, do="submit", note="现场核验", note_camera="录像不全", **found)
    assert page.status_code == 422
    assert "缺少核验项目：监控设备正常" in beside(page.text, "camera")
    assert "必查项目须有结论" in beside(page.text, "cash_safe")
    assert 'value="录像不全"' in page.text  # what was typed is still there
    assert 'id="item-price_list-pass" value="pass" checked' in page.text
    assert office.case(path)["state"] == "open"


def beside(html: str, code: str) -> str:
    found = re.search(f'id="w-{code}">([^<]*)<', html)
    assert found, code
    return found[1]


def test_a_review_that_fails_cannot_pass_and_orders_what_was_found(office: Office) -> None:
    path = office.open("annual_review", OTHER_POS)
    found = ALL_PASS | {"item_cash_safe": "fail", "note_cash_safe": "现金放抽屉"}
    page = office.maker.send(
        path, do="submit", note="现场核验", evidence_cash_safe="照片3", **found
    )
    said = words(page)
    assert "核验结果未达合格标准" in said
    assert "年审合格 核验结果未达合格标准" in said
    office.maker.send(path, do="fail", note="限期整改")
    said = words(office.maker.get(path))
    assert "现金放抽屉 照片3" in said
    assert "年审表" in said
    assert "限期整改 整改中" in said


def test_a_review_that_passes_takes_two(office: Office) -> None:
    path = office.open("annual_review", POS)
    assert "核验结果达到合格标准" in words(
        office.maker.send(path, do="submit", note="现场核验", **ALL_PASS)
    )
    office.maker.send(path, do="pass", note="合格")
    office.approve(path)
    assert office.case(path)["state"] == "passed"


def test_a_visit_reports_and_leaves_a_paper(office: Office) -> None:
    path = office.open("idle_visit", POS)
    page = office.maker.send(path, do="report", note="店主外出", outcome="")
    assert page.status_code == 422
    assert "Expected one of these" not in words(page)
    office.maker.send(path, do="report", note="店主已回，恢复营业", outcome="resume")
    paper = office.maker.get(f"{path}/papers/1")
    assert "店主已回，恢复营业" in words(paper)
    assert office.maker.get(f"{path}/papers/9").status_code == 404


def test_a_confirmed_finding_leads_to_what_was_ticked_and_to_its_report(office: Office) -> None:
    alert = medium_alert(office.village)
    path = f"{AT}/{alert['case_id']}"
    office.maker.send(path, do="take", note="由我核查")
    page = office.maker.send(
        path, do="conclude", note="群众证实", verdict="confirmed", measure_clue_report="1"
    )
    said = words(page)
    assert "线索报告" in said
    assert "结论 属实" in said
    number = next(one["number"] for one in office.case(path)["documents"]
                  if one["kind"] == "clue_report")  # fmt: skip
    assert "可疑交易线索报告" in words(office.checker.get(f"{path}/papers/{number}"))
    assert office.village.ask(f"/v1/alerts/{alert['alert_id']}")["state"] == "closed"


# The list, and bad input ------------------------------------------------------------------------


def test_the_list_narrows_by_kind_and_place_and_says_when_it_is_empty(office: Office) -> None:
    path = office.open("exit", GRCU_POS)
    number = path.rpartition("/")[2]
    there = {
        query: number in office.maker.get(f"{AT}?{query}").text
        for query in ("kind=exit", "kind=freeze", "way=closed", "way=all", "way=overdue",
                      f"place={office.point(GRCU_POS)}", "place=nowhere")
    }  # fmt: skip
    assert [name for name, is_there in there.items() if is_there] == [
        "kind=exit", "way=all", f"place={office.point(GRCU_POS)}",
    ]  # fmt: skip
    assert "没有符合条件的案件" in words(office.maker.get(f"{AT}?place=nowhere"))


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"kind": "party"}, 422, "字段不合要求"),
        ({"service_point_id": "SP999999-0001"}, 422, "没有这个服务点"),
        ({"note": ""}, 422, "至少 1 个字符"),
        ({"kind": "exit"}, 409, "已经存在"),
    ],
)
def test_a_case_that_cannot_be_opened_says_why_and_keeps_what_was_typed(
    office: Office, fields: dict[str, str], status: int, told: str
) -> None:
    valid = {"kind": "freeze", "service_point_id": office.point(GRCU_POS), "note": "可疑"}
    page = office.maker.send(AT, **(valid | fields))
    assert page.status_code == status
    assert told in words(page)
    if "note" not in fields:
        assert ">可疑</textarea>" in page.text


def test_a_point_on_trial_is_not_reviewed(office: Office) -> None:
    page = office.maker.send(
        AT, kind="annual_review", service_point_id=office.point(UNTRAINED), note="到期"
    )
    assert "服务点尚在试营业" in words(page)


def test_a_move_that_is_not_there_changes_nothing(office: Office) -> None:
    path = office.open("rectification", GRCU_POS)
    before = office.case(path)
    for move in ("thaw", "", "accept", "X" * 30):
        assert office.maker.send(path, do=move, note="试试").status_code in (409, 422)
    assert office.case(path) == before


# Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["demo-auditor", "demo-admin"])
def test_who_only_reads_is_offered_nothing_and_refused(office: Office, key: str) -> None:
    cases = office.village.ask("/v1/cases")["items"]
    path = f"{AT}/{next(one['case_id'] for one in cases if one['closed_at'] is None)}"
    reader = Clerk(str(office.village.counter.http.base_url), key)
    page = reader.get(path)
    assert "您可以查看，不能办理" in words(page)
    assert 'name="do"' not in page.text
    forged = {"csrf": reader.csrf(), "do": "close", "note": "办结"}
    assert reader.post(path, forged).status_code == 403
    assert reader.post(AT, forged | {"kind": "freeze"}).status_code == 403
    assert "立案</button>" not in reader.get(AT).text
    reader.close()


@pytest.mark.parametrize("path", [AT, f"{AT}/FZ-x-1", f"{AT}/FZ-x-1/papers/0"])
def test_a_terminal_and_a_stranger_stay_outside(office: Office, path: str) -> None:
    address = str(office.village.counter.http.base_url)
    terminal, stranger = Clerk(address, "demo-terminal"), Browser(address)
    assert terminal.get(path).status_code == 403
    assert "/console/sign-in?next=" in stranger.get(path, follow=False).headers["location"]
    terminal.close()
    stranger.close()
