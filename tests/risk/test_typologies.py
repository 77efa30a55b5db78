"""Typologies: what several hits weigh together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_sim.domain.watching import Verdict
from risk.pages import RulebookError
from risk.rules import Hit
from risk.typologies import Score, read_typologies, shipped_typologies
from risk.vocabulary import Outcome
from tests.risk.ordinary import hits_of, rulebook

SOME_HIT = hits_of("R09", card_points_24h=3)[0]


def hit(rule_id: str, outcome: Outcome = Outcome.HIT, decision: Verdict = Verdict.ALERT) -> Hit:
    return replace(SOME_HIT, rule_id=rule_id, outcome=outcome, decision=decision)


def scores(*rule_ids: str) -> dict[str, Score]:
    found = shipped_typologies().scores(hit(rule_id) for rule_id in rule_ids)
    return {score.typology.code: score for score in found}


@pytest.mark.parametrize(
    ("rules", "code", "score", "alerts", "freeze"),
    [
        (["R02"], "cash_out", 60, True, False),
        (["R03"], "cash_out", 40, False, False),
        (["R03", "R22"], "cash_out", 60, True, False),
        (["R02", "R03", "R22"], "cash_out", 120, True, True),
        (["R06", "R09"], "laundering", 60, True, False),
        (["R05", "R06", "R08"], "laundering", 120, True, True),
        (["R12"], "terminal_control", 80, True, True),
        (["R11"], "terminal_control", 60, True, False),
        (["R11", "R10"], "terminal_control", 80, True, True),
        (["R23", "R17", "R22", "R19"], "subsidy", 120, True, False),  # never a freeze
        (["R15"], "elder_fraud", 40, True, False),
        (["R15", "R16"], "elder_fraud", 80, True, False),
        (["R18", "R10"], "mismanagement", 60, True, False),
        (["R18", "R20", "R10", "R19"], "mismanagement", 120, True, True),
        (["R10", "R10", "R10"], "mismanagement", 20, False, False),  # a rule counts once
    ],
)
def test_sums(rules: list[str], code: str, score: int, alerts: bool, freeze: bool) -> None:
    found = scores(*rules)[code]
    assert (found.score, found.alerts, found.proposes_freeze) == (score, alerts, freeze)


def test_laundering_never_blocks() -> None:
    """No tipping off: the score of an AML typology stays inside the house."""
    assert not scores("R05", "R06", "R08", "R16", "R09")["laundering"].may_block
    assert scores("R02", "R03")["cash_out"].may_block


def test_a_member_that_failed_has_its_own_weight() -> None:
    failed = [hit("R12", Outcome.ERROR), hit("R10")]
    (found,) = [
        score
        for score in shipped_typologies().scores(failed)
        if score.typology.code == "terminal_control"
    ]
    assert (found.score, found.rules) == (60, ("R12", "R10"))


@pytest.mark.parametrize(
    "silent",
    [
        hit("R03", decision=Verdict.ALLOW),  # only noted
        hit("R02", Outcome.SHADOW),
        hit("R02", Outcome.SUPPRESSED),
    ],
)
def test_what_does_not_alert_weighs_nothing(silent: Hit) -> None:
    assert shipped_typologies().scores([silent]) == ()


def test_members_are_rules_of_the_rulebook() -> None:
    for typology in shipped_typologies().typologies:
        assert typology.members.keys() <= rulebook().versions.keys()


GOOD = """
version = 1
window_days = 30
[[typology]]
number = "T01"
code = "x"
title = "套现"
title_en = "X"
alert_at = 60
freeze_at = 60
effect = "none"
members = [{ rule = "R02", weight = 60, on_error = 60 }]
"""


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("freeze_at = 60", "freeze_at = 59", "typology[1].freeze_at"),
        ("on_error = 60", "on_error = 61", "typology[1].members[1].on_error"),
        ('"none"', '"maybe"', "typology[1].effect"),
        ("window_days = 30", "window_days = 0", "window_days"),
        ("window_days", "windows", "window_days"),
        ("alert_at = 60", "alert_at = 60\nwish = 1", "typology[1].wish"),
        ("version = 1", "version = ", "document"),
    ],
)
def test_a_bad_document(old: str, new: str, field: str) -> None:
    assert read_typologies(GOOD, "some.toml").version == 1
    with pytest.raises(RulebookError) as caught:
        read_typologies(GOOD.replace(old, new), "some.toml")
    assert caught.value.field == field
