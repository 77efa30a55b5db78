"""`pos-sim risk report`: a small run, what it prints, and its exit status."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app, risk
from seeds.patterns.report import RiskReport
from seeds.patterns.run import run_report

SMALL = ("--seed", "3", "--per-rule", "1", "--patrol-every", "30")


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, ["risk", "report", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_a_small_run_reaches_what_is_wanted_and_shows_its_steps() -> None:
    result = run(*SMALL, "--json")
    assert result.exit_code == 0, result.stdout
    report = json.loads(result.stdout)
    assert report["is_good"] is True
    assert report["seed"] == 3
    assert len(report["lines"]) == 24
    assert "演练 Playing the episodes" in result.stderr


def test_a_rule_that_misses_too_much_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*given: Any, **more: Any) -> RiskReport:
        report = run_report(*given, **more)
        worse = replace(report.lines[0], detected=0, recall=0.0)
        return replace(report, lines=[worse, *report.lines[1:]])

    monkeypatch.setattr(risk, "run_report", blind)
    result = run(*SMALL)
    assert result.exit_code == 1
    assert "未达到要求 NOT reached" in result.stdout


def test_a_world_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    assert run(*SMALL, "--database-url", url).exit_code == 0
    again = run(*SMALL, "--database-url", url)
    assert again.exit_code == 1
    assert "已有一个世界" in again.stderr
