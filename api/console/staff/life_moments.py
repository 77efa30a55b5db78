"""What happened to a point, one moment after the other, as its life line tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.console.navigation import HOME
from api.console.staff.points import PointDesk
from api.console.staff.subjects import reason_of
from api.console.staff.times import midnight
from api.console.texts import Texts
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.money import in_yuan
from risk.audit_log import Entry
from risk.store.control_rows import KeptControl
from risk.workflow import Case, CaseKind
from risk.workflows import WORKFLOWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened, as the timeline tells it."""

    at: datetime
    lane: str
    text: str
    who: str = ""
    note: str = ""
    look: str = "done"
    href: str = ""


def happened(t: Texts, desk: PointDesk) -> Iterator[Moment]:
    """Give everything that is known to have happened, in no order."""
    yield from opened(t, desk)
    for entry in desk.entries:
        yield from register_moment(t, entry)
    for entry in desk.operator_entries:
        if entry.action == "replace":
            yield Moment(at=entry.at, lane="training", text=t("points.life_operator"),
                         who=actor(t, entry.actor), look="")  # fmt: skip
    yield from trained(t, desk.point.training)
    for row in desk.grades:
        if row.is_change or row is desk.grades[-1]:
            yield Moment(
                at=row.decided_at,
                lane="grade",
                text=t("points.life_graded", stars="★" * row.star_grade, tier=row.tier),
                who=t("live.clock"),
                note=t.pick(row.explanation, row.explanation_en),
            )
    for case in desk.cases:
        yield from case_moments(t, case)
    for kept, ended in desk.controls:
        yield from control_moments(t, kept, ended)


def opened(t: Texts, desk: PointDesk) -> Iterator[Moment]:
    """Give the opening out of the register, where the audit log does not tell it."""
    is_told = any(
        entry.action == "status" and (entry.before or {}).get("status") == "trial"
        for entry in desk.entries
    )
    if desk.point.opened_on is not None and not is_told:
        yield Moment(at=midnight(desk.point.opened_on), lane="status",
                     text=t("points.life_opened"))  # fmt: skip


def register_moment(t: Texts, entry: Entry) -> Iterator[Moment]:
    """Give what an entry of the audit log says about the point itself; grades tell themselves."""
    if entry.action == "create":
        yield Moment(at=entry.at, lane="status", text=t("points.life_created"),
                     who=actor(t, entry.actor))  # fmt: skip
    elif entry.action == "status":
        before, after = (entry.before or {}).get("status"), (entry.after or {}).get("status", "")
        is_opening = before == "trial" and after == "open"
        text = t("points.life_opened") if is_opening else t(f"points.life_{after}")
        yield Moment(at=entry.at, lane="status", text=text, who=actor(t, entry.actor),
                     note=t.half(entry.why), look=STATUS_LOOKS.get(after, "done"))  # fmt: skip


STATUS_LOOKS = {"frozen": "no", "rectifying": "waits", "exited": "no"}


def trained(t: Texts, training: Sequence[Mapping[str, Any]]) -> Iterator[Moment]:
    """Give the examinations, one moment a day."""
    by_day: dict[str, list[Mapping[str, Any]]] = {}
    for result in training:
        if result.get("date"):
            by_day.setdefault(str(result["date"]), []).append(result)
    for day, results in by_day.items():
        passed = [one for one in results if one["result"] == "pass"]
        subjects = t("approvals.comma").join(
            f"{t.pick(one['title'], one['title_en'])} {one['score']}" for one in results
        )
        yield Moment(
            at=midnight(date.fromisoformat(day)),
            lane="training",
            text=t("points.life_trained", passed=len(passed), all=len(results)),
            note=subjects,
            look="done" if len(passed) == len(results) else "waits",
        )


def case_moments(t: Texts, case: Case) -> Iterator[Moment]:
    """Give a case once: when it was opened, or how it ended."""
    lane = "review" if case.kind is CaseKind.ANNUAL_REVIEW else "case"
    kind, href = case_title(t, case), f"{HOME}/cases/{case.case_id}"
    if case.closed_at is None:
        text, look = t("points.life_case", kind=kind), "waits"
        yield Moment(at=case.opened_at, lane=lane, text=text, look=look, href=href,
                     who=actor(t, case.opened_by), note=reason_of(t, case))  # fmt: skip
        return
    since = f"{case.opened_at.astimezone(SHANGHAI):%Y-%m-%d}"
    yield Moment(at=case.closed_at, lane=lane, look=case_look(case), href=href,
                 text=t("points.life_case_closed", kind=kind, end=case_end(t, case)),
                 note=t("points.life_case_since", day=since,
                        reason=reason_of(t, case)))  # fmt: skip


def case_title(t: Texts, case: Case) -> str:
    workflow = WORKFLOWS[case.kind]
    return t.pick(workflow.title, workflow.title_en)


def case_end(t: Texts, case: Case) -> str:
    """Return how a case ended, or where it stands."""
    state = WORKFLOWS[case.kind].state(case.state)
    known = t.under("cases").get(f"outcome_{case.outcome}")
    return known or t.pick(state.title, state.title_en)


def case_look(case: Case) -> str:
    if case.is_open:
        return "waits"
    return "no" if case.outcome in GRAVE_ENDS else "done"


GRAVE_ENDS = frozenset({"failed", "exited", "confirmed"})


def control_moments(t: Texts, kept: KeptControl, ended: datetime | None) -> Iterator[Moment]:
    business = t(f"operations.{kept.control.business.value}")
    yield Moment(at=kept.since, lane="control", look="waits", note=kept.reason, who=kept.maker,
                 text=t("staff.says", who=business, what=control_text(t, kept)))  # fmt: skip
    if ended is not None:
        yield Moment(at=ended, lane="control",
                     text=t("points.life_control_ended", business=business))  # fmt: skip


def control_text(t: Texts, kept: KeptControl) -> str:
    """Return what a control says of its business."""
    if not kept.control.allowed:
        return t("approvals.switched_off")
    assert kept.control.limit is not None
    return t("approvals.limited", yuan=in_yuan(kept.control.limit))


def actor(t: Texts, name: str) -> str:
    return t("live.clock") if name == "clock" else name
