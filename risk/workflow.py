"""The pure machine: a case and an action give a step. It reads nothing and knows no clock.

A workflow is two literal tables. A state says what it asks of the service point and how long a
case may rest in it. A move is action, from, to, who, how many hands, effects. Waiting for a second
person is a pending approval on the case and never a state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pos_sim.domain.service_points import PointStatus
from risk.deadlines import Allowance
from risk.vocabulary import Severity


class CaseKind(StrEnum):
    """The workflows."""

    VERIFICATION = "verification"  # 后督核查
    ANNUAL_REVIEW = "annual_review"  # 年审
    RECTIFICATION = "rectification"  # 限期整改
    FREEZE = "freeze"  # 冻结
    EXIT = "exit"  # 退出
    IDLE_VISIT = "idle_visit"  # 闲置走访


class Role(StrEnum):
    """Who moves: a person (a maker or a checker), or the clock when a deadline passes."""

    STAFF = "staff"
    CLOCK = "clock"


class Hands(StrEnum):
    """How many people a move needs."""

    ONE = "one"
    TWO = "two"
    TWO_IF_GRAVE = "two_if_grave"  # high and critical cases


class Needs(StrEnum):
    """What must be so before a move is possible."""

    NOTHING = "nothing"
    PASSING_CHECKLIST = "passing_checklist"


class Effect(StrEnum):
    """What a move brings about beside the new state; the shell runs it."""

    TAKE_ALERTS = "take_alerts"  # 预警转为核查中
    CLOSE_ALERTS = "close_alerts"  # 按结论关闭预警
    FOLLOW_UP = "follow_up"  # 属实后的处置
    WRITE_CHECKLIST = "write_checklist"  # 登记核验项目
    PLAN_NEXT_REVIEW = "plan_next_review"  # 排定下次年审
    ORDER_RECTIFICATION = "order_rectification"  # 责令限期整改
    PROPOSE_FREEZE = "propose_freeze"  # 建议冻结
    PROPOSE_EXIT = "propose_exit"  # 建议退出
    EXTEND = "extend"  # 延长期限
    SETTLE = "settle"  # 清算未了事项
    RECOVER_TERMINALS = "recover_terminals"  # 回收终端
    DEREGISTER = "deregister"  # 注销: 不再年审, 其他事项办结
    WRITE_OUTCOME = "write_outcome"  # 登记走访结果


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a case can stand. ``demands``: the status of the point while a case stands here."""

    name: str
    title: str
    title_en: str
    demands: PointStatus | None = None
    allowance: Allowance | None = None
    is_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row of the table of moves."""

    action: str
    source: str
    to: str
    title: str
    title_en: str
    role: Role = Role.STAFF
    hands: Hands = Hands.ONE
    needs: Needs = Needs.NOTHING
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """States and moves of one kind of case; the first state is where a case begins.

    ``by_severity``: its time is that of an alert of its severity; it runs from the opening through
    all states, because it belongs to the queue and not to the person who takes the case.
    """

    kind: CaseKind
    title: str
    title_en: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    by_severity: bool = False

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    @property
    def first(self) -> State:
        return self.states[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. ``scope`` is its key: there is one open case a kind and scope.

    ``due_at`` is shown to people; ``wakes_at`` is when the clock moves the case, None: never.
    """

    case_id: str
    kind: CaseKind
    state: str
    service_point_id: str | None
    scope_kind: str
    scope_value: str
    severity: Severity
    reason: str
    opened_at: datetime
    opened_by: str
    due_at: datetime | None = None
    wakes_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    parent_id: str | None = None
    passes: bool | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_grave(self) -> bool:
        return self.severity in (Severity.HIGH, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a case: the name of a key, or the clock."""

    name: str
    role: Role = Role.STAFF


CLOCK = Actor("clock", Role.CLOCK)


@dataclass(frozen=True, slots=True)
class Step:
    """The case in its new state, the move that led there; ``needs_second``: not by one alone."""

    case: Case
    move: Move
    needs_second: bool

    @property
    def effects(self) -> tuple[Effect, ...]:
        return self.move.effects


def act(workflow: Workflow, case: Case, action: str, actor: Actor) -> Step | None:
    """Return the step that an action is, None where the case does not know or allow it."""
    move = next((one for one in moves_of(workflow, case, actor.role) if one.action == action), None)
    if move is None:
        return None
    return Step(replace(case, state=move.to), move, needs_two(move, case))


def moves_of(workflow: Workflow, case: Case, role: Role = Role.STAFF) -> tuple[Move, ...]:
    """Return what is possible now, in the order of the table."""
    return tuple(
        move
        for move in workflow.moves
        if move.source == case.state and move.role is role and is_met(move.needs, case)
    )


def is_met(needs: Needs, case: Case) -> bool:
    return needs is Needs.NOTHING or case.passes is True


def needs_two(move: Move, case: Case) -> bool:
    """Say whether another person must confirm the move on this case."""
    return move.hands is Hands.TWO or (move.hands is Hands.TWO_IF_GRAVE and case.is_grave)


STRENGTH: tuple[PointStatus, ...] = (
    PointStatus.OPEN,
    PointStatus.RECTIFYING,
    PointStatus.TRIAL,  # a point on trial that must rectify stays on trial
    PointStatus.FROZEN,
    PointStatus.EXITED,
)
"""Of several demands the last in this row wins."""


def strongest(statuses: Iterable[PointStatus]) -> PointStatus | None:
    """Return the status that several cases together ask for.

    >>> strongest([PointStatus.FROZEN, PointStatus.RECTIFYING])
    <PointStatus.FROZEN: 'frozen'>
    """
    return max(statuses, key=STRENGTH.index, default=None)
