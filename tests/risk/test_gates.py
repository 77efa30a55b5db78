"""A gate spares work and changes nothing: where it is closed, no clause would have spoken."""

from __future__ import annotations

from typing import Any

import pytest

from risk.facts import FACTS, Kind
from risk.plans import CompiledRule, plans_of
from risk.rulebook import all_hold, is_nothing
from risk.templates import Finding
from risk.vocabulary import LIST_MATCH, Tier
from tests.risk.ordinary import rulebook

LOUD: dict[Kind, Any] = {
    Kind.FLAG: True,
    Kind.TEXT: "anything",
    Kind.TEXTS: ("card", "payee", "operator", "terminal"),
    Kind.FENS: (10**7,) * 30,
    Kind.MOVES: tuple((10**15 + i, 10**7) for i in range(30)),
}
NOTHING: dict[Kind, Any] = {Kind.FLAG: False, Kind.TEXTS: (), Kind.FENS: (), Kind.MOVES: ()}
MUCH = 10**7

GATED = sorted(
    {
        (rule.rule.rule_id, rule.gate)
        for plan in plans_of([*rulebook().versions.values()]).values()
        for rule in plan.rules
        if rule.gate is not None
    }
)


def rules(rule_id: str) -> list[CompiledRule]:
    plans = plans_of([rulebook().versions[rule_id]])
    return [rule for (_, tier, _), plan in plans.items() if tier is Tier.B for rule in plan.rules]


@pytest.mark.parametrize(("rule_id", "gate"), GATED)
def test_a_closed_gate_keeps_nobody_from_speaking(rule_id: str, gate: str) -> None:
    loud = {name: LOUD.get(fact.kind, MUCH) for name, fact in FACTS.items()}
    closed = loud | {gate: NOTHING.get(FACTS[gate].kind, 0)}
    for rule in rules(rule_id):
        for clause in rule.clauses:
            found = clause.function(closed, clause.params)
            assert not (all_hold(clause.guards, closed) and isinstance(found, Finding))


def test_the_rules_that_most_requests_do_not_concern_have_a_gate() -> None:
    assert dict(GATED).keys() >= {"R03", "R05", "R10", "R13", "R24"}
    assert dict(GATED)["R24"] == "list_matches"
    assert {c.clause.template.name for c in rules("R24")[0].clauses} == {LIST_MATCH}


@pytest.mark.parametrize(
    ("value", "closes"), [(0, True), (False, True), ((), True), (None, False), (1, False)]
)
def test_no_value_closes_no_gate_for_it_may_take_a_named_exit(value: object, closes: bool) -> None:
    assert is_nothing(value) is closes
