"""`pos-sim year`: a short year, its page, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from api.cli import app


def run(folder: Path, *words: str) -> Result:
    data = {"XDG_DATA_HOME": str(folder), "COLUMNS": "200"}
    result = CliRunner().invoke(app, ["year", *words], env=data)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_two_days_of_a_village_and_then_one_more(tmp_path: Path) -> None:
    words = ("--size", "village", "--html", str(tmp_path / "page.html"), "--json")
    first = run(tmp_path, *words, "--days", "2")
    assert first.exit_code == 0, first.stderr
    more = run(tmp_path, *words, "--days", "3")
    before, after = json.loads(first.stdout), json.loads(more.stdout)
    assert (before["days"], after["days"]) == (2, 3)
    assert after["total_count"] > before["total_count"] > 0
    assert "2025-01-02: " in first.stderr
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
    anew = json.loads(run(tmp_path, *words, "--days", "2", "--again").stdout)
    assert [line["count"] for line in anew["by_day"]] == [
        line["count"] for line in before["by_day"]
    ]


def test_a_year_without_a_record_is_wrong_usage(tmp_path: Path) -> None:
    for words in (("--year", "2024"), ("--bank", "ccb"), ("--days", "2", "--months", "2")):
        result = run(tmp_path, *words)
        assert result.exit_code == 2, words
        assert result.stderr
