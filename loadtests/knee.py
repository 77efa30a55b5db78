"""Where more load brings no more answers: the knee of a run that goes up step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadtests.profiles import Knee


@dataclass(frozen=True, slots=True)
class Step:
    """What one step wanted and reached: visits due and answers got in a second, and p99.

    Workers report every few seconds, so with several of them ``reached_per_s`` is a rough figure.
    """

    wanted_per_s: float
    reached_per_s: float
    p99_ms: float


def is_too_much(step: Step, knee: Knee) -> bool:
    """Say whether a step asks for more than the bank can answer in time."""
    return step.p99_ms > knee.late_ms


def knee_of(steps: Sequence[Step], knee: Knee) -> Step | None:
    """Return the first step that was too much; None: none was yet."""
    return next((step for step in steps if is_too_much(step, knee)), None)


def best_of(steps: Sequence[Step], knee: Knee) -> Step | None:
    """Return the last step that the bank carried; None: not even the first."""
    carried = [step for step in steps if not is_too_much(step, knee)]
    return carried[-1] if carried else None
