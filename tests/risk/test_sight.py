"""No rule asks for more rows than are read."""

from __future__ import annotations

import pytest

from risk.live.sight import beyond_sight
from risk.rule_rows import read_canonical
from risk.rulebook import shipped

VERSIONS = {version.rule_id: version for version in shipped().versions}


@pytest.mark.parametrize("rule_id", VERSIONS)
def test_the_shipped_rules_see_far_enough(rule_id: str) -> None:
    assert beyond_sight(VERSIONS[rule_id]) is None


@pytest.mark.parametrize(("edge", "clause"), [(68, None), (69, "many_2h")])
def test_a_threshold_beyond_the_rows_that_are_read(edge: int, clause: str | None) -> None:
    """Three times as many on a market day, a quarter more in tier A: 255 are seen, 256 are not."""
    text = VERSIONS["R06"].canonical.replace('"from":12', f'"from":{edge}')
    assert beyond_sight(read_canonical(text, "a test")) == clause
