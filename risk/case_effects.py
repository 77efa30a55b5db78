"""What moves bring about, one function an effect; each sees the step while it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from pos_sim.engine.registry import hold
from pos_sim.store.rows import to_us
from risk import case_exits, case_papers, review_plans
from risk.alerts import Action, Alert, AlertVerdict, act
from risk.approvals import StaleApproval
from risk.both import both
from risk.case_data import Measure, Outcome
from risk.case_mistakes import Mistakes
from risk.case_work import Work
from risk.checklists import RESULT_NAMES, TRAINING, Result, findings_of, shipped_checklist
from risk.store import case_alerts, case_files, case_trail
from risk.store.alert_rows import KeptAlert
from risk.vocabulary import Feed
from risk.workflow import CaseKind, Effect
from risk.working_alerts import save


def take_alerts(work: Work) -> None:
    """Let every open alert of the case be investigated by whoever takes it."""
    for kept in case_alerts.lock_open_alerts(work.connection, work.case.case_id):
        kept.alert = act(kept.alert, Action.INVESTIGATE) or kept.alert
        kept.assignee = work.actor.name
        save(work.connection, kept)


def close_alerts(work: Work) -> None:
    """Close the alerts with the verdict, which labels their hits, and file the 核查单."""
    verdict = AlertVerdict(work.data["verdict"])
    for kept in case_alerts.lock_open_alerts(work.connection, work.case.case_id):
        kept.alert = closed(kept.alert, verdict)
        kept.note, kept.closed_us = work.note, to_us(work.at)
        kept.assignee = kept.assignee or work.actor.name
        save(work.connection, kept)
    work.change(outcome=verdict.value)
    work.file("sheet", "核查单", "Case sheet", sheet_of(work))


def closed(alert: Alert, verdict: AlertVerdict) -> Alert:
    """Return an open alert as closed, whichever way its state must go."""
    looked_into = act(alert, Action.INVESTIGATE) or alert
    after = act(alert, Action.CLOSE, verdict) or act(looked_into, Action.CLOSE, verdict)
    assert after is not None
    return after


def follow_up(work: Work) -> None:
    """Do what a confirmed finding leads to: what was chosen, and what is never left out."""
    if work.data["verdict"] != AlertVerdict.CONFIRMED.value:
        return
    alerts = case_alerts.alerts_of(work.connection, work.case.case_id)
    for measure in measures_of(work, alerts):
        MEASURES[measure](work, alerts)


def measures_of(work: Work, alerts: list[KeptAlert]) -> list[Measure]:
    """Return the measures. A high case brings the annual review forward in any case."""
    asked = work.data["measures"]
    chosen = {Measure.RECTIFICATION} if asked is None else {Measure(one) for one in asked}
    if work.case.is_grave:
        chosen.add(Measure.ANNUAL_REVIEW)
    if any(Feed.FREEZE_PROPOSAL in one.alert.feeds for one in alerts):
        chosen.add(Measure.FREEZE)
    if work.case.service_point_id is None:
        chosen &= {Measure.CLUE_REPORT}
    return [measure for measure in Measure if measure in chosen]


def rectify(work: Work, _alerts: list[KeptAlert]) -> None:
    order(work, both(f"核查属实：{work.note}", f"Found true: {work.note}"), None)


def review_early(work: Work, _alerts: list[KeptAlert]) -> None:
    review_plans.bring_forward(
        work.connection,
        work.case.service_point_id or "",
        reason=both(
            f"核查属实，提前年审：{work.case.case_id}",
            f"Found true, reviewed early: {work.case.case_id}",
        ),
        by=work.actor.name,
        at=work.at,
        parent_id=work.case.case_id,
    )


def propose_freeze(work: Work, _alerts: list[KeptAlert] | None = None) -> None:
    work.open(CaseKind.FREEZE, because(work, REASONS[work.case.kind]))


def because(work: Work, reason: tuple[str, str]) -> str:
    """Return the reason of a case that follows from this one, with its number."""
    chinese, english = reason
    return both(f"{chinese}：{work.case.case_id}", f"{english}: {work.case.case_id}")


def report_clue(work: Work, alerts: list[KeptAlert]) -> None:
    text = case_papers.clue_report(work.case, work.place(), alerts, work.note)
    work.file("clue_report", "线索报告", "Report of a clue", text)


MEASURES: dict[Measure, Callable[[Work, list[KeptAlert]], None]] = {
    Measure.RECTIFICATION: rectify,
    Measure.ANNUAL_REVIEW: review_early,
    Measure.FREEZE: propose_freeze,
    Measure.CLUE_REPORT: report_clue,
}

REASONS: dict[CaseKind, tuple[str, str]] = {
    CaseKind.VERIFICATION: ("核查属实", "Found true"),
    CaseKind.ANNUAL_REVIEW: ("逾期未年审", "Not reviewed in time"),
    CaseKind.RECTIFICATION: ("逾期未整改", "Not put right in time"),
    CaseKind.IDLE_VISIT: ("走访建议", "Advised by a visit"),
}
NOT_ACCEPTED = ("整改不合格", "Not put right")


def order(work: Work, reason: str, due_at: str | None) -> None:
    """Order the point to rectify, with the paper that tells it so."""
    opened = work.open(
        CaseKind.RECTIFICATION,
        reason,
        due_at=None if due_at is None else datetime.fromisoformat(due_at),
    )
    if opened.is_new:
        text = case_papers.order_text(opened.case, work.place(), reason)
        paper = case_files.Document(
            case_id=opened.case.case_id, kind="order", title="限期整改通知书",
            title_en="Order to rectify", made_at=work.at, text=text,
        )  # fmt: skip
        case_files.add_document(work.connection, paper)


def write_checklist(work: Work) -> None:
    """Keep what was handed in, and whether it passes. An untrained operator passes nowhere."""
    findings = findings_of(work.data["items"])
    if findings[TRAINING].result is not Result.FAIL and not is_trained(work):
        raise Mistakes({f"data.items.{TRAINING}": UNTRAINED})
    case_files.write_checklist(work.connection, work.case.case_id, work.data["items"])
    work.change(passes=shipped_checklist().passes(findings))


UNTRAINED = "登记显示负责人四项培训未全部合格 · The register has no pass of all four subjects"


def is_trained(work: Work) -> bool:
    """Ask the register; an operator who came since, or failed again, is not."""
    return hold(work.connection, work.case.service_point_id or "").operator_is_trained


def plan_next_review(work: Work) -> None:
    """Plan the next review a year from now, and file the form of this one."""
    if work.case.state == "passed" and not is_trained(work):
        raise StaleApproval(UNTRAINED)
    kept = case_files.read_checklist(work.connection, work.case.case_id)
    assert kept is not None
    verdict = "年审合格 passed" if work.case.state == "passed" else "年审不合格 failed"
    text = case_papers.review_form(work.case, work.place(), findings_of(kept), verdict)
    work.file("review_form", "年审表", "Annual review", text)
    work.change(outcome=work.case.state)
    review_plans.plan_after(work.connection, work.case.service_point_id or "", work.at)


def order_rectification(work: Work) -> None:
    """Order what the review found; the items that failed say what."""
    kept = case_files.read_checklist(work.connection, work.case.case_id)
    findings = findings_of(kept) if kept else {}
    failed = shipped_checklist().failed(findings) if findings else []
    found = "；".join(
        f"{item.title}（{RESULT_NAMES[findings[item.code].result]}）" for item in failed
    )
    found_en = "; ".join(item.title_en for item in failed)
    reason = both(
        f"年审不合格：{found or work.note}", f"Failed its review: {found_en or work.note}"
    )
    order(work, reason, work.data["due_at"])


def propose_exit(work: Work) -> None:
    reason = NOT_ACCEPTED if work.move.action == "reject" else REASONS[work.case.kind]
    work.open(CaseKind.EXIT, because(work, reason))


def extend(work: Work) -> None:
    """Give the case the later deadline that two people agreed on."""
    until = datetime.fromisoformat(work.data["until"])
    work.change(due_at=until, wakes_at=until)


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.RESUME: "恢复使用 In use again",
    Outcome.RELOCATE: "调整布局 To be relocated",
    Outcome.PROPOSE_EXIT: "建议退出 Exit proposed",
}


def write_outcome(work: Work) -> None:
    """Keep what the visit found; one that finds no use for the point proposes its exit."""
    outcome = Outcome(work.data["outcome"])
    work.change(outcome=outcome.value)
    text = case_papers.visit_text(work.case, work.place(), OUTCOME_NAMES[outcome], work.note)
    work.file("visit", "走访记录", "Visit", text)
    if outcome is Outcome.PROPOSE_EXIT:
        propose_exit(work)


EFFECTS: Mapping[Effect, Callable[[Work], None]] = {
    Effect.TAKE_ALERTS: take_alerts,
    Effect.CLOSE_ALERTS: close_alerts,
    Effect.FOLLOW_UP: follow_up,
    Effect.WRITE_CHECKLIST: write_checklist,
    Effect.PLAN_NEXT_REVIEW: plan_next_review,
    Effect.ORDER_RECTIFICATION: order_rectification,
    Effect.PROPOSE_FREEZE: propose_freeze,
    Effect.PROPOSE_EXIT: propose_exit,
    Effect.EXTEND: extend,
    Effect.SETTLE: case_exits.settle,
    Effect.RECOVER_TERMINALS: case_exits.recover_terminals,
    Effect.DEREGISTER: case_exits.deregister,
    Effect.WRITE_OUTCOME: write_outcome,
}


def sheet_of(work: Work) -> str:
    case_id = work.case.case_id
    return case_papers.sheet(
        work.case,
        work.place(),
        case_alerts.alerts_of(work.connection, case_id),
        case_trail.history_of(work.connection, [case_id]).get(case_id, ()),
    )
