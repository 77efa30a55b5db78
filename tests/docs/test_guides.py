"""The tester's guide, command by command, against a live server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from loadtests.crew import ROOT
from tests.docs.guides import Step, run, steps_of
from tests.loadtests.runs import serving

GUIDE = ROOT / "docs" / "guide-tester.md"
ADDRESS, FILE = "http://127.0.0.1:8000", "sqlite:////tmp/pos-sim-guide.db"


def test_the_testers_guide_says_what_is_so(tmp_path: Path) -> None:
    steps = list(steps_of(GUIDE.read_text("utf-8")))
    url = f"sqlite:///{tmp_path / 'guide.db'}"
    with serving(url, tmp_path) as server:
        pos_sim = f"{sys.executable} -m api.cli"
        seen = run(steps, {ADDRESS: server.host, FILE: url, ".venv/bin/pos-sim": pos_sim})
    assert sum(bool(step.printed) for step in steps) > 10
    for step, printed in zip(steps, seen, strict=True):
        assert step.is_so(printed), f"{step.commands}\nprinted\n{printed}\nand not\n{step.printed}"


@pytest.mark.parametrize(
    ("printed", "seen", "is_so"),
    [
        ("code: 00\n", "code: 00\n", True),
        ("at: 2026-…T10\n", "at: 2026-03-02T10\n", True),
        ("code: 00\n", "code: 51\n", False),
        ("", "code: 00\n", False),
    ],
)
def test_a_guide_that_is_wrong_is_noticed(printed: str, seen: str, is_so: bool) -> None:
    assert Step("", printed).is_so(seen) is is_so
