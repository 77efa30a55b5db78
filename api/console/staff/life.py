"""The life line 生命线 of a point: what happened to it, and how it stood when, ready to be drawn.

Out of the register, its grades, cases and controls, and the audit log; nothing is kept for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from api.console.navigation import HOME
from api.console.staff.points import PointDesk
from api.console.staff.times import midnight
from api.console.texts import Texts
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.money import in_yuan
from risk.audit_log import Entry
from risk.store.control_rows import KeptControl
from risk.workflow import Case, CaseKind
from risk.workflows import WORKFLOWS

SHOWN = timedelta(days=366)
WIDTH, ROW, HEAD, NARROWEST = 1000, 26, 20, 5
LANES = ("status", "grade", "training", "review", "case", "control")
MARKED = ("status", "training")
"""Lanes that show moments; the others show how long something held."""
MOST_TOLD, FIRST_TOLD = 60, 8


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


@dataclass(frozen=True, slots=True)
class Stretch:
    """How something stood for a while, in units of the drawing."""

    x: float
    width: float
    look: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one moment, in units of the drawing."""

    x: float
    look: str
    text: str


@dataclass(slots=True)
class Lane:
    """One row of the drawing."""

    name: str
    y: float
    stretches: list[Stretch] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The drawing over the last year, and everything told, the newest first."""

    moments: Sequence[Moment]
    more: int
    lanes: Sequence[Lane]
    ticks: Sequence[tuple[float, date]]
    first: date
    last: date

    width = WIDTH
    first_told = FIRST_TOLD
    height = HEAD + ROW * len(LANES)


def life_of(t: Texts, desk: PointDesk, now: datetime) -> Life:
    """Return the life of a point as it is drawn and told."""
    moments = sorted(happened(t, desk), key=lambda one: one.at, reverse=True)
    since = max(now - SHOWN, min([one.at for one in moments], default=now - SHOWN))
    if now - since < timedelta(days=30):
        since = now - timedelta(days=30)
    scale = Scale(since, now)
    lanes = [Lane(name, HEAD + ROW * number) for number, name in enumerate(LANES)]
    by_name = {lane.name: lane for lane in lanes}
    by_name["status"].stretches += statuses(t, desk, scale)
    by_name["grade"].stretches += tiers(t, desk, scale)
    by_name["control"].stretches += controlled(t, desk, scale)
    for case in desk.cases:
        lane = "review" if case.kind is CaseKind.ANNUAL_REVIEW else "case"
        by_name[lane].stretches += worked_on(t, case, scale)
    for one in moments:
        if one.at >= since and one.lane in MARKED:
            by_name[one.lane].marks.append(Mark(scale.x(one.at), one.look, told(one)))
    return Life(
        moments=moments[:MOST_TOLD],
        more=max(0, len(moments) - MOST_TOLD),
        lanes=lanes,
        ticks=scale.months(),
        first=since.astimezone(SHANGHAI).date(),
        last=now.astimezone(SHANGHAI).date(),
    )


def told(one: Moment) -> str:
    return f"{one.at.astimezone(SHANGHAI):%Y-%m-%d} {one.text}"


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a moment stands between the first and the last."""

    since: datetime
    until: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.since) / (self.until - self.since)
        return round(min(1.0, max(0.0, share)) * WIDTH, 1)

    def stretch(self, start: datetime, end: datetime, look: str, text: str) -> Iterator[Stretch]:
        """Give the part of a stretch that is seen, if any is."""
        if end > self.since and start < self.until:
            left = min(self.x(start), WIDTH - NARROWEST)
            yield Stretch(left, round(max(self.x(end) - left, NARROWEST), 1), look, text)

    def months(self) -> list[tuple[float, date]]:
        """Return the first days of months, as many as have room."""
        day = self.since.astimezone(SHANGHAI).date().replace(day=1)
        found: list[tuple[float, date]] = []
        while midnight(day) < self.until:
            if midnight(day) >= self.since:
                found.append((self.x(midnight(day)), day))
            day = (day + timedelta(days=32)).replace(day=1)
        return found


# What happened ----------------------------------------------------------------------------------


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
                     who=actor(t, case.opened_by), note=t.half(case.reason))  # fmt: skip
        return
    since = f"{case.opened_at.astimezone(SHANGHAI):%Y-%m-%d}"
    yield Moment(at=case.closed_at, lane=lane, look=case_look(case), href=href,
                 text=t("points.life_case_closed", kind=kind, end=case_end(t, case)),
                 note=t("points.life_case_since", day=since,
                        reason=t.half(case.reason)))  # fmt: skip


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


# How it stood -----------------------------------------------------------------------------------


def statuses(t: Texts, desk: PointDesk, scale: Scale) -> Iterator[Stretch]:
    """Give the statuses over time, read backwards from the one that holds now."""
    end, status = scale.until, desk.point.status
    for entry in desk.entries:
        if entry.action != "status":
            continue
        yield from scale.stretch(entry.at, end, f"status-{status}", t(f"staff.{status}"))
        end, status = entry.at, (entry.before or {}).get("status", "open")
    born = desk.point.opened_on
    start = midnight(born) if born is not None and status != "trial" else scale.since
    yield from scale.stretch(start, end, f"status-{status}", t(f"staff.{status}"))


def tiers(t: Texts, desk: PointDesk, scale: Scale) -> Iterator[Stretch]:
    """Give the grades over time, read backwards; months alike are one stretch."""
    end = scale.until
    stars, tier = desk.point.star_grade, desk.point.tier
    for row in desk.grades:
        if row.is_change:
            yield from scale.stretch(
                row.decided_at, end, f"tier-{tier}", grade_text(t, stars, tier)
            )
            end, stars, tier = row.decided_at, row.star_before, row.tier_before
    yield from scale.stretch(scale.since, end, f"tier-{tier}", grade_text(t, stars, tier))


def grade_text(t: Texts, stars: int, tier: str) -> str:
    return t("points.grade_short", stars=stars, tier=tier)


def worked_on(t: Texts, case: Case, scale: Scale) -> Iterator[Stretch]:
    """Give how long a case was open."""
    text = t("staff.says", who=case_title(t, case), what=case_end(t, case))
    look = f"case-{case_look(case)}"
    yield from scale.stretch(case.opened_at, case.closed_at or scale.until, look, text)


def controlled(t: Texts, desk: PointDesk, scale: Scale) -> Iterator[Stretch]:
    """Give when a control bound."""
    for kept, ended in desk.controls:
        business = t(f"operations.{kept.control.business.value}")
        text = t("staff.says", who=business, what=control_text(t, kept))
        end = min(ended or scale.until, kept.until)
        yield from scale.stretch(kept.since, end, "case-waits", text)
