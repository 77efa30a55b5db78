"""冻结与解冻 on the trainer's desk: one proposes, and what waits says whose sign-in is needed.

A trainer may propose, as a maker or checker may. Who decides is the rule of every approval: a maker
or checker, and never the one who proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from risk import cases
from risk.approvals import Approval, list_approvals
from risk.case_by_staff import open_by_staff
from risk.case_mistakes import AlreadyOpen, Mistakes
from risk.case_opening import Wish
from risk.store import case_rows
from risk.workflow import Actor, CaseKind

PROPOSERS = ("maker", "checker", "admin")
FREEZES = ("freeze", "unfreeze")
SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """A freeze, or its end, that waits for the second person."""

    service_point_id: str
    action: str
    maker: str
    made_at: datetime


def propose_freeze(
    connection: Connection, point_id: str, action: str, by: str, at: datetime, note: str
) -> str:
    """Propose within the open freeze case of a point, or a new one; return the case's id."""
    if not note:
        raise Mistakes({"note": "请写理由 · A reason is needed"})
    wish = Wish(kind=CaseKind.FREEZE, service_point_id=point_id, reason=note, by=by, at=at)
    try:
        case_id = open_by_staff(connection, wish).case_id
    except AlreadyOpen as there:
        case_id = there.case_id
    cases.act(connection, case_id, action, actor=Actor(by), at=at, note=note)
    return case_id


def waiting_freezes(connection: Connection) -> Sequence[Waiting]:
    """Return what waits for a second person, the newest first."""
    pending = list_approvals(connection, "pending", SHOWN_MAX, None).items
    return [
        Waiting(point_of(connection, one), one.action, one.maker, one.made_at)
        for one in pending
        if one.kind == "case" and one.action in FREEZES
    ]


def point_of(connection: Connection, approval: Approval) -> str:
    case = case_rows.find(connection, approval.subject_id)
    return (case.service_point_id if case else None) or ""
