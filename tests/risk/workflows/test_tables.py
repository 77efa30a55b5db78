"""The six tables of moves: nothing unreachable, no way out of an end, the contract's own words."""

from __future__ import annotations

from itertools import groupby

import pytest

from pos_sim.domain.service_points import PointStatus
from risk.workflow import CaseKind, Effect, Hands, Move, Role, Workflow
from risk.workflows import WORKFLOWS

ALL = tuple(WORKFLOWS.values())
MOVES = [(workflow, move) for workflow in ALL for move in workflow.moves]

CONTRACT: dict[CaseKind, dict[str, Hands]] = {
    CaseKind.FREEZE: {
        "freeze": Hands.TWO,
        "emergency_freeze": Hands.ONE,
        "confirm": Hands.TWO,
        "unfreeze": Hands.TWO,
        "close": Hands.ONE,
    },
    CaseKind.VERIFICATION: {"take": Hands.ONE, "conclude": Hands.TWO_IF_GRAVE},
    CaseKind.ANNUAL_REVIEW: {"submit": Hands.ONE, "pass": Hands.TWO, "fail": Hands.ONE},
    CaseKind.RECTIFICATION: {
        "submit": Hands.ONE,
        "accept": Hands.TWO,
        "reject": Hands.ONE,
        "extend": Hands.TWO,
    },
    CaseKind.EXIT: {
        "stop": Hands.ONE,
        "settle": Hands.ONE,
        "recover_terminal": Hands.ONE,
        "close": Hands.TWO,
    },
    CaseKind.IDLE_VISIT: {"report": Hands.ONE},
}
"""The actions that people have, and how many hands each takes."""


def of_people(workflow: Workflow) -> list[Move]:
    return [move for move in workflow.moves if move.role is Role.STAFF]


@pytest.mark.parametrize("workflow", ALL, ids=lambda one: one.kind)
def test_people_have_the_actions_of_the_contract_and_no_others(workflow: Workflow) -> None:
    assert {move.action: move.hands for move in of_people(workflow)} == CONTRACT[workflow.kind]
    by_action = groupby(sorted(of_people(workflow), key=by_name), key=by_name)
    assert all(len({move.hands for move in moves}) == 1 for _, moves in by_action)


def by_name(move: Move) -> str:
    return move.action


def test_every_kind_has_its_workflow() -> None:
    assert list(WORKFLOWS) == list(CaseKind)
    assert all(WORKFLOWS[kind].kind is kind for kind in CaseKind)


@pytest.mark.parametrize("workflow", ALL, ids=lambda one: one.kind)
def test_every_state_is_reached_and_leads_to_an_end(workflow: Workflow) -> None:
    names = [state.name for state in workflow.states]
    assert len(names) == len(set(names))
    assert reached(workflow, {workflow.first.name}) == set(names)
    for name in names:
        ends = {one for one in reached(workflow, {name}) if workflow.state(one).is_end}
        assert ends, f"no way out of {name}"


def reached(workflow: Workflow, known: set[str]) -> set[str]:
    """Return the states that can be reached from some."""
    more = {move.to for move in workflow.moves if move.source in known} | known
    return more if more == known else reached(workflow, more)


@pytest.mark.parametrize(("workflow", "move"), MOVES, ids=lambda one: getattr(one, "action", None))
def test_moves_join_states_that_exist_and_leave_no_end(workflow: Workflow, move: Move) -> None:
    assert not workflow.state(move.source).is_end
    workflow.state(move.to)
    assert move.title
    assert move.title_en


@pytest.mark.parametrize("workflow", ALL, ids=lambda one: one.kind)
def test_an_action_means_one_thing_in_a_state(workflow: Workflow) -> None:
    named = [(move.source, move.action) for move in workflow.moves]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("workflow", ALL, ids=lambda one: one.kind)
def test_the_clock_moves_a_state_in_one_way_and_only_where_it_has_a_date(
    workflow: Workflow,
) -> None:
    clocks = [move for move in workflow.moves if move.role is Role.CLOCK]
    assert len({move.source for move in clocks}) == len(clocks)
    assert all(workflow.state(move.source).allowance is not None for move in clocks)
    assert all(move.hands is Hands.ONE for move in clocks)


def test_every_effect_is_used() -> None:
    assert {effect for _, move in MOVES for effect in move.effects} == set(Effect)


FLOWS = (PointStatus.RECTIFYING, None)


@pytest.mark.parametrize(("workflow", "move"), MOVES, ids=lambda one: getattr(one, "action", None))
def test_letting_money_flow_again_takes_two_people(workflow: Workflow, move: Move) -> None:
    """Stopping takes one hand; only the lapse of an unconfirmed emergency freeze takes none."""
    stops = workflow.state(move.source).demands not in FLOWS
    flows = workflow.state(move.to).demands in FLOWS
    if stops and flows and move.role is Role.STAFF:
        assert move.hands is Hands.TWO
    if stops and flows and move.role is Role.CLOCK:
        assert move.action == "lapse"
