"""A rulebook that cannot be used is refused by file, rule and field, before it is in force."""

from __future__ import annotations

from typing import Any

import pytest

from pos_sim.domain.watching import Verdict
from risk.pages import RulebookError
from risk.rule_rows import read_canonical, read_rule, read_rules
from risk.rulebook import Rulebook, RuleSet, shipped
from risk.vocabulary import Lane, Mode, Tier
from tests.risk.ordinary import ORDINARY_DAY, facts


def band(**changes: Any) -> dict[str, Any]:
    """Return one good band with changes; None takes a field away."""
    fields = {
        "from": 3,
        "severity": "medium",
        "decision": "alert",
        "reason": "该卡在{card_points_24h}个服务点交易",
        "reason_en": "Used at {observed} points",
    }
    return {key: value for key, value in (fields | changes).items() if value is not None}


def clause(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "template": "distinct",
        "unit": "count",
        "scope": "card",
        "fact": "card_points_24h",
        "band": [band()],
    }
    return {key: value for key, value in (fields | changes).items() if value is not None}


def rule(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": "X01",
        "version": 1,
        "title": "一卡多点",
        "title_en": "Spread",
        "intent": "规避",
        "intent_en": "Dodging",
        "lane": "inline",
        "businesses": ["withdrawal", "transfer"],
        "mode": "enforce",
        "on_error": "allow",
        "effective_from": "2020-01-01",
        "feeds": ["FV"],
        "clause": [clause()],
    }
    return {key: value for key, value in (fields | changes).items() if value is not None}


RATIO = {"template": "ratio", "unit": "bp", "fact": None, "part": "amount", "whole": "balance"}
TIERS = {"A": 12_500, "B": 10_000, "C": 9_000, "D": 7_500}


def guarded(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"guard": [{"fact": fact, "op": op, "value": value}]}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"wish": 1}, "wish", "unknown key"),
        ({"title": None}, "title", "missing"),
        ({"id": "R 1"}, "id", "letters and digits"),
        ({"version": 0}, "version", "not between"),
        ({"lane": "later"}, "lane", "none of"),
        ({"businesses": None}, "businesses", "missing"),
        ({"businesses": ["charge"]}, "businesses", "not watched"),
        ({"businesses": ["loan"]}, "businesses", "none of"),
        ({"lane": "batch"}, "businesses", "unknown key"),
        ({"on_error": "hold"}, "on_error", "not possible"),
        ({"lane": "post", "on_error": "decline"}, "on_error", "not possible"),
        ({"mode": "quietly"}, "mode", "none of"),
        ({"effective_from": "soon"}, "effective_from", "expected a date"),
        ({"feeds": ["XX"]}, "feeds", "none of"),
        ({"tiers": TIERS | {"B": 9_999}}, "tiers.B", "the rulebook itself"),
        ({"tiers": TIERS | {"D": 9_500}}, "tiers.D", "must not be looser"),
        ({"tiers": TIERS | {"E": 1}}, "tiers.E", "unknown key"),
        (guarded("wish", "==", 1), "guard[1].fact", "unknown fact"),
        (guarded("amount", "~", 1), "guard[1].op", "none of"),
        (guarded("amount", ">", 1.5), "guard[1].value", "no fen"),
        (guarded("amount", ">", True), "guard[1].value", "no fen"),
        (guarded("is_own", ">", True), "guard[1].op", "cannot compare"),
        (guarded("list_matches", "==", "card"), "guard[1].op", "cannot compare"),
        ({"clause": []}, "clause", "empty"),
    ],
)
def test_a_bad_rule(changes: dict[str, Any], field: str, message: str) -> None:
    refused(rule(**changes), field, message)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"template": "magic"}, "template", "none of"),
        ({"wish": 1}, "wish", "unknown key"),
        ({"fact": None}, "fact", "missing"),
        ({"fact": "card_pionts_24h"}, "fact", "unknown fact"),
        ({"fact": "amount"}, "fact", "in fen, expected count"),
        ({"unit": "fen"}, "unit", "in 'count'"),
        ({"unit": None}, "unit", "missing"),
        ({"scope": "village"}, "scope", "none of"),
        ({"busy_factor": 0}, "busy_factor", "not between 1 and 10"),
        ({"busy_factor": 11}, "busy_factor", "not between 1 and 10"),
        ({"busy_factor": 2.5}, "busy_factor", "whole number"),
        ({"above": "yes"}, "above", "true or false"),
        ({"proposes": ["prison"]}, "proposes", "none of"),
        ({**RATIO, "whole": "card_points_24h"}, "whole", "mixes count and fen"),
        ({**RATIO, "usual_part": "amount"}, "usual_whole", "come together"),
        ({**RATIO, "band": [band(**{"from": 10_001})]}, "band[1].from", "more than the whole"),
    ],
)
def test_a_bad_clause(changes: dict[str, Any], field: str, message: str) -> None:
    refused(rule(clause=[clause(**changes)]), f"clause[1].{field}", message)


@pytest.mark.parametrize(
    ("bands", "field", "message"),
    [
        ([band(to=5), band(**{"from": 6})], "band[1].to", "a gap"),
        ([band(to=5), band(**{"from": 4})], "band[1].to", "an overlap"),
        ([band(), band(**{"from": 6})], "band[1].to", "only the last band"),
        ([band(to=5)], "band[1].to", "a gap"),
        ([band(to=3)], "band[1].to", "not above"),
        ([band(**{"from": 0})], "band[1].from", "not between"),
        ([band(**{"from": 2.5})], "band[1].from", "whole number"),
        ([band(severity="grave")], "band[1].severity", "none of"),
        ([band(severity=None)], "band[1].severity", "missing"),
        ([band(decision="freeze")], "band[1].decision", "none of"),
        ([band(decision="hold")], "band[1].decision", "hold is not possible for withdrawal"),
        ([band(reason="{wish}")], "band[1].reason", "unknown fact"),
        ([band(reason="{amount:,}")], "band[1].reason", "plain name"),
        ([band(reason="{")], "band[1].reason", "Single"),
        ([band(reason_en=None)], "band[1].reason_en", "missing"),
        ([band(decision_for={"loan": "alert"})], "band[1].decision_for.loan", "none of"),
        ([band(decision_in={"E": "alert"})], "band[1].decision_in.E", "none of"),
        ([], "band", "empty"),
    ],
)
def test_bad_bands(bands: list[dict[str, Any]], field: str, message: str) -> None:
    refused(rule(clause=[clause(band=bands)]), f"clause[1].{field}", message)


def test_a_band_must_not_vanish_in_a_tier() -> None:
    bands = [band(**{"from": 1, "to": 2}), band(**{"from": 2})]
    document = rule(clause=[clause(band=bands)], tiers=TIERS)
    assert read_rule(rule(clause=[clause(band=bands)]), "some.toml").rule_id == "X01"
    refused(document | {"tiers": TIERS | {"D": 5_000}}, "clause[1].band", "empty in tier D")


@pytest.mark.parametrize(
    ("business", "decision", "fits"),
    [
        ("withdrawal", "decline", True),
        ("withdrawal", "hold", False),
        ("transfer", "hold", True),
        ("cash_remittance", "hold", True),
        ("bill_payment", "hold", False),
        ("reversal", "alert", True),
        ("reversal", "decline", False),
        ("balance_inquiry", "decline", False),
    ],
)
def test_what_can_be_decided(business: str, decision: str, fits: bool) -> None:
    document = rule(businesses=[business], clause=[clause(band=[band(decision=decision)])])
    if fits:
        read_rule(document, "some.toml")
    else:
        refused(document, "clause[1].band[1].decision", f"{decision} is not possible")


def test_an_inquiry_is_declined_by_a_list() -> None:
    listed = {"template": "list_match", "fact": "list_matches", "kinds": ["card"]}
    declines = [band(decision="decline", **{"from": 1})]
    document = rule(businesses=["balance_inquiry"], clause=[clause(**listed, band=declines)])
    assert read_rule(document, "some.toml").clauses[0].template.name == "list_match"


def test_a_hold_may_name_what_happens_to_cash() -> None:
    holds = [band(decision="hold", decision_for={"withdrawal": "alert"})]
    version = read_rule(rule(clause=[clause(band=holds)]), "some.toml")
    book = Rulebook.of([version])
    for business, decision in (("withdrawal", Verdict.ALERT), ("transfer", Verdict.HOLD)):
        prepared = facts(business=business, card_points_24h=3)
        assert book.evaluate(prepared, Lane.INLINE, Tier.B)[0].decision is decision


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("rule = 3", "rule"),
        ("", "rule"),
        ("wish = 1\n[[rule]]\nid = 'X01'", "wish"),
        ("[[rule]", "document"),
        ("{", "document"),
    ],
)
def test_a_bad_document(text: str, field: str) -> None:
    with pytest.raises(RulebookError) as caught:
        read_rules(text, "some.toml")
    assert (caught.value.file, caught.value.field) == ("some.toml", field)


def test_the_same_version_twice_is_refused() -> None:
    one = read_rule(rule(), "some.toml")
    with pytest.raises(RulebookError, match="rule X01: version: 1 twice"):
        RuleSet.of([one, one])
    other = read_rule(rule(version=2), "some.toml")
    with pytest.raises(RulebookError, match="effective_from"):
        RuleSet.of([one, other])


def test_the_day_chooses_the_version() -> None:
    versions = [
        read_rule(rule(), "some.toml"),
        read_rule(rule(version=2, effective_from="2026-03-02"), "some.toml"),
        read_rule(rule(version=3, effective_from="2026-03-03"), "some.toml"),
    ]
    assert RuleSet.of(versions).on(ORDINARY_DAY).versions["X01"].version == 2


def test_the_canonical_text_reads_back_as_the_same_version() -> None:
    for version in shipped().versions:
        again = read_canonical(version.canonical, "stored")
        assert again == version


def test_the_checksum_follows_the_content_and_not_its_order() -> None:
    fields = rule()
    backwards = dict(reversed(fields.items()))
    assert read_rule(fields, "a").checksum == read_rule(backwards, "b").checksum
    assert read_rule(fields, "a").checksum != read_rule(rule(version=2), "a").checksum


@pytest.mark.parametrize(
    ("mode", "outcome", "decision"),
    [
        (Mode.SHADOW, "shadow", Verdict.ALLOW),
        (Mode.ALERT_ONLY, "hit", Verdict.ALERT),
        (Mode.ENFORCE, "hit", Verdict.DECLINE),
    ],
)
def test_the_mode_limits_what_a_rule_does(mode: Mode, outcome: str, decision: Verdict) -> None:
    document = rule(mode=mode.value, clause=[clause(band=[band(decision="decline")])])
    book = Rulebook.of([read_rule(document, "some.toml")])
    (hit,) = book.evaluate(facts(card_points_24h=3), Lane.INLINE, Tier.B)
    assert (hit.outcome.value, hit.decision) == (outcome, decision)


def refused(document: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(RulebookError) as caught:
        read_rule(document, "some.toml")
    assert caught.value.file == "some.toml"
    assert caught.value.rule == f"rule {document['id']}"
    assert (caught.value.field, message in caught.value.message) == (field, True), caught.value
