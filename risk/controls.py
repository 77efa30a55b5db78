"""业务控制: single businesses off, or lower limits, at one point; amber, and always with an end.

One hand tightens, at once; loosening takes two. Red is above green, green above amber: a freeze
stops everything, since the engine asks for the status of a point before it asks for its controls,
and whoever stands on an allow-list (`risk/listing.py`) passes a control. Block-lists (R24) and R12
are asked all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import Control, PointStatus
from pos_sim.engine.registry import change_controls, hold
from pos_sim.store.registry import LockedPoint
from pos_sim.store.rows import to_us
from risk.approvals import Approval, Effects, StaleApproval, propose
from risk.audit_log import write_entry
from risk.case_mistakes import IllegalMove, Mistakes
from risk.control_wishes import Wish, check, is_looser, wish_of
from risk.due import Due, Fired
from risk.store import control_rows
from risk.store.control_rows import KeptControl
from risk.workflow import CLOCK

KIND, LOOSEN = "control", "loosen"
MOST = 50
"""So many controls lapse together: their points are locked as long."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """The control that binds now, None where there is none, and the approval that waits."""

    kept: KeptControl | None
    approval_id: str | None


def control(
    connection: Connection, service_point_id: str, wish: Wish, by: str, at: datetime
) -> Controlled:
    """Tighten at once, or propose to loosen.

    Raises `LookupError` where there is no such point, `Mistakes`, `IllegalMove`, and
    `AlreadyProposed`.
    """
    point = hold(connection, service_point_id)
    check(wish, at)
    if point.status is PointStatus.EXITED:
        raise IllegalMove((), "服务点已退出 · The point has exited")
    binding = binding_at(connection, point, wish.business)
    before = control_before(point, wish.business, at)
    if wish.lifts and before is None:
        raise Mistakes({"allowed": "没有可解除的业务控制 · There is no control to lift"})
    if is_looser(before, wish.control):
        return Controlled(binding, ask(connection, point, wish, binding, by, at))
    return Controlled(put(connection, point, wish, by, at, checker=None), None)


def control_before(point: LockedPoint, business: Business, at: datetime) -> Control | None:
    """Return what binds the business at a point now."""
    return next(
        (one for one in point.controls if one.business is business and one.is_in_force(at)), None
    )


def binding_at(
    connection: Connection, point: LockedPoint, business: Business
) -> KeptControl | None:
    """Return the control of a business with who made it."""
    kept = control_rows.at_point(connection, point.service_point_id)
    return next((one for one in kept if one.control.business is business), None)


def put(
    connection: Connection,
    point: LockedPoint,
    wish: Wish,
    by: str,
    at: datetime,
    *,
    checker: str | None,
) -> KeptControl | None:
    """Put the control in the place of the one before; the next request feels it."""
    binding = binding_at(connection, point, wish.business)
    if binding is not None:
        control_rows.end(connection, binding.control_id, at)
    kept = None
    if not wish.lifts:
        kept = KeptControl(
            control_id=f"CT-{uuid4().hex[:20]}",
            service_point_id=point.service_point_id,
            control=wish.control,
            reason=wish.reason,
            since=at,
            until=wish.until,
            maker=by,
            checker=checker,
        )
        control_rows.insert(connection, kept)
    before = control_before(point, wish.business, at)
    action = "tighten" if checker is None else "lift" if kept is None else "loosen"
    write_down(connection, point, wish.business, action, before, kept, checker or by, at,
               wish.reason)  # fmt: skip
    renew(connection, point, wish.business, kept.control if kept else None)
    return kept


def renew(
    connection: Connection, point: LockedPoint, business: Business, control: Control | None
) -> None:
    """Write what the engine reads."""
    others = [one for one in point.controls if one.business is not business]
    then = others if control is None else [*others, control]
    change_controls(connection, point, tuple(sorted(then, key=lambda one: one.business.value)))


# Two hands ------------------------------------------------------------------------------------


def ask(
    connection: Connection,
    point: LockedPoint,
    wish: Wish,
    binding: KeptControl | None,
    by: str,
    at: datetime,
) -> str:
    """Propose to loosen; what binds now is named, so that nothing newer is loosened with it."""
    approval = propose(
        connection,
        kind=KIND,
        subject_id=subject_of(point, wish.business),
        action=LOOSEN,
        payload={
            "service_point_id": point.service_point_id,
            "business": wish.business.value,
            "allowed": wish.allowed,
            "limit_fen": wish.limit,
            "until_us": to_us(wish.until),
            "control_id": binding.control_id if binding else None,
            "note": wish.reason,
        },
        maker=by,
        at=at,
    )
    before = control_before(point, wish.business, at)
    write_down(connection, point, wish.business, "loosen: proposed", before, None, by, at,
               wish.reason)  # fmt: skip
    return approval.approval_id


def loosen_approved(connection: Connection, approval: Approval) -> None:
    """Loosen, if nobody has changed the control meanwhile and the wish has not expired."""
    assert approval.decided_at is not None
    payload = approval.payload
    wish = wish_of(payload)
    point = hold(connection, payload["service_point_id"])
    binding = binding_at(connection, point, wish.business)
    if (binding.control_id if binding else None) != payload["control_id"]:
        raise StaleApproval("业务控制已变，请重新申请 · The control is another one by now")
    if wish.until <= approval.decided_at:
        raise StaleApproval("期限已过 · Its time is over already")
    put(connection, point, wish, approval.maker, approval.decided_at, checker=approval.checker)


def loosen_rejected(connection: Connection, approval: Approval) -> None:
    """Leave everything as it is; only the audit log knows."""
    assert approval.decided_at is not None
    wish = wish_of(approval.payload)
    point = hold(connection, approval.payload["service_point_id"])
    before = control_before(point, wish.business, approval.decided_at)
    write_down(connection, point, wish.business, "loosen: rejected", before, None,
               approval.checker or "", approval.decided_at, approval.note)  # fmt: skip


EFFECTS = {(KIND, LOOSEN): Effects(loosen_approved, loosen_rejected)}


def subject_of(point: LockedPoint, business: Business) -> str:
    return f"{point.service_point_id} {business.value}"


# Work of the clock ----------------------------------------------------------------------------


def next_lapse(connection: Connection, _now: datetime) -> datetime | None:
    """Return when a control expires next."""
    return control_rows.first_end(connection)


def lapse(connection: Connection, now: datetime) -> Sequence[Fired]:
    """End controls whose time is over; the engine let them go at that moment by itself."""
    passed = control_rows.passed(connection, now, MOST)
    return [lapse_one(connection, kept, now) for kept in passed]


def lapse_one(connection: Connection, kept: KeptControl, now: datetime) -> Fired:
    point, business = hold(connection, kept.service_point_id), kept.control.business
    control_rows.end(connection, kept.control_id, now)
    write_down(connection, point, business, "lapse", kept.control, None, CLOCK.name, now,
               kept.reason)  # fmt: skip
    renew(connection, point, business, None)
    text = f"{point.service_point_id} {business.value} 业务控制到期"
    text_en = f"The control of {business.value} at {point.service_point_id} expired"
    return Fired(now, "control", kept.control_id, text, text_en)


DUE_KINDS = (Due("control", next_lapse, lapse),)


def write_down(
    connection: Connection,
    point: LockedPoint,
    business: Business,
    action: str,
    before: Control | None,
    kept: KeptControl | None,
    actor: str,
    at: datetime,
    why: str,
) -> None:
    """Write into the audit log."""
    write_entry(
        connection,
        at=at,
        actor=actor,
        action=action,
        subject_kind=KIND,
        subject_id=subject_of(point, business),
        before=facts_of(before),
        after=facts_of(kept.control if kept else None),
        why=why,
    )


def facts_of(control: Control | None) -> dict[str, Any] | None:
    """Return a control as the audit log keeps it."""
    if control is None:
        return None
    until = None if control.until is None else control.until.isoformat()
    return {"allowed": control.allowed, "limit_fen": control.limit, "until": until}
