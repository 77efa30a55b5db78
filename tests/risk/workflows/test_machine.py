"""The pure machine: what a case knows in a state, and what it needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.service_points import PointStatus
from risk.vocabulary import Severity
from risk.workflow import CLOCK, Actor, Case, CaseKind, act, moves_of, strongest
from risk.workflows import WORKFLOWS

ANNA = Actor("anna")
FREEZE = WORKFLOWS[CaseKind.FREEZE]


def case(kind: CaseKind = CaseKind.FREEZE, state: str = "proposed", **changes: object) -> Case:
    made = Case(
        case_id="X-1",
        kind=kind,
        state=state,
        service_point_id="SP-1",
        scope_kind="point",
        scope_value="SP-1",
        severity=Severity.MEDIUM,
        reason="",
        opened_at=DEMO_START,
        opened_by="anna",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_step_gives_the_case_in_its_new_state_and_leaves_the_old_one_alone() -> None:
    before = case()
    step = act(FREEZE, before, "emergency_freeze", ANNA)
    assert step is not None
    assert (step.case.state, step.needs_second, before.state) == ("emergency", False, "proposed")


@pytest.mark.parametrize("action", ["unfreeze", "confirm", "lapse", "thaw", ""])
def test_what_the_state_does_not_know_is_no_step(action: str) -> None:
    assert act(FREEZE, case(), action, ANNA) is None


def test_the_clock_has_its_own_moves_and_nobody_elses() -> None:
    emergency = case(state="emergency")
    assert act(FREEZE, emergency, "lapse", ANNA) is None
    assert act(FREEZE, emergency, "confirm", CLOCK) is None
    assert act(FREEZE, emergency, "lapse", CLOCK) is not None


@pytest.mark.parametrize(
    ("severity", "needs_second"),
    [
        (Severity.LOW, False),
        (Severity.MEDIUM, False),
        (Severity.HIGH, True),
        (Severity.CRITICAL, True),
    ],
)
def test_a_grave_case_is_not_concluded_by_one(severity: Severity, needs_second: bool) -> None:
    taken = case(CaseKind.VERIFICATION, "taken", severity=severity)
    step = act(WORKFLOWS[CaseKind.VERIFICATION], taken, "conclude", ANNA)
    assert step is not None
    assert step.needs_second is needs_second


@pytest.mark.parametrize(
    ("passes", "actions"),
    [
        (True, ["submit", "pass", "fail"]),
        (False, ["submit", "fail"]),
        (None, ["submit", "fail"]),
    ],
)
def test_a_review_passes_only_with_a_checklist_that_does(
    passes: bool | None, actions: list[str]
) -> None:
    review = case(CaseKind.ANNUAL_REVIEW, "submitted", passes=passes)
    possible = moves_of(WORKFLOWS[CaseKind.ANNUAL_REVIEW], review)
    assert [move.action for move in possible] == actions


def test_of_several_demands_the_strongest_wins() -> None:
    assert strongest(PointStatus) is PointStatus.EXITED
    assert strongest([PointStatus.OPEN, PointStatus.RECTIFYING]) is PointStatus.RECTIFYING
    assert strongest([PointStatus.TRIAL, PointStatus.RECTIFYING]) is PointStatus.TRIAL
    assert strongest([]) is None
