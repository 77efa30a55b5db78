"""新增与开业 What may be done to a point's register entry in which state, and what opening asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos_sim.domain.mistakes import NotPossible
from pos_sim.domain.service_points import PointStatus

POINTS_A_VILLAGE = 3
"""At most so many points in one village (银发〔2011〕177号)."""


class Step(StrEnum):
    """What staff do to a point's register entry."""

    TERMINAL = "terminals"  # 布放终端
    OPERATOR = "operators"  # 负责人信息登记
    TRAINING = "training-results"  # 培训成绩
    OPENING = "opening"  # 申请开业


STEPS: dict[PointStatus, tuple[Step, ...]] = {
    PointStatus.TRIAL: (Step.TERMINAL, Step.OPERATOR, Step.TRAINING, Step.OPENING),
    PointStatus.OPEN: (Step.TERMINAL, Step.OPERATOR, Step.TRAINING),
    PointStatus.RECTIFYING: (Step.TERMINAL, Step.TRAINING),
    PointStatus.FROZEN: (Step.TRAINING,),
    PointStatus.EXITED: (),
}
"""The steps that each status allows."""

AFTER_NEW_OPERATOR: dict[PointStatus, PointStatus] = {
    PointStatus.TRIAL: PointStatus.TRIAL,
    PointStatus.OPEN: PointStatus.TRIAL,
}
"""转试营业: with a new operator a point is on trial again, until two people open it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What decides whether a point can open."""

    status: PointStatus
    operator_is_trained: bool
    terminals: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of opening and whether it is met."""

    name: str
    title: str
    title_en: str
    is_met: bool


def require_step(status: PointStatus, step: Step) -> None:
    """Raise `NotPossible` unless the status allows the step."""
    if step not in STEPS[status]:
        raise NotPossible(STEPS[status])


def conditions_of(ready: Ready) -> tuple[Condition, ...]:
    """Return what opening asks, in the order of the form."""
    return (
        Condition("trial", "试营业中", "On trial", ready.status is PointStatus.TRIAL),
        Condition("trained", "负责人培训合格", "Operator trained", ready.operator_is_trained),
        Condition("terminal", "已布放终端", "Has a terminal", ready.terminals > 0),
    )


def require_ready(ready: Ready) -> None:
    """Raise `NotPossible`, naming what is missing, unless the point can open."""
    require_step(ready.status, Step.OPENING)
    missing = [condition.name for condition in conditions_of(ready) if not condition.is_met]
    if missing:
        rest = [step for step in STEPS[ready.status] if step is not Step.OPENING]
        raise NotPossible(rest, missing)
