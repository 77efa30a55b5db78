"""A rule that cannot judge speaks: an error is an outcome, never a pass."""

from __future__ import annotations

from collections import Counter

import pytest

from pos_sim.domain.requests import Business
from pos_sim.domain.watching import Verdict
from risk.facts import EXITS, FACTS, Exit, wrong_facts
from risk.rulebook import verdict_of
from risk.vocabulary import POSSIBLE, Lane, Outcome, Tier
from tests.risk.ordinary import ORDINARY, facts, hits_of, rulebook


@pytest.mark.parametrize("business", list(POSSIBLE))
@pytest.mark.parametrize("tier", list(Tier))
def test_nobody_speaks_about_an_ordinary_transaction(business: Business, tier: Tier) -> None:
    prepared = facts(business=business.value)
    assert wrong_facts(prepared) == []
    assert [rulebook().evaluate(prepared, lane, tier) for lane in Lane] == [(), (), ()]


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_missing_fact_is_an_error_of_every_rule_that_needs_it(name: str) -> None:
    if name == "business":
        return
    lacking = {key: value for key, value in ORDINARY.items() if key != name}
    for business in POSSIBLE:
        for lane in (Lane.INLINE, Lane.POST):
            hits = rulebook().evaluate(lacking | {"business": business.value}, lane, Tier.B)
            errors = {hit.rule_id for hit in hits if hit.outcome is Outcome.ERROR}
            assert errors == needing(name, lane, business)
            assert all(name in hit.reason for hit in hits)


def needing(name: str, lane: Lane, business: Business) -> set[str]:
    return {
        rule.rule_id
        for rule in rulebook().versions.values()
        if rule.lane is lane
        and business in rule.businesses
        and any(name in clause.needs for clause in rule.clauses)
    }


@pytest.mark.parametrize(
    ("rule_id", "fact", "decision"),
    [
        ("R07", "travel_km", Verdict.DECLINE),
        ("R12", "serial_differs", Verdict.DECLINE),
        ("R24", "list_matches", Verdict.DECLINE),
        ("R09", "card_points_24h", Verdict.ALLOW),
    ],
)
def test_what_an_error_decides(rule_id: str, fact: str, decision: Verdict) -> None:
    lacking = {key: value for key, value in ORDINARY.items() if key != fact}
    hits = rulebook().evaluate(lacking, Lane.INLINE, Tier.B)
    assert [hit.decision for hit in hits if hit.rule_id == rule_id] == [decision]


@pytest.mark.parametrize(("rule_id", "decision"), [("R12", "ALERT"), ("R24", "ALERT")])
def test_an_error_never_declines_a_reversal(rule_id: str, decision: str) -> None:
    lacking = {"business": "reversal", "point": "SP0001"}
    hits = rulebook().evaluate(lacking, Lane.INLINE, Tier.B)
    assert [hit.decision.name for hit in hits if hit.rule_id == rule_id] == [decision]


def test_a_value_of_a_wrong_type_is_an_error() -> None:
    (hit,) = hits_of("R09", card_points_24h="three")
    assert hit.outcome is Outcome.ERROR
    assert "TypeError" in hit.reason_en


def test_what_was_not_reported_is_a_named_exit_and_no_error() -> None:
    tally: Counter[tuple[str, Exit]] = Counter()
    hits = rulebook().evaluate(facts(), Lane.INLINE, Tier.B, tally)
    assert hits == ()
    assert tally["R11", Exit.NOT_REPORTED] == 1
    assert tally["R12", Exit.NOT_REPORTED] == 2
    assert tally["R07", Exit.NO_HISTORY] == 1


def test_every_fact_that_may_be_none_says_what_that_means() -> None:
    assert all(fact.null is EXITS.get(name) for name, fact in FACTS.items())


def test_the_strongest_decision_wins() -> None:
    loud = facts(card_points_24h=3, list_matches=("card",))
    hits = rulebook().evaluate(loud, Lane.INLINE, Tier.B)
    assert sorted(hit.rule_id for hit in hits) == ["R09", "R24"]
    assert verdict_of(hits) is Verdict.DECLINE
    assert verdict_of(()) is Verdict.ALLOW


def test_facts_without_a_business_are_no_pass() -> None:
    for nameless in ({}, facts(business=None), facts(business="charge")):
        with pytest.raises(KeyError):
            rulebook().evaluate(nameless, Lane.INLINE, Tier.B)
