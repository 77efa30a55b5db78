"""`pos-sim workflows show`: what it prints is what the documents say."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from api.cli import app
from risk.workflows import WORKFLOWS

PAGE = Path(__file__).parents[2] / "docs" / "workflows.md"
MARK = "<!-- pos-sim workflows show -->\n\n"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["workflows", "show", *arguments])
    return result.exit_code, result.stdout


def test_the_page_of_the_workflows_is_what_the_command_prints() -> None:
    status, output = run()
    assert status == 0
    assert PAGE.read_text("utf-8").partition(MARK)[2] == output


def test_one_workflow_as_table_and_diagram() -> None:
    status, output = run("freeze")
    assert status == 0
    assert output.startswith("## 冻结服务点交易 · Freeze (`freeze`)\n")
    assert "    emergency --> lapsed : lapse (clock)\n" in output
    assert "年审" not in output


def test_the_report_for_machines_is_the_table() -> None:
    status, output = run("exit", "--json")
    (shown,) = json.loads(output)
    workflow = WORKFLOWS[shown["kind"]]
    assert status == 0
    assert [move["action"] for move in shown["moves"]] == [m.action for m in workflow.moves]
    assert shown["states"][-2] == {
        "state": "exited",
        "title": "已退出",
        "title_en": "Exited",
        "point_status": "exited",
        "hours": None,
        "working_days": None,
        "is_end": True,
    }


def test_an_unknown_workflow_is_a_wrong_usage() -> None:
    assert run("party")[0] == 2
