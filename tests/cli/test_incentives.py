"""`pos-sim incentives`: every point of the month, and the sums."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_commands import run, village

__all__ = ["village"]


def test_every_point_has_a_line_and_the_last_one_adds_up(village: str) -> None:
    shown = run(village, "incentives", "--month", "2026-03").stdout.splitlines()
    items = json.loads(run(village, "incentives", "--month", "2026-03", "--json").stdout)
    assert len(shown) == len(items) + 1 > 12
    payable = sum(item["payable_fen"] for item in items)
    assert f"应发 payable {payable / 100:,.2f} 元" in shown[-1]
    assert all(item["service_point_id"] in line for item, line in zip(items, shown, strict=False))


@pytest.mark.parametrize("words", [("--month", "March"), ("--point", "SP-none")])
def test_wrong_usage_is_two(village: str, words: tuple[str, str]) -> None:
    result = run(village, "incentives", *words)
    assert (result.returncode, result.stdout) == (2, "")
    assert words[1] in result.stderr
