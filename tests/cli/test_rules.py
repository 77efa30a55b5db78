"""`pos-sim rules` as a newcomer uses it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from risk.approval_effects import EFFECTS
from risk.approvals import Choice, decide
from risk.releases import Change, propose_version
from risk.vocabulary import Mode

SHIPPED = files("risk").joinpath("rulebook.toml").read_text("utf-8")


def run(*arguments: str) -> tuple[int, str, str]:
    """Run a command and return exit status, output and complaints."""
    result = CliRunner().invoke(app, ["rules", *arguments])
    return result.exit_code, result.stdout, result.stderr


def report(*arguments: str) -> Any:
    status, output, _ = run(*arguments, "--json")
    assert status == 0, output
    return json.loads(output)


@pytest.fixture
def changed(tmp_path: Path) -> str:
    """A rulebook with one edge moved."""
    path = tmp_path / "changed.toml"
    path.write_text(SHIPPED.replace("from = 4\nseverity", "from = 5\nseverity", 1), "utf-8")
    return str(path)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """A rulebook with a share of more than the whole."""
    path = tmp_path / "broken.toml"
    path.write_text(SHIPPED.replace("each_of_limit = 9_000", "each_of_limit = 20_000"), "utf-8")
    return str(path)


def test_all_rules_are_listed() -> None:
    status, output, _ = run("list")
    assert (status, len(output.splitlines())) == (0, 24)
    assert "R01@1   2020-01-01 enforce    post   临界限额拆分取现 · Structuring" in output
    assert [one["rule_id"] for one in report("list")] == [f"R{n:02d}" for n in range(1, 25)]


def test_a_rule_is_shown_with_its_numbers_and_sentences() -> None:
    status, output, _ = run("show", "R01")
    assert status == 0
    assert "单项占限额比例 each_of_limit = 9000 bp" in output
    assert "4– medium alert: 该卡近7日中" in output
    assert report("show", "R01@1")["params"]["days_near_limit"]["each_of_limit"] == 9_000


@pytest.mark.parametrize("name", ["R99", "R01@7", "nothing.toml"])
def test_what_is_no_rule_is_wrong_usage(name: str) -> None:
    for arguments in (("show", name), ("diff", "R01", name)):
        status, _, complaint = run(*arguments)
        assert (status, name in complaint) == (2, True)


def test_the_shipped_rulebook_is_fine() -> None:
    status, output, _ = run("check")
    assert (status, len(output.splitlines())) == (0, 24)
    assert report("check")["ok"] is True


def test_a_broken_rulebook_is_told_by_file_rule_and_field(broken: str) -> None:
    status, _, complaint = run("check", broken)
    assert status == 1
    assert "broken.toml: rule R01: clause[1].each_of_limit: 20000 is not between" in complaint
    status, output, _ = run("check", broken, "--json")
    mistake = json.loads(output)["mistake"]
    assert (status, mistake["field"]) == (1, "clause[1].each_of_limit")
    assert run("diff", "shipped", broken)[0] == 1


@pytest.mark.parametrize("before", ["shipped", "R01", "R01@1"])
def test_rulebooks_are_compared_field_by_field(changed: str, before: str) -> None:
    status, output, _ = run("diff", before, changed)
    assert (status, output) == (0, "R01 days_near_limit.band[1].from: 4 → 5\n")
    found = report("diff", before, changed)
    assert found == {"R01": [{"field": "days_near_limit.band[1].from", "before": 4, "after": 5}]}


def test_no_difference_prints_nothing() -> None:
    assert run("diff", "R01", "R01@1") == (0, "", "")
    assert report("diff", "shipped", "shipped") == {}


def test_approved_versions_of_a_database_are_shown_when_asked(database: Database) -> None:
    change = Change(
        rule_id="R09",
        params={"day": {"band": [{"from": 4}]}},
        mode=Mode.SHADOW,
        effective_from=DEMO_START.date(),
        note="试行",
    )
    _, approval = database.run_now(lambda c: propose_version(c, change, "anna", DEMO_START))
    url = ("--live", "--database-url", database.url.render_as_string(hide_password=False))
    assert len(report("list", *url)) == 24
    database.run_now(
        lambda c: decide(
            c, approval.approval_id, Choice.APPROVE, by="bert", at=DEMO_START, note="",
            effects=EFFECTS,
        )
    )  # fmt: skip
    assert len(report("list", *url)) == 25
    assert report("show", "R09", *url)["mode"] == "shadow"
    found = {one["field"]: one["after"] for one in report("diff", "R09@1", "R09@2", *url)["R09"]}
    assert (found["day.band[1].from"], found["mode"], found["version"]) == (4, "shadow", 2)
