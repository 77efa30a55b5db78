"""Tiers: B is the rulebook; A is looser, C and D are tighter, and nobody is ever out of bounds."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.money import BasisPoints
from risk.clause_rows import for_tier
from risk.templates.parameters import Loosens, Spec, scaled_value
from risk.vocabulary import Tier
from tests.risk.ordinary import rulebook

CLAUSES = [(rule, clause) for rule in rulebook().versions.values() for clause in rule.clauses]


@pytest.mark.parametrize(
    ("rule_id", "edges"),
    [
        ("R01", {"A": 5, "B": 4, "C": 4, "D": 3}),
        ("R06", {"A": 8, "B": 6, "C": 5, "D": 5}),
        ("R07", {"A": 150, "B": 120, "C": 108, "D": 90}),
        ("R08", {"A": 7_500, "B": 6_000, "C": 5_400, "D": 4_500}),
        ("R11", {"A": 625, "B": 500, "C": 450, "D": 375}),
        ("R12", {"A": 2, "B": 2, "C": 2, "D": 2}),  # not scaled
        ("R15", {"A": 250_000, "B": 200_000, "C": 180_000, "D": 150_000}),
        ("R24", {"A": 1, "B": 1, "C": 1, "D": 1}),
    ],
)
def test_the_first_edge_of_each_tier(rule_id: str, edges: dict[str, int]) -> None:
    rule = rulebook().versions[rule_id]
    found = {tier.value: for_tier(rule.clauses[0], rule.factors[tier]).params.edge for tier in Tier}
    assert found == edges


def test_no_tier_is_looser_than_the_one_before() -> None:
    for rule, clause in CLAUSES:
        edges = [for_tier(clause, rule.factors[tier]).params.edge for tier in Tier]
        assert edges == sorted(edges, reverse=True), rule.rule_id


def test_bands_meet_in_every_tier() -> None:
    for rule, clause in CLAUSES:
        for tier in Tier:
            bands = for_tier(clause, rule.factors[tier]).bands
            assert all(one.end == later.start for one, later in pairwise(bands)), rule.rule_id


def test_tier_b_is_the_rulebook_as_it_is_written() -> None:
    for rule, clause in CLAUSES:
        assert for_tier(clause, rule.factors[Tier.B]) == clause


@given(
    st.integers(1, 10_000),
    st.sampled_from(Loosens),
    st.integers(2_000, 10_000),
)
def test_a_tighter_factor_never_loosens(value: int, loosens: Loosens, factor: int) -> None:
    spec = Spec(label="", label_en="", low=1, high=50_000, loosens=loosens, scales=True)
    scaled = scaled_value(value, spec, BasisPoints(factor))
    assert 1 <= scaled <= 50_000
    assert scaled <= value if loosens is Loosens.UP else scaled >= value
