"""A year of the clock in the bank's world: every review, deadline, patrol and grading, in a minute.

The minute is one of CPU: other work on the machine does not count.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.store.audit import audit
from risk.audit_log import verify_chain
from risk.walk import advance

YEAR = timedelta(days=365)
LIMIT_S = 60


@pytest.mark.long
@pytest.mark.parametrize("command", ["seed", "day"])  # a fresh world, and one after a whole day
def test_a_year_of_the_clock(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    made = CliRunner().invoke(app, [command, "--size", "bank", "--database-url", url])
    assert made.exit_code == 0, made.stdout
    sandbox = open_sandbox(Settings(database_url=url))
    since = time.process_time()
    fired = advance(sandbox, sandbox.clock.now() + YEAR)
    took_s = time.process_time() - since
    counts = Counter(one.kind for one in fired)
    with capsys.disabled():
        print(f"\na year after {command}: {took_s:.1f} s of CPU, {dict(sorted(counts.items()))}")
    assert took_s < LIMIT_S
    assert counts["annual_review"] >= 1_890
    assert counts["patrol"] >= YEAR.days  # the evening of the day itself, too
    key = sandbox.secrets.key
    assert sandbox.database.read_now(lambda connection: audit(connection, key)) == []
    assert sandbox.database.read_now(verify_chain)[1] is None
    sandbox.database.close_now()
