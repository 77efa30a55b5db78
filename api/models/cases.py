"""Cases as staff see them, and what they do with them; controls of a point."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.models.fields import Body
from api.models.risk_rules import Note
from pos_sim.domain.calendar import in_local_time
from risk.case_view import CaseView
from risk.checklists import shipped_checklist
from risk.store.case_files import Document
from risk.store.case_trail import Entry
from risk.workflow import CaseKind, Move, needs_two
from risk.workflows import WORKFLOWS

PointId = Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,16}$", examples=["SP520121-0001"])]
AlertId = Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,40}$")]


class CaseBody(Body):
    """立案 A case to open; opening a freeze case freezes nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "freeze", "service_point_id": "SP520121-0001", "reason": "终端疑似外借"}
            ]
        }
    )

    kind: CaseKind
    service_point_id: PointId
    reason: Note
    alert_ids: Annotated[list[AlertId], Field(max_length=50)] = Field(
        default_factory=list, description="Open alerts that a verification takes up"
    )


class CaseActionBody(Body):
    """办理 What is done with a case. `data` by action: see the table of moves."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"action": "emergency_freeze", "note": "现场无人，先行冻结"}]
        }
    )

    action: Annotated[str, Field(pattern="^[a-z_]{1,24}$")]
    note: Note
    data: dict[str, Any] | None = Field(
        default=None,
        description="`conclude` `{verdict, measures?}` · `submit` of an annual review `{items}` ·"
        " `fail` `{due_at?}` · `extend` `{until}` · `report` `{outcome}`",
    )


class ActionShown(BaseModel):
    """One thing that may be done now."""

    action: str
    title: str
    title_en: str
    needs_approval: bool


class PendingShown(BaseModel):
    """What waits for a second person."""

    approval_id: str
    action: str
    maker: str
    made_at: str
    note: str


class EntryShown(BaseModel):
    """One line of the trail."""

    at: str
    by: str
    what: str = Field(
        description="`opened` · `raised` · `proposed` · `done` · `rejected` · `overtaken`"
    )
    action: str
    from_state: str
    to_state: str
    note: str
    approval_id: str | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            at=in_local_time(entry.at), by=entry.actor, what=entry.what, action=entry.action,
            from_state=entry.source, to_state=entry.to_state, note=entry.note,
            approval_id=entry.approval_id,
        )  # fmt: skip


class DocumentShown(BaseModel):
    """A paper; `path` gives it as printable text."""

    number: int
    kind: str
    title: str
    title_en: str
    made_at: str
    path: str
    text: str

    @classmethod
    def of(cls, paper: Document) -> Self:
        return cls(
            number=paper.number, kind=paper.kind, title=paper.title, title_en=paper.title_en,
            made_at=in_local_time(paper.made_at), text=paper.text,
            path=f"/v1/cases/{paper.case_id}/documents/{paper.number}",
        )  # fmt: skip


class ItemShown(BaseModel):
    """One thing that an annual review looks at, and what was found."""

    code: str
    title: str
    title_en: str
    must: bool = Field(description="One such item that fails, fails the review")
    result: Literal["pass", "fail", "not_applicable"] | None
    note: str
    evidence: str


class GroupShown(BaseModel):
    """核验项目 Items of one subject."""

    code: str
    title: str
    title_en: str
    items: list[ItemShown]


class CaseShown(BaseModel):
    """案件 One case."""

    case_id: str
    kind: str
    kind_title: str
    state: str
    state_title: str
    state_title_en: str
    service_point_id: str | None
    scope: dict[str, str]
    severity: str
    reason: str
    opened_at: str
    opened_by: str
    due_at: str | None
    is_overdue: bool
    closed_at: str | None
    outcome: str | None
    parent_id: str | None = Field(description="The case from which this one follows")
    alert_ids: list[str]
    checklist: list[GroupShown] | None = Field(description="Annual reviews only")
    checklist_passes: bool | None
    available_actions: list[ActionShown]
    pending_approval: PendingShown | None
    approval_id: str | None = Field(description="Of the move that waits for a second person")
    history: list[EntryShown]
    documents: list[DocumentShown]

    @classmethod
    def of(cls, view: CaseView, now: datetime) -> Self:
        case = view.case
        workflow = WORKFLOWS[case.kind]
        state = workflow.state(case.state)
        pending = view.pending
        return cls(
            case_id=case.case_id,
            kind=case.kind.value,
            kind_title=workflow.title,
            state=case.state,
            state_title=state.title,
            state_title_en=state.title_en,
            service_point_id=case.service_point_id,
            scope={"kind": case.scope_kind, "value": case.scope_value},
            severity=case.severity.value,
            reason=case.reason,
            opened_at=in_local_time(case.opened_at),
            opened_by=case.opened_by,
            due_at=time_or_none(case.due_at),
            is_overdue=case.is_open and case.due_at is not None and case.due_at <= now,
            closed_at=time_or_none(case.closed_at),
            outcome=case.outcome,
            parent_id=case.parent_id,
            alert_ids=view.alert_ids,
            checklist=checklist_shown(view) if case.kind is CaseKind.ANNUAL_REVIEW else None,
            checklist_passes=case.passes,
            available_actions=actions_shown(view),
            pending_approval=None
            if pending is None
            else PendingShown(
                approval_id=pending.approval_id,
                action=pending.action,
                maker=pending.maker,
                made_at=in_local_time(pending.made_at),
                note=str(pending.payload.get("note", "")),
            ),
            approval_id=pending.approval_id if pending else None,
            history=[EntryShown.of(entry) for entry in view.history],
            documents=[DocumentShown.of(paper) for paper in view.documents],
        )


def actions_shown(view: CaseView) -> list[ActionShown]:
    return [action_shown(move, view) for move in view.available]


def action_shown(move: Move, view: CaseView) -> ActionShown:
    return ActionShown(
        action=move.action,
        title=move.title,
        title_en=move.title_en,
        needs_approval=needs_two(move, view.case),
    )


def checklist_shown(view: CaseView) -> list[GroupShown]:
    """Return the whole list, with what was found as far as it was handed in."""
    found = (view.checklist or {}).get("items", {})
    nothing = {"result": None, "note": "", "evidence": ""}
    return [
        GroupShown(
            code=group.code,
            title=group.title,
            title_en=group.title_en,
            items=[
                ItemShown(
                    code=item.code,
                    title=item.title,
                    title_en=item.title_en,
                    must=item.must,
                    **found.get(item.code, nothing),
                )
                for item in group.items
            ],
        )
        for group in shipped_checklist().groups
    ]


def time_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else in_local_time(moment)


class CasePage(BaseModel):
    """A page of cases, the latest opened first."""

    items: list[CaseShown]
    next_cursor: str | None
