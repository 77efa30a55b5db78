"""Working on cases: lock, act, run effects, write the trail, in one transaction.

The row of the point is locked first, as every group of requests does, then the case, then alerts:
nobody waits in a circle, and what a step brings about is felt by the next request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pos_sim.engine.registry import hold
from risk import approvals
from risk.approvals import Approval, Choice, Effects, StaleApproval
from risk.audit_log import write_entry
from risk.both import both
from risk.case_data import read_data
from risk.case_effects import EFFECTS as MOVE_EFFECTS
from risk.case_mistakes import IllegalMove
from risk.case_opening import rested
from risk.case_work import Work
from risk.standing import stand
from risk.store import approval_rows, case_rows, case_trail
from risk.store.case_trail import Entry
from risk.workflow import Actor, Case, Hands, Move, Role, Step, moves_of, needs_two
from risk.workflow import act as act_on
from risk.workflows import WORKFLOWS

KIND = "case"
OVERTAKEN_BY = "系统 system"
"""Who ends a proposal that the case has left behind."""


@dataclass(frozen=True, slots=True)
class Acted:
    """The case afterwards, and the approval that it waits for."""

    case: Case
    approval_id: str | None


def act(
    connection: Connection,
    case_id: str,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    note: str,
    data: Mapping[str, Any] | None = None,
) -> Acted:
    """Do what somebody wants with a case, or propose it where it needs two.

    Raises `LookupError`, `IllegalMove` with the actions that are possible, and `Mistakes`.
    """
    case = held(connection, case_id)
    pending = pending_of(connection, case_id)
    step = act_on(WORKFLOWS[case.kind], case, action, actor) if case.is_open else None
    if step is None or (step.needs_second and pending is not None):
        raise IllegalMove(names_of(available(case, pending)))
    read = read_data(step.move, case, data or {}, at)
    if step.needs_second:
        return Acted(case, propose(connection, case, step, actor, at, note, read))
    work = Work(
        connection=connection, case=case, move=step.move, actor=actor, at=at, note=note, data=read
    )
    return Acted(do(work, step), pending_of(connection, case_id))


def held(connection: Connection, case_id: str) -> Case:
    """Return a case, with its point and itself locked. Raises `LookupError`."""
    known = case_rows.find(connection, case_id)
    if known is None:
        raise LookupError(case_id)
    if known.service_point_id is not None:
        hold(connection, known.service_point_id)
    case = case_rows.lock(connection, case_id)
    assert case is not None
    return case


def do(work: Work, step: Step) -> Case:
    """Take the step: the case moves, its effects run, its point follows."""
    before = work.case
    work.case = entered(step, work.at)
    for effect in step.effects:
        MOVE_EFFECTS[effect](work)
    case_rows.update(work.connection, work.case)
    write_down(work.connection, work.case, before.state, "done", work)
    if work.case.service_point_id is not None:
        stand(
            work.connection, work.case.service_point_id, at=work.at, actor=who(work),
            why=both(f"{work.case.case_id} {work.move.title}",
                     f"{work.case.case_id} {work.move.title_en}"),
        )  # fmt: skip
    overtake(work)
    return work.case


def entered(step: Step, at: datetime) -> Case:
    """Return the case as it rests after a step; what the clock did once it does not do again."""
    if step.move.role is Role.CLOCK and step.move.source == step.move.to:
        return replace(step.case, wakes_at=None)
    return rested(step.case, WORKFLOWS[step.case.kind].state(step.case.state), at)


def available(case: Case, pending: str | None) -> list[Move]:
    """Return what people may do now; while a proposal waits, there is no second one."""
    if not case.is_open:
        return []
    return [
        move
        for move in moves_of(WORKFLOWS[case.kind], case)
        if pending is None or not needs_two(move, case)
    ]


def names_of(moves: list[Move]) -> list[str]:
    return [move.action for move in moves]


# Two hands ------------------------------------------------------------------------------------


def propose(
    connection: Connection,
    case: Case,
    step: Step,
    actor: Actor,
    at: datetime,
    note: str,
    data: Mapping[str, Any],
) -> str:
    """Ask for a second person; the state stays. Return the approval."""
    payload = {
        "case_id": case.case_id,
        "case_kind": case.kind.value,
        "service_point_id": case.service_point_id,
        "title": step.move.title,
        "title_en": step.move.title_en,
        "data": data,
        "note": note,
    }
    action = step.move.action
    approval = approvals.propose(
        connection, kind=KIND, subject_id=case.case_id, action=action, payload=payload,
        maker=actor.name, at=at,
    )  # fmt: skip
    work = Work(
        connection=connection, case=case, move=step.move, actor=actor, at=at, note=note,
        data=dict(data),
    )  # fmt: skip
    write_down(connection, case, case.state, "proposed", work, approval.approval_id)
    return approval.approval_id


def approved(connection: Connection, approval: Approval) -> None:
    """Do what was proposed, as far as the case as it is now allows it."""
    assert approval.decided_at is not None
    case = held(connection, approval.subject_id)
    actor = Actor(approval.maker)
    step = act_on(WORKFLOWS[case.kind], case, approval.action, actor) if case.is_open else None
    if step is None:
        state = WORKFLOWS[case.kind].state(case.state)
        raise StaleApproval(
            f"案件已是{state.title}，不能办理 · The case is {state.title_en} by now"
        )
    work = work_of(connection, approval, case, step.move)
    do(work, step)


def rejected(connection: Connection, approval: Approval) -> None:
    """Leave the case as it is; only the trail knows."""
    case = held(connection, approval.subject_id)
    move = next(m for m in WORKFLOWS[case.kind].moves if m.action == approval.action)
    work = work_of(connection, approval, case, move)
    write_down(connection, case, case.state, "rejected", work, approval.approval_id)


def work_of(connection: Connection, approval: Approval, case: Case, move: Move) -> Work:
    assert approval.decided_at is not None
    note = approval.payload["note"] if approval.choice is Choice.APPROVE else approval.note
    return Work(
        connection=connection, case=case, move=move, actor=Actor(approval.maker),
        at=approval.decided_at, note=str(note), data=dict(approval.payload["data"]),
        checker=approval.checker, approval_id=approval.approval_id,
    )  # fmt: skip


EFFECTS = {
    (KIND, action): Effects(approved, rejected)
    for action in sorted(
        {
            move.action
            for workflow in WORKFLOWS.values()
            for move in workflow.moves
            if move.hands is not Hands.ONE
        }
    )
}


def pending_of(connection: Connection, case_id: str) -> str | None:
    """Return the approval that a case waits for."""
    return approval_rows.pending_of(connection, KIND, [case_id]).get(case_id)


def overtake(work: Work) -> None:
    """End a proposal that the case, as it is now, does not know any more.

    One that somebody is deciding at this moment is left to them: they will find it stale.
    """
    pending = pending_of(work.connection, work.case.case_id)
    if pending is None or pending == work.approval_id:
        return
    asked = approvals.find_free(work.connection, pending)
    if asked is None or asked.action in names_of(available(work.case, None)):
        return
    note = f"已被“{work.move.title}”取代 · Overtaken by {work.move.action}"
    ended = replace(
        asked, checker=OVERTAKEN_BY, choice=Choice.REJECT, decided_at=work.at, note=note
    )
    approvals.write_decision(work.connection, ended)
    write_down(work.connection, work.case, work.case.state, "overtaken", work, pending)


# The trail ------------------------------------------------------------------------------------


def write_down(
    connection: Connection,
    case: Case,
    source: str,
    what: str,
    work: Work,
    approval_id: str | None = None,
) -> None:
    """Write into the trail of the case and into the audit log."""
    line = Entry(
        case_id=case.case_id, at=work.at, actor=who(work), what=what, action=work.move.action,
        source=source, to_state=case.state, note=work.note,
        approval_id=approval_id or work.approval_id,
    )  # fmt: skip
    case_trail.add_history(connection, [line])
    action = work.move.action if what == "done" else f"{work.move.action}: {what}"
    write_entry(
        connection,
        at=work.at,
        actor=who(work),
        action=action,
        subject_kind=KIND,
        subject_id=case.case_id,
        before={"state": source},
        after={"state": case.state, "service_point_id": case.service_point_id},
        why=work.note,
    )


def who(work: Work) -> str:
    """Return whose hand it was: the second one's, where there were two."""
    return work.checker or work.actor.name
