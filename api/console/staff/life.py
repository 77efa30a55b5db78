"""The life line 生命线 of a point: how it stood when, and what happened to it, ready to be drawn.

Out of the register, its grades, cases and controls, and the audit log; nothing is kept for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from api.console.staff.life_moments import (
    Moment,
    case_end,
    case_look,
    case_title,
    control_text,
    happened,
)
from api.console.staff.points import PointDesk
from api.console.staff.times import midnight
from api.console.texts import Texts
from pos_sim.domain.calendar import SHANGHAI
from risk.workflow import Case, CaseKind

SHOWN = timedelta(days=366)
WIDTH, ROW, HEAD, NARROWEST = 1000, 26, 20, 5
LANES = ("status", "grade", "training", "review", "case", "control")
MARKED = ("status", "training")
"""Lanes that show moments; the others show how long something held."""
MOST_TOLD, FIRST_TOLD = 60, 8


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
        if end > self.since and start <= self.until:
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
