"""Every pattern and every rule has a plain word, in both languages."""

from __future__ import annotations

import re

from seeds.patterns.catalogue import PATTERNS
from seeds.patterns.teaching import find_pattern, id_of, teaching

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_pattern_and_rule_has_a_word_in_both_languages() -> None:
    assert teaching().patterns.keys() == {id_of(pattern) for pattern in PATTERNS}
    assert teaching().rules.keys() == {pattern.rule_id for pattern in PATTERNS}
    for words in (*teaching().patterns.values(), *teaching().rules.values()):
        assert CHINESE.search(words.text)
        assert not CHINESE.search(words.text_en)


def test_a_pattern_is_found_by_its_id() -> None:
    found = find_pattern("R06-crew")
    assert found is not None
    assert (found.rule_id, found.name) == ("R06", "crew")
    assert find_pattern("R06-nobody") is None
