"""Open arrival: a stall is seen by everybody who waits behind it."""

from __future__ import annotations

from random import Random

import pytest

from loadtests.knee import Step, best_of, knee_of
from loadtests.pace import Pace
from loadtests.profiles import Knee


def latencies(pace: Pace, service_s: list[float]) -> list[float]:
    """Serve one visit after the other, each as long as said; return what each waited in all."""
    now, waited = 0.0, []
    for seconds in service_s:
        now += pace.wait(now)
        due = pace.arrive()
        now += seconds
        waited.append(now - due)
    return waited


def test_those_behind_a_stall_wait_too() -> None:
    waited = latencies(Pace(every_s=1.0, due=0.0), [0.1, 3.1, 0.1, 0.1, 0.1, 0.1])
    assert waited == pytest.approx([0.1, 3.1, 2.2, 1.3, 0.4, 0.1])


def test_streams_begin_somewhere_in_the_first_interval() -> None:
    dice = Random(3)
    begins = [Pace.start(0.5, 100.0, dice).due for _ in range(50)]
    assert all(100.0 <= begin < 100.5 for begin in begins)
    assert len(set(begins)) == 50


KNEE = Knee(late_ms=500)


@pytest.mark.parametrize(
    ("step", "is_knee"),
    [
        (Step(100, 100, 500), False),
        (Step(100, 100, 501), True),
    ],
)
def test_the_knee_is_where_answers_come_late(step: Step, is_knee: bool) -> None:
    assert (knee_of([step], KNEE) == step) is is_knee


def test_the_last_step_that_was_carried_is_the_result() -> None:
    steps = [Step(100, 100, 10), Step(200, 199, 30), Step(400, 290, 900)]
    assert knee_of(steps, KNEE) == steps[2]
    assert best_of(steps, KNEE) == steps[1]
