"""Approvals: what waits for a second person, and what the second person said."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.models.fields import Body
from api.models.risk_rules import Note
from pos_sim.domain.calendar import in_local_time
from pos_sim.store.rows import from_us
from risk.approvals import Approval, Choice

ApprovalState = Literal["pending", "approved", "rejected"]

STATES: dict[Choice | None, ApprovalState] = {
    None: "pending",
    Choice.APPROVE: "approved",
    Choice.REJECT: "rejected",
}
TITLES: dict[tuple[str, str], tuple[str, str]] = {
    ("rule_version", "activate"): ("启用规则版本", "Activate a rule version"),
    ("suppression", "create"): ("设置预警抑制", "Suppress a rule for longer than a day"),
    ("list_entry", "confirm"): ("确认止付名单", "Confirm a block-list entry"),
    ("list_entry", "add"): ("加入白名单", "Put on an allow-list"),
    ("policy", "publish"): ("发布政策版本", "Publish a policy version"),
    ("service_point", "open"): ("服务点开业", "Open a service point"),
    ("alert", "close"): ("关闭高等级预警", "Close a high or critical alert"),
    ("control", "loosen"): ("放宽业务控制", "Loosen a control"),
}


class DecisionBody(Body):
    """复核 What the second person says."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "approve", "note": "同意"}]}
    )

    decision: Choice
    note: Note


class ApprovalShown(BaseModel):
    """复核事项 One proposal; it is decided once, and never by its maker."""

    approval_id: str
    state: ApprovalState
    kind: str = Field(description="Of the subject: `rule_version` · `suppression` · `list_entry` …")
    subject_id: str
    action: str
    title: str
    title_en: str
    maker: str
    made_at: str = Field(description="RFC 3339, +08:00")
    note: str = Field(description="The maker's words")
    payload: dict[str, Any] = Field(description="What is proposed, by kind")
    checker: str | None
    decided_at: str | None
    decision_note: str | None
    may_decide: bool = Field(description="Whether the calling key may decide it")

    @classmethod
    def of(cls, approval: Approval, *, caller: str, may_act: bool) -> Self:
        payload = dict(approval.payload)
        title, title_en = titles_of(approval)
        if "until_us" in payload:
            payload["until"] = in_local_time(from_us(payload.pop("until_us")))
        return cls(
            approval_id=approval.approval_id,
            state=STATES[approval.choice],
            kind=approval.kind,
            subject_id=approval.subject_id,
            action=approval.action,
            title=title,
            title_en=title_en or approval.action,
            maker=approval.maker,
            made_at=in_local_time(approval.made_at),
            note=str(payload.pop("note", "")),
            payload=payload,
            checker=approval.checker,
            decided_at=in_local_time(approval.decided_at) if approval.decided_at else None,
            decision_note=approval.note if approval.choice else None,
            may_decide=may_act and approval.choice is None and approval.maker != caller,
        )


def titles_of(approval: Approval) -> tuple[str, str]:
    """Return what is proposed in words; a move of a case brings its own."""
    if approval.kind == "case":
        return str(approval.payload["title"]), str(approval.payload["title_en"])
    return TITLES.get((approval.kind, approval.action), (approval.action, ""))


class ApprovalPage(BaseModel):
    """A page of approvals, the newest first."""

    items: list[ApprovalShown]
    next_cursor: str | None
