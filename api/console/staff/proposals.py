"""A proposal as the person who decides it reads it: what becomes of what, and whether it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from api.console.texts import Texts
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.store.query_points import points_by_id
from pos_sim.store.rows import from_us
from risk.approvals import Approval


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that becomes another; ``before`` empty: there was none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An approval as people read it; ``stale`` says why it cannot be approved any more."""

    approval: Approval
    state: str
    title: str
    subject: str
    href: str = ""
    place: str = ""
    changes: Sequence[Change] = ()
    stale: str = ""
    is_own: bool = False

    @property
    def note(self) -> str:
        """The maker's own words."""
        return str(self.approval.payload.get("note", ""))


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to say something about an approval."""

    connection: Connection
    t: Texts
    now: datetime
    who: str

    def place(self, point_id: str | None) -> str:
        """Return name and number of a point."""
        found = points_by_id(self.connection, [point_id]) if point_id else {}
        return f"{found[point_id].name} · {point_id}" if point_id in found else point_id or ""


Teller: TypeAlias = Callable[[Reading, Approval, Proposal], Proposal]


def of_anything(reading: Reading, approval: Approval, bare: Proposal) -> Proposal:
    """What has no words of its own: each value that is proposed."""
    t, known = reading.t, reading.t.under("approvals")
    changes = [
        Change(known.get(f"field_{name}", name), "", value_text(t, name, value))
        for name, value in approval.payload.items()
        if name not in HIDDEN and value not in (None, "", {}, [])
    ]
    place = reading.place(approval.subject_id) if approval.kind == "service_point" else ""
    if approval.kind == "service_point":
        changes = [Change(t("approvals.point_status"), t("staff.trial"), t("staff.open"))]
    return replace(bare, changes=changes, place=place, stale=over(reading, approval.payload),
                   subject=str(approval.payload.get("rule_id", approval.subject_id)))  # fmt: skip


HIDDEN = frozenset({"note", "checksum", "case_id"})


def value_text(t: Texts, name: str, value: Any) -> str:
    if name.endswith("_us"):
        return moment(from_us(value))
    if value is None:
        return ""
    if name == "mode" and value:
        return t(f"rules.mode_{value}")
    if isinstance(value, Mapping):
        return t("approvals.comma").join(f"{key} {one}" for key, one in value.items())
    return str(value)


def over(reading: Reading, payload: Mapping[str, Any]) -> str:
    """Return that the time of a proposal is over, empty while it is not."""
    until = payload.get("until_us")
    is_over = until is not None and from_us(until) <= reading.now
    return reading.t("approvals.stale_time") if is_over else ""


def moment(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
