"""What waits for a second person: what it is about, what it changes, and whether it still can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from api.console.navigation import HOME
from api.console.staff.proposals import (
    Change,
    Proposal,
    Reading,
    Teller,
    moment,
    of_anything,
    over,
)
from api.console.staff.proposed_versions import of_policy, of_rule_version
from api.console.staff.subjects import subject_of
from api.console.texts import Texts
from api.models.risk_approvals import STATES, titles_of
from pos_sim.domain.money import in_yuan
from pos_sim.store.rows import from_us
from risk import alerts as alert_states
from risk.alerts import Action, AlertVerdict
from risk.approvals import Approval
from risk.store import case_rows, control_rows
from risk.store.read_alerts import find_alert
from risk.workflow import Actor, Case
from risk.workflow import act as act_on
from risk.workflows import WORKFLOWS


def proposal_of(reading: Reading, approval: Approval) -> Proposal:
    """Return an approval with what it is about; one that was decided is told as it was asked."""
    bare = Proposal(
        approval=approval,
        state=STATES[approval.choice],
        title=reading.t.pick(*(word or approval.action for word in titles_of(approval))),
        subject=approval.subject_id,
        is_own=approval.maker == reading.who,
    )
    told = TELLERS.get(approval.kind, of_anything)(reading, approval, bare)
    return told if approval.choice is None else replace(told, stale="")


# By kind ----------------------------------------------------------------------------------------


def of_alert(reading: Reading, approval: Approval, bare: Proposal) -> Proposal:
    """Closing an alert of high or critical severity."""
    t, payload = reading.t, approval.payload
    kept = find_alert(reading.connection, approval.subject_id)
    if kept is None:
        return bare
    verdict = AlertVerdict(payload["verdict"])
    is_possible = alert_states.act(kept.alert, Action.CLOSE, verdict) is not None
    before = kept.alert.state.value if approval.choice is None else "investigating"
    return replace(
        bare,
        subject=t.pick(kept.alert.title, kept.alert.title_en),
        href=f"{HOME}/alerts/{kept.alert_id}",
        place=reading.place(kept.service_point_id),
        changes=(
            Change(t("alerts.state"), t(f"alerts.{before}"), t("alerts.closed")),
            Change(t("alerts.verdict"), "", t(f"alerts.{verdict.value}")),
        ),
        stale="" if is_possible else t("approvals.stale_alert"),
    )


def of_case(reading: Reading, approval: Approval, bare: Proposal) -> Proposal:
    """A move of a case: its state, what it brings about, and how its point stands then."""
    t = reading.t
    case = case_rows.find(reading.connection, approval.subject_id)
    if case is None:
        return bare
    workflow = WORKFLOWS[case.kind]
    step = act_on(workflow, case, approval.action, Actor(approval.maker)) if case.is_open else None
    move = step.move if step else next(m for m in workflow.moves if m.action == approval.action)
    source, to = workflow.state(move.source), workflow.state(move.to)
    changes = [Change(t("approvals.case_state"), t.pick(source.title, source.title_en),
                      t.pick(to.title, to.title_en))]  # fmt: skip
    if source.demands is not to.demands:
        after = to.demands.value if to.demands else ""
        changes.append(
            Change(t("approvals.point_status"), demand_text(t, source.demands),
                   t(f"staff.{after}") if after else t("approvals.released"))
        )  # fmt: skip
    stands = workflow.state(case.state)
    return replace(
        bare,
        subject=f"{t.pick(workflow.title, workflow.title_en)} {case.case_id}",
        href=f"{HOME}/cases/{case.case_id}",
        place=reading.place(case.service_point_id),
        changes=[*changes, *data_changes(t, case, approval.payload.get("data") or {})],
        stale=""
        if step
        else t("approvals.stale_case", state=t.pick(stands.title, stands.title_en)),
    )


def demand_text(t: Texts, status: Any) -> str:
    return t(f"staff.{status.value}") if status else t("approvals.as_it_is")


def data_changes(t: Texts, case: Case, data: Mapping[str, Any]) -> list[Change]:
    """Return what comes with a move: a verdict, its measures, another date."""
    found: list[Change] = []
    if data.get("verdict"):
        found.append(Change(t("alerts.verdict"), "", t(f"alerts.{data['verdict']}")))
    if data.get("measures"):
        words = t("approvals.comma").join(t(f"cases.measure_{one}") for one in data["measures"])
        found.append(Change(t("cases.measures"), "", words))
    if data.get("until"):
        until = datetime.fromisoformat(data["until"])
        found.append(Change(t("cases.due"), moment(case.due_at), moment(until)))
    return found


def of_control(reading: Reading, approval: Approval, bare: Proposal) -> Proposal:
    """Loosening a control: what binds now, and what would."""
    t, payload = reading.t, approval.payload
    point, business = payload["service_point_id"], payload["business"]
    kept = {
        one.control.business.value: one
        for one in control_rows.at_point(reading.connection, point)
    }.get(business)  # fmt: skip
    is_same = (kept.control_id if kept else None) == payload["control_id"]
    now = control_text(t, kept.control.allowed, kept.control.limit) if kept else ""
    then = control_text(t, payload["allowed"], payload["limit_fen"])
    changes = [Change(t(f"operations.{business}"), now, then)]
    if kept is None or not (payload["allowed"] and payload["limit_fen"] is None):
        until = from_us(payload["until_us"])
        changes.append(Change(t("approvals.until"), moment(kept.until if kept else None),
                              moment(until)))  # fmt: skip
    return replace(
        bare,
        subject=t(f"operations.{business}"),
        place=reading.place(point),
        changes=changes,
        stale=over(reading, payload) or ("" if is_same else t("approvals.stale_control")),
    )


def control_text(t: Texts, allowed: bool, limit: int | None) -> str:
    if not allowed:
        return t("approvals.switched_off")
    if limit is None:
        return t("approvals.no_control")
    return t("approvals.limited", yuan=in_yuan(limit))


def of_suppression(reading: Reading, approval: Approval, bare: Proposal) -> Proposal:
    """Silencing a rule about a subject for longer than a day."""
    t, payload = reading.t, approval.payload
    scope = payload["scope"]
    return replace(
        bare,
        subject=f"{payload['rule_id']} · {t('alerts.scope_' + scope['kind'])} "
        + subject_of(reading.connection, scope["kind"], str(scope["value"])),
        changes=(
            Change(t("approvals.rule"), t("approvals.alerts"), t("approvals.silent")),
            Change(t("approvals.until"), "", moment(from_us(payload["until_us"]))),
        ),
        stale=over(reading, payload),
    )


TELLERS: Mapping[str, Teller] = {
    "alert": of_alert,
    "case": of_case,
    "control": of_control,
    "suppression": of_suppression,
    "rule_version": of_rule_version,
    "policy": of_policy,
}
