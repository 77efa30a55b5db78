"""Moving the clock of a running server: where to, who did it, and everything due on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from api.clock import FURTHEST, NEXT, target_of
from api.desk import Desk
from api.models.clock import ClockBody
from api.problems import Problem, invalid_field
from pos_sim.domain.calendar import SHANGHAI, in_local_time
from pos_sim.engine.sandbox import Sandbox
from risk.audit_log import write_entry
from risk.due import Fired, Planned
from risk.due_kinds import due_kinds
from risk.walk import advance_live, planned


async def wanted_moment(sandbox: Sandbox, body: ClockBody, now: datetime) -> datetime:
    """Return where the clock shall go; what cannot be becomes its problem."""
    review = await sandbox.database.read(partial(next_review, sandbox=sandbox, now=now))
    to = target_of(body, now, review)
    if to is None:
        nothing = "没有计划中的年审 · No annual review is planned"
        raise Problem("illegal-action", nothing, more={"available_actions": sorted(NEXT)})
    if to < now:
        raise Problem("clock-backwards")
    if to > now + FURTHEST:
        field = "advance_by" if body.advance_to is None else "advance_to"
        raise invalid_field(field, "一次最多三年 · At most three years at once")
    return to.astimezone(SHANGHAI)


def next_review(connection: Connection, sandbox: Sandbox, now: datetime) -> datetime | None:
    """Return when the next annual review comes due, by the kind of that name."""
    reviews = (due for due in due_kinds(sandbox) if due.kind == "annual_review")
    moments = (due.next_at(connection, now) for due in reviews)
    return min((at for at in moments if at is not None), default=None)


def note_move(connection: Connection, by: str, now: datetime, to: datetime) -> None:
    """Write down who moves the clock, before it moves."""
    write_entry(
        connection,
        at=now,
        actor=by,
        action="advance",
        subject_kind="clock",
        subject_id="clock",
        before={"now": in_local_time(now)},
        after={"now": in_local_time(to)},
    )


def due_next(connection: Connection, sandbox: Sandbox, now: datetime) -> Sequence[Planned]:
    """Return when each kind of work is due next, the earliest first; some wait for nothing."""
    return sorted(planned(connection, due_kinds(sandbox), now), key=lambda one: one.at)


async def go_to(desk: Desk, to: datetime) -> tuple[datetime, list[Fired]]:
    """Move the clock, and return what it shows when every process shows it, and what was done."""
    fired = await advance_live(desk.sandbox, to)
    if not desk.sandbox.database.is_sqlite:
        await asyncio.sleep(2 * desk.settings.follow_every_s)
    return desk.sandbox.clock.now(), fired
