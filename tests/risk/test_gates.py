"""A gate spares work and changes nothing: where it is closed, no clause would have spoken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.requests import Business
from risk.facts import FACTS, Fact, Kind
from risk.gates import LISTS, Gate, common, comparison_for, floor_of, is_closed
from risk.plans import CompiledClause, CompiledRule, plans_of
from risk.rulebook import all_hold
from risk.rules import Guard
from risk.templates import Finding
from risk.vocabulary import LIST_MATCH, POSSIBLE, Lane, Tier
from tests.risk.ordinary import facts, rulebook

LOUD: dict[Kind, Any] = {
    Kind.FLAG: True,
    Kind.TEXT: "anything",
    Kind.TEXTS: ("card", "payee", "operator", "terminal"),
    Kind.FENS: (10**7,) * 30,
    Kind.MOVES: tuple((10**15 + i, 10**7) for i in range(30)),
}
MUCH = 10**7
PLANS = plans_of([*rulebook().versions.values()])


def gated() -> Iterator[tuple[CompiledRule, CompiledClause, Gate]]:
    """Give every gate of every clause in every tier, those of the whole rule included."""
    for plan in PLANS.values():
        for rule in plan.rules:
            for clause in rule.clauses:
                for gate in {*rule.gates, *clause.gates}:
                    yield rule, clause, gate


def closing(fact: Fact, floor: int) -> list[Any]:
    """Return the loudest values that keep a gate closed."""
    if fact.kind in LISTS:
        values: list[Any] = [LOUD[fact.kind][: floor - 1]]
    else:
        values = [False] if fact.kind is Kind.FLAG else [floor - 1]
    return [*values, None] if fact.null else values


def rules(rule_id: str) -> list[CompiledRule]:
    plans = plans_of([rulebook().versions[rule_id]])
    return [rule for (_, tier, _), plan in plans.items() if tier is Tier.B for rule in plan.rules]


def test_a_closed_gate_keeps_nobody_from_speaking() -> None:
    loud = {name: LOUD.get(fact.kind, MUCH) for name, fact in FACTS.items()}
    for rule, clause, gate in gated():
        for value in closing(FACTS[gate.fact], gate.floor):
            closed = loud | {gate.fact: value}
            assert is_closed([gate], closed)
            found = all_hold(clause.guards, closed) and clause.function(closed, clause.params)
            assert not isinstance(found, Finding), (rule.rule.rule_id, gate)


NUMBERS = st.sampled_from([0, 1, 2, 3, 5, 8, 12, 20, 60, 5_000, 9_000, 200_000, 2_000_000])
MOVES = st.lists(st.tuples(st.integers(0, 10**10), NUMBERS), max_size=6).map(tuple)
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.FLAG: st.booleans(),
    Kind.TEXT: st.sampled_from(["pos", "mobile"]),
    Kind.TEXTS: st.lists(st.sampled_from(["card", "terminal"]), unique=True).map(tuple),
    Kind.FENS: st.lists(NUMBERS, max_size=6).map(tuple),
    Kind.MOVES: MOVES,
}


def anything() -> st.SearchStrategy[dict[str, Any]]:
    """Give facts of any value that the registry allows."""
    named = {name: VALUES.get(fact.kind, NUMBERS) for name, fact in FACTS.items()}
    values = {name: st.none() | one if FACTS[name].null else one for name, one in named.items()}
    return st.fixed_dictionaries(values).map(lambda some: facts(**some))


@given(anything(), st.sampled_from([*POSSIBLE]), st.sampled_from([*Tier]))
def test_whoever_asks_every_clause_hears_the_same(
    some: dict[str, Any], business: Business, tier: Tier
) -> None:
    """With a tally no gate is closed, so that the named exits are seen."""
    that = some | {"business": business.value}
    for lane in Lane:
        assert rulebook().evaluate(that, lane, tier) == rulebook().evaluate(that, lane, tier, {})


def test_the_rules_that_most_requests_do_not_concern_have_a_gate() -> None:
    silenced = {rule.rule.rule_id for plan in PLANS.values() for rule in plan.rules if rule.gates}
    assert silenced >= {"R03", "R05", "R07", "R08", "R10", "R11", "R13", "R14", "R20", "R24"}
    assert {gate.fact for gate in rules("R24")[0].gates} == {"list_matches"}
    assert {c.clause.template.name for c in rules("R24")[0].clauses} == {LIST_MATCH}


@pytest.mark.parametrize(
    ("guard", "floor"),
    [
        (Guard("holder_age", ">=", 60), 60),
        (Guard("is_own", "==", True), 1),
        (Guard("is_own", "==", False), 0),
        (Guard("card_payee_paid_180d", "<=", 5), 0),
        (Guard("terminal_kind", "!=", "mobile"), 0),
    ],
)
def test_a_guard_that_is_a_lower_bound_makes_a_gate(guard: Guard, floor: int) -> None:
    assert floor_of(guard) == (guard.fact, floor)


def test_a_gate_of_all_clauses_has_the_lowest_of_their_floors() -> None:
    def gate(fact: str, floor: int) -> Gate:
        return Gate(fact, comparison_for(fact), floor)

    idle, few, many = gate("point_idle_days", 60), gate("amount", 5), gate("amount", 9)
    assert common([[idle, many], [few]]) == (few,)
    assert common([[idle], [few]]) == ()


@pytest.mark.parametrize(("value", "closes"), [(59, True), (60, False), (None, True)])
def test_no_value_closes_the_gate_of_a_fact_that_may_have_none(value: Any, closes: bool) -> None:
    gates = [Gate("point_idle_days", comparison_for("point_idle_days"), 60)]
    assert is_closed(gates, {"point_idle_days": value}) is closes


def test_no_value_where_there_must_be_one_closes_no_gate() -> None:
    with pytest.raises(TypeError):
        is_closed([Gate("amount", comparison_for("amount"), 60)], {"amount": None})
