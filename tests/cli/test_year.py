"""`pos-sim year`: a short year, its page, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
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


@pytest.mark.long
def test_a_year_that_is_killed_again_and_again_ends_as_one_that_ran_through(
    tmp_path: Path,
) -> None:
    """The process is killed outright, wherever it happens to be, and the command given again."""
    whole = lasting(run(tmp_path / "whole", *VILLAGE_WEEK))
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "killed")}
    kills = 0
    for wait_s in (4.0, 4.5, 5.0, 5.5):
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "year", *VILLAGE_WEEK],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with suppress(subprocess.TimeoutExpired):
            process.wait(wait_s)
        kills += process.poll() is None
        process.kill()
        process.wait()
    assert kills
    assert lasting(run(tmp_path / "killed", *VILLAGE_WEEK)) == whole


VILLAGE_WEEK = ("--size", "village", "--days", "7", "--json")


def lasting(result: Result) -> dict[str, Any]:
    """Return the report without the figures that differ from run to run."""
    assert result.exit_code == 0, result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    assert report["audit"] == []
    return {name: value for name, value in report.items() if name != "pace"}
