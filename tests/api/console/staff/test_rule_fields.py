"""Every field of every rule has a name and a value that people can read, in both languages."""

from __future__ import annotations

import re

import pytest

from api.console.staff.rule_fields import FieldWords
from api.console.staff.rule_sides import side_by_side
from api.console.staff.rules import Words
from api.console.texts import Texts
from risk.differences import flat_fields
from risk.releases import as_shipped
from risk.rules import RuleVersion

ZH, EN = Texts("zh"), Texts("en")
CODE = re.compile(r"[a-z]{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAID = re.compile(r"(reason|title|intent)(_en)?$")
"""Sentences, which are in the language that the rulebook has them in."""
RULES = {one.rule_id: one for one in as_shipped().versions}


@pytest.mark.parametrize("version", RULES.values(), ids=RULES)
def test_no_field_is_called_by_its_path(version: RuleVersion) -> None:
    zh, en = FieldWords(ZH, version), FieldWords(EN, version)
    plain = {path: one for path, one in flat_fields(version).items() if ".guard[" not in path}
    for path, value in plain.items():
        assert not CODE.search(zh.label(path)), path
        assert not CHINESE.search(en.label(path)), path
        if not SAID.search(path):
            assert not CODE.search(zh.value(path, value)), path
            assert not CHINESE.search(en.value(path, value)), path


@pytest.mark.parametrize(
    ("rule_id", "path", "label", "value"),
    [
        ("R06", "near_limit_30m.band[1].from", "情形 1 · 第 1 段 · 起点", "6"),
        ("R06", "near_limit_30m.band[1].severity", "情形 1 · 第 1 段 · 等级", "高"),
        ("R06", "feeds_with.R08", "与另一规则同时命中后转入：R08", "冻结建议"),
        ("R05", "sequence_within.first_min", "情形 1 · 首笔金额下限", "1,000元"),
        ("R13", "card.guard[1].op", "情形 1 · 守护条件 1 · 比较", "=="),
        ("R01", "tiers.A", "分档系数：A", "125%"),
    ],
)
def test_what_a_field_is_called(rule_id: str, path: str, label: str, value: str) -> None:
    version = RULES[rule_id]
    words = FieldWords(ZH, version)
    assert words.label(path) == label
    assert words.value(path, flat_fields(version)[path]) == value


def test_a_field_that_one_side_lacks_is_empty_there() -> None:
    found = {one.field: one for one in side_by_side(RULES["R09"], RULES["R06"], Words(ZH))}
    only_new = found["feeds_with.R08"]
    assert (only_new.before, only_new.after, only_new.differs) == ("", "冻结建议", True)


@pytest.mark.parametrize("version", RULES.values(), ids=RULES)
@pytest.mark.parametrize("t", [ZH, EN], ids=["zh", "en"])
def test_side_by_side_nothing_is_said_in_code(version: RuleVersion, t: Texts) -> None:
    for one in side_by_side(version, version, Words(t)):
        assert not re.search(r"[{}_]", one.label + one.before), one.field
        if not one.field.endswith("_en") and t is ZH:
            assert not CODE.search(one.label + one.before), one.field


def test_the_rule_itself_comes_first_and_then_clause_by_clause() -> None:
    labels = [one.label for one in side_by_side(RULES["R06"], RULES["R06"], Words(ZH))]
    numbers = [int(found[1]) if (found := re.match(r"情形 (\d)", one)) else 0 for one in labels]
    assert {0, 1, 2} == set(numbers)
    own = {ZH("rule_fields.version"), ZH("rule_fields.effective_from")}
    apart = [number for number, one in zip(numbers, labels, strict=True) if one not in own]
    assert apart == sorted(apart)


def test_a_sentence_has_names_in_its_places() -> None:
    found = {one.field: one for one in side_by_side(RULES["R13"], RULES["R13"], Words(EN))}
    assert found["card.band[1].reason"].before == (
        "该卡今日密码错误〔实际值〕次，达到〔起点〕次的预警线。"
    )
    assert found["card.band[1].reason_en"].before == (
        "〔observed〕 wrong PINs on this card today (warning from 〔threshold〕)."
    )
