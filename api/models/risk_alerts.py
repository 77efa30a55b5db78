"""Alerts as staff see them, and what they do with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.models.fields import NO_CONTROLS, Body
from api.models.risk_rules import Note
from api.words import broken_rule
from pos_sim.domain.calendar import in_local_time
from pos_sim.store.rows import from_us
from risk.alerts import Action, AlertVerdict
from risk.store.alert_rows import KeptAlert, number
from risk.working_alerts import Step, actions_of, stage_of

ActionWord = Literal["assign", "investigate", "close", "escalate"]
VERDICT_RULE = (
    "verdict",
    "关闭须有结论，其他操作不带 · Closing needs a verdict, nothing else has one",
)
CLOSING: dict[str, Any] = {
    "if": {"properties": {"action": {"const": "close"}}},
    "then": {"required": ["verdict"], "properties": {"verdict": {"type": "string"}}},
    "else": {"properties": {"verdict": {"type": "null"}}},
}
EXAMPLE: dict[str, Any] = {
    "action": "close",
    "note": "电话核实，系本人赶集取款",
    "verdict": "false_alarm",
}


class ActionBody(Body):
    """处置 What is done with an alert."""

    model_config = ConfigDict(json_schema_extra={**CLOSING, "examples": [EXAMPLE]})

    action: ActionWord
    note: Note
    verdict: AlertVerdict | None = Field(
        default=None, description="With `close`: `confirmed` · `false_alarm` · `undetermined`"
    )
    assignee: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_CONTROLS)] | None = (
        Field(default=None, description="With `assign`: to whom; the calling key, if absent")
    )

    @model_validator(mode="after")
    def has_a_verdict_where_it_ends(self) -> Self:
        """Want a verdict with ``close`` and with nothing else."""
        if (self.action == "close") != (self.verdict is not None):
            raise broken_rule(*VERDICT_RULE)
        return self

    def step(self) -> Step:
        """Return the step as the work takes it."""
        return Step(
            action=Action(self.action),
            note=self.note,
            verdict=self.verdict,
            assignee=self.assignee,
        )


class ScopeShown(BaseModel):
    """对象 About whom a rule speaks."""

    kind: str = Field(
        description="`card` · `point` · `terminal` · `payee` · `payer` · `bill` · `serial`;"
        " `monitor`: the rule itself, which could not judge"
    )
    value: str


class AlertShown(BaseModel):
    """预警 One alert: one open one a rule and subject, raised by its hits."""

    alert_id: str
    rule_id: str
    rule_version: int
    title: str
    title_en: str
    severity: str = Field(description="`low` · `medium` · `high` · `critical`; only rises")
    state: str = Field(
        description="`new` 新建 · `assigned` 已分派 · `investigating` 核查中 · `closed` 已关闭 ·"
        " `suppressed` 已抑制 · `escalated` 已升级"
    )
    verdict: str | None = Field(description="属实 `confirmed` · 误报 `false_alarm` · 无法认定")
    scope: ScopeShown
    service_point_id: str | None = Field(description="Where it first arose")
    first_seen_at: str = Field(description="RFC 3339, +08:00")
    last_seen_at: str
    due_at: str = Field(description="When it must be dealt with: 4 h, or 1, 3, 10 working days")
    stage: str = Field(
        description="`on_time` · `warned` 70 % of the time · `parent_branch` all of it ·"
        " `province` twice as much"
    )
    closed_at: str | None
    hit_count: int
    explanation: str
    explanation_en: str
    observed: float | int | None = Field(description="In `unit`")
    threshold: float | int | None
    baseline: float | int | None = Field(description="What is usual here, where the rule knows")
    unit: str | None = Field(description="`count` · `fen` · `bp` · `m` · `km_h` · `min` · `days`")
    transaction_ids: list[str] = Field(description="The latest 100, in order of time")
    feeds: list[str] = Field(description="TC 业务控制 · FV 后督核查 · AR 年审 · FP 冻结 · IV 走访")
    proposes: list[str] = Field(
        description="What a person is asked to do at once: `call_back` · `pause_terminal` ·"
        " `stop_subsidy`"
    )
    assignee: str | None
    note: str | None = Field(description="The latest words of whoever worked on it")
    case_id: str | None
    available_actions: list[str] = Field(description="What may be done now")
    approval_id: str | None = Field(description="Closing waits for a second person here")

    @classmethod
    def of(cls, kept: KeptAlert, approval_id: str | None, now: datetime) -> Self:
        alert = kept.alert
        return cls(
            alert_id=kept.alert_id,
            rule_id=alert.key.rule_id,
            rule_version=alert.rule_version,
            title=alert.title,
            title_en=alert.title_en,
            severity=alert.severity.value,
            state=alert.state.value,
            verdict=alert.verdict.value if alert.verdict else None,
            scope=ScopeShown(kind=alert.key.scope, value=alert.key.scope_value),
            service_point_id=kept.service_point_id,
            explanation=alert.reason,
            explanation_en=alert.reason_en,
            observed=alert.observed,
            threshold=alert.threshold,
            baseline=alert.baseline,
            unit=alert.unit.value if alert.unit else None,
            hit_count=alert.hit_count,
            transaction_ids=list(alert.transaction_ids),
            feeds=[feed.value for feed in alert.feeds],
            proposes=[one.value for one in alert.proposes],
            assignee=kept.assignee,
            note=kept.note,
            case_id=kept.case_id,
            available_actions=[one.value for one in actions_of(alert, approval_id)],
            approval_id=approval_id,
            **times_of(kept, now),
        )


def times_of(kept: KeptAlert, now: datetime) -> dict[str, Any]:
    """Return when it arose, when it must be done, and how late it is."""
    alert = kept.alert
    return {
        "first_seen_at": in_local_time(alert.first_seen_at),
        "last_seen_at": in_local_time(alert.last_seen_at),
        "due_at": in_local_time(alert.due_at),
        "stage": stage_of(alert, now).name.lower(),
        "closed_at": None if kept.closed_us is None else in_local_time(from_us(kept.closed_us)),
    }


class AlertPage(BaseModel):
    """A page of alerts, the latest seen first."""

    items: list[AlertShown]
    next_cursor: str | None


class AlertNamed(BaseModel):
    """An alert that a transaction raised or fed."""

    alert_id: str
    rule_id: str
    severity: str
    title: str


class HitShown(BaseModel):
    """命中 What one rule said about a transaction, and why."""

    rule_id: str
    version: int
    outcome: str = Field(description="`hit` · `shadow` · `suppressed` · `error`")
    clause: str
    band: int | None
    severity: str
    decision: str = Field(description="`allow` · `alert` · `hold` · `decline`")
    scope: ScopeShown
    observed: float | int | None = Field(description="In `unit`")
    threshold: float | int | None
    baseline: float | int | None
    unit: str | None
    explanation: str
    explanation_en: str
    alert_id: str | None


def hits_shown(rows: Iterable[Any]) -> dict[str, Any]:
    """Return what staff see with a transaction: its alerts, and what each rule said."""
    rows = list(rows)
    alerts = {row.alert_id: alert_named(row) for row in rows if row.alert_title is not None}
    return {"alerts": list(alerts.values()), "hits": [hit_shown(row) for row in rows]}


def alert_named(row: Any) -> dict[str, Any]:
    return AlertNamed(
        alert_id=row.alert_id,
        rule_id=row.rule_id,
        severity=row.alert_severity,
        title=row.alert_title,
    ).model_dump()


def hit_shown(row: Any) -> dict[str, Any]:
    return HitShown(
        rule_id=row.rule_id,
        version=row.version,
        outcome=row.outcome,
        clause=row.clause,
        band=row.band,
        severity=row.severity,
        decision=row.decision,
        scope=ScopeShown(kind=row.scope_kind, value=row.scope_value),
        observed=number(row.observed),
        threshold=number(row.threshold),
        baseline=number(row.baseline),
        unit=row.unit,
        explanation=row.explanation,
        explanation_en=row.explanation_en,
        alert_id=row.alert_id,
    ).model_dump()
