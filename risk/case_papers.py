"""The papers of a case as printable text, Chinese first: 核查单, 线索报告, 年审表, 清算单."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pos_sim.domain.accounts import Account, Kind
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.money import ZERO, in_yuan
from risk.audit_log import CLOCK
from risk.checklists import RESULT_NAMES, Finding, shipped_checklist
from risk.store.alert_rows import KeptAlert
from risk.store.case_trail import Entry
from risk.vocabulary import SEVERITY_NAMES
from risk.workflow import Case, Workflow
from risk.workflows import WORKFLOWS

RULE = "=" * 60
VERDICT_NAMES = {
    "confirmed": "属实 Confirmed",
    "false_alarm": "误报 False alarm",
    "undetermined": "无法认定 Undetermined",
    None: "",
}
WHAT_NAMES = {
    "opened": "立案",
    "raised": "并入",
    "proposed": "提出申请",
    "done": "办理",
    "rejected": "复核退回",
    "overtaken": "已被其他操作取代",
}
SCOPE_NAMES = {"point": "服务点 Point", "card": "卡 Card", "terminal": "终端 Terminal",
               "payee": "收款人 Payee", "payer": "付款人 Payer"}  # fmt: skip


def sheet(case: Case, place: str, alerts: Iterable[KeptAlert], history: Iterable[Entry]) -> str:
    """Return the 核查单: the case on one sheet, with its alerts, its trail, room to sign."""
    workflow = WORKFLOWS[case.kind]
    state = workflow.state(case.state)
    return "\n".join(
        [
            f"{workflow.title}核查单 · {workflow.title_en}: case sheet",
            RULE,
            *head(case, place),
            f"状态 State：{state.title} {state.title_en}",
            f"结论 Outcome：{VERDICT_NAMES.get(case.outcome, case.outcome or '')}",
            "",
            "预警 Alerts",
            *(line for one in alerts for line in alert_lines(one)),
            "",
            "办理经过 Trail",
            *(trail_line(workflow, entry) for entry in history),
            "",
            "经办 Maker：____________    复核 Checker：____________    日期 Date：____________",
            "",
        ]
    )


def clue_report(case: Case, place: str, alerts: Iterable[KeptAlert], note: str) -> str:
    """Return the 线索报告 for 地方金融管理部门 and 人民银行 (`83:55`)."""
    return "\n".join(
        [
            "可疑交易线索报告 · Report of a clue",
            RULE,
            "报送：地方金融管理部门、人民银行分支机构",
            "To: the local financial regulator and the branch of the People's Bank",
            *head(case, place),
            "",
            "基本情况 What was found",
            *(line for one in alerts for line in alert_lines(one)),
            "",
            f"核查意见 Finding：{note}",
            "",
            "报告人 Reported by：____________    单位公章 Seal：____________",
            "",
        ]
    )


def review_form(case: Case, place: str, findings: Mapping[str, Finding], verdict: str) -> str:
    """Return the 年审表: every item with its result, group by group."""
    lines = ["助农取款服务点年审表 · Annual review", RULE, *head(case, place)]
    for group in shipped_checklist().groups:
        lines += ["", f"【{group.title}】{group.title_en}"]
        for item in group.items:
            found = findings[item.code]
            words = "；".join(text for text in (found.note, found.evidence) if text)
            more = f"（{words}）" if words else ""
            must = "★" if item.must else "　"
            lines.append(f"{must}{item.title}：{RESULT_NAMES[found.result]}{more}")
    return "\n".join([*lines, "", f"年审结论 Result：{verdict}", ""])


def order_text(case: Case, place: str, reason: str) -> str:
    """Return the 整改通知书."""
    return "\n".join(
        [
            "限期整改通知书 · Order to rectify",
            RULE,
            *head(case, place),
            f"整改要求 What must be put right：{reason}",
            f"整改期限 Deadline：{shown(case.due_at)}",
            "",
        ]
    )


EMPTIED: dict[Kind, tuple[str, str]] = {
    Kind.OPERATOR: ("负责人结算账户 Operator's account", "已付讫 paid out"),
    Kind.TILL: ("备付现金 Banknotes", "已点交 counted and handed over"),
}


def settlement_text(
    case: Case, place: str, emptied: Iterable[Account], pay: Mapping[date, str]
) -> str:
    """Return the 清算单: nothing is held any more, what was paid out (fen), what pay is due."""
    lines = [
        f"{name} {one.account_no}（{one.name}）：{in_yuan(one.balance or ZERO)} 元，{how}"
        for one in emptied
        for name, how in (EMPTIED[one.kind],)
    ]
    lines += [f"激励 Pay {month:%Y-%m}：{text}" for month, text in pay.items()]
    return "\n".join(
        [
            "服务点退出清算单 · Settlement on exit",
            RULE,
            *head(case, place),
            "挂起交易 Held transactions：无 none",
            *lines,
            "",
        ]
    )


def recovery_text(case: Case, place: str, terminals: Iterable[tuple[str, str, str]]) -> str:
    """Return the 终端回收单: which machines came back."""
    lines = [
        f"终端 {terminal_id}  {kind}  序列号 {serial}" for terminal_id, kind, serial in terminals
    ]
    return "\n".join(["终端回收单 · Terminals recovered", RULE, *head(case, place), *lines, ""])


def visit_text(case: Case, place: str, outcome: str, note: str) -> str:
    """Return the 走访记录."""
    return "\n".join(
        [
            "闲置服务点走访记录 · Visit to an idle point",
            RULE,
            *head(case, place),
            f"走访结论 Outcome：{outcome}",
            f"情况说明 Remarks：{note}",
            "",
        ]
    )


def head(case: Case, place: str) -> list[str]:
    return [
        f"案件编号 Case：{case.case_id}",
        f"服务点 Service point：{place}",
        f"对象 Subject：{SCOPE_NAMES.get(case.scope_kind, case.scope_kind)} {case.scope_value}",
        f"等级 Severity：{SEVERITY_NAMES[case.severity]} {case.severity.value}",
        f"立案 Opened：{shown(case.opened_at)}  {who(case.opened_by)}",
        f"事由 Reason：{case.reason}",
    ]


def alert_lines(kept: KeptAlert) -> list[str]:
    alert = kept.alert
    seen = f"{shown(alert.first_seen_at)} 至 {shown(alert.last_seen_at)}，{alert.hit_count} 次命中"
    return [f"- {kept.alert_id} {alert.title}（{alert.title_en}），{seen}", f"  {alert.reason}"]


def trail_line(workflow: Workflow, entry: Entry) -> str:
    """Return what was done in the words of the workflow, and from where to where it led."""
    states = [state_title(workflow, one) for one in (entry.source, entry.to_state)]
    way = " → ".join(dict.fromkeys(states))
    moves = (one.title for one in workflow.moves if one.action == entry.action)
    said = " ".join(filter(None, (WHAT_NAMES[entry.what], next(moves, ""))))
    return f"{shown(entry.at)}  {who(entry.actor)}  {said}（{way}）{entry.note}"


def state_title(workflow: Workflow, name: str) -> str:
    return next((one.title for one in workflow.states if one.name == name), name)


def who(name: str) -> str:
    return "系统 The clock" if name == CLOCK else name


def shown(moment: datetime | None) -> str:
    """Return a moment as papers carry it.

    >>> shown(None)
    ''
    """
    return "" if moment is None else moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
