"""A gate spares work and changes nothing: where it is closed, no clause would have spoken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.requests import Business
from risk.facts import FACTS, Fact, Kind
from risk.gates import LISTS, Gate, comparison_for, floor_of, is_closed
from risk.plans import CompiledClause, CompiledRule, Plain, Question, plans_of
from risk.rulebook import all_hold, hear
from risk.rules import Guard
from risk.templates import Finding
from risk.vocabulary import LIST_MATCH, POSSIBLE, Lane, Outcome, Tier
from tests.risk.ordinary import ORDINARY, facts, rulebook

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
    """Give every gate of every clause in every tier."""
    for plan in PLANS.values():
        for gates, rule, clause in plan.questions:
            for gate in gates:
                yield rule, clause, gate


def closing(fact: Fact, floor: int) -> list[Any]:
    """Return the loudest values that keep a gate closed."""
    if fact.kind in LISTS:
        values: list[Any] = [LOUD[fact.kind][: floor - 1]]
    else:
        values = [False] if fact.kind is Kind.FLAG else [floor - 1]
    return [*values, None] if fact.null else values


def questions(rule_id: str) -> list[Question]:
    plans = plans_of([rulebook().versions[rule_id]])
    return [one for (_, tier, _), plan in plans.items() if tier is Tier.B for one in plan.questions]


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
    everything = [one for plan in PLANS.values() for one in plan.questions]
    always_asked = {one.rule.rule.rule_id for one in everything if not one.gates}
    silenced = {one.rule.rule.rule_id for one in everything} - always_asked
    assert silenced >= {"R03", "R05", "R07", "R08", "R10", "R11", "R13", "R14", "R20", "R24"}
    assert {gate.fact for gate in questions("R24")[0].gates} == {"list_matches"}
    assert {one.clause.clause.template.name for one in questions("R24")} == {LIST_MATCH}


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


def about(plain: Plain, lane: Lane = Lane.INLINE) -> dict[str, list[Question]]:
    """Return what is left to ask about a kind of requests, by rule."""
    left: dict[str, list[Question]] = {}
    for one in rulebook().left_to_ask(lane, Tier.B, plain).questions:
        left.setdefault(one.rule.rule.rule_id, []).append(one)
    return left


def plainly(*, most: dict[str, int] | None = None, **known: Any) -> Plain:
    return Plain("withdrawal", known, most or {}, ORDINARY.keys())


def test_what_is_plainly_silent_is_not_asked() -> None:
    everything = about(plainly())
    left = about(plainly(list_matches=(), is_own=False, pin_failed=True))
    assert everything.keys() - left.keys() == {"R03", "R24"}
    assert [gate.fact for one in left["R13"] for gate in one.gates] == [
        "card_pin_failures_today",
        "point_pin_failed_cards_30m",
    ]


@pytest.mark.parametrize(("most", "is_asked"), [(11, False), (12, True)])
def test_a_number_that_cannot_reach_the_floor_is_not_counted(most: int, is_asked: bool) -> None:
    left = about(plainly(most={"point_cards_2h": most}))
    asked = {one.clause.clause.name for one in left["R06"]}
    assert asked == {"near_limit_30m", *(["many_2h"] if is_asked else [])}


def test_a_rule_that_lacks_a_fact_says_so_whatever_is_plain() -> None:
    lacking = {name: value for name, value in ORDINARY.items() if name != "amount"}
    plain = Plain("withdrawal", {"minutes_outside_hours": 0}, {}, lacking.keys())
    hits = hear(rulebook().left_to_ask(Lane.INLINE, Tier.B, plain), lacking)
    assert [(hit.rule_id, hit.outcome) for hit in hits] == [("R10", Outcome.ERROR)]


@given(anything(), st.sampled_from([*POSSIBLE]), st.sampled_from([*Tier]), st.data())
def test_what_is_plain_changes_no_answer(
    some: dict[str, Any], business: Business, tier: Tier, data: st.DataObject
) -> None:
    that = some | {"business": business.value}
    known = data.draw(st.sets(st.sampled_from(sorted(that))))
    bounded = data.draw(st.sets(st.sampled_from(sorted(NUMBERED & that.keys() - known))))
    most = {name: size(that[name]) + data.draw(st.sampled_from([0, 1, 10])) for name in bounded}
    plain = Plain(business.value, {name: that[name] for name in known}, most, that.keys())
    for lane in (Lane.INLINE, Lane.POST):
        heard = hear(rulebook().left_to_ask(lane, tier, plain), that)
        assert heard == rulebook().evaluate(that, lane, tier)


NUMBERED = {name for name, fact in FACTS.items() if fact.kind not in (Kind.TEXT, Kind.TEXTS)}


def size(value: Any) -> int:
    """Return a number, or the length of a list; nothing is none."""
    return len(value) if isinstance(value, tuple) else int(value or 0)


@pytest.mark.parametrize(("value", "closes"), [(59, True), (60, False), (None, True)])
def test_no_value_closes_the_gate_of_a_fact_that_may_have_none(value: Any, closes: bool) -> None:
    gates = [Gate("point_idle_days", comparison_for("point_idle_days"), 60)]
    assert is_closed(gates, {"point_idle_days": value}) is closes


def test_no_value_where_there_must_be_one_closes_no_gate() -> None:
    with pytest.raises(TypeError):
        is_closed([Gate("amount", comparison_for("amount"), 60)], {"amount": None})
