"""The command line as a newcomer uses it: what it prints, and its exit status."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from api.cli import app
from pos_sim.store.database import Database
from pos_sim.store.tables import accounts


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit status."""

    returncode: int
    stdout: str
    stderr: str


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "POS_SIM_DATABASE_URL": url, "COLUMNS": "200"}


def run(url: str, *words: str) -> Result:
    """Run a command in this process: starting a new one takes longer than the command."""
    result = CliRunner().invoke(app, list(words), env=environment(url))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Result(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a seeded village."""
    url = f"sqlite:///{tmp_path_factory.mktemp('cli') / 'village.db'}"
    seeded = run(url, "seed", "--size", "village")
    assert seeded.returncode == 0, seeded.stderr
    return url


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    """The address of a database that nobody has made yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


def test_the_command_alone_prints_its_help() -> None:
    for command in ("serve", "migrate", "seed", "day", "audit", "digest", "keys", "policy"):
        assert command in run("sqlite://", "--help").stdout


def test_a_world_is_seeded_once(village: str) -> None:
    again = run(village, "seed", "--size", "village")
    assert again.returncode == 1
    assert "已有一个世界" in again.stderr


def test_two_runs_with_one_seed_have_one_digest(village: str, nowhere: str) -> None:
    assert run(nowhere, "seed", "--size", "village").returncode == 0
    first, second = run(village, "digest"), run(nowhere, "digest")
    assert re.fullmatch(r"[0-9a-f]{64}\n", first.stdout)
    assert first.stdout == second.stdout


def test_another_seed_has_another_digest(village: str, nowhere: str) -> None:
    assert run(nowhere, "seed", "--size", "village", "--seed", "7").returncode == 0
    assert run(village, "digest").stdout != run(nowhere, "digest").stdout


@pytest.mark.parametrize("words", [["audit"], ["digest"], ["keys", "list"]])
def test_an_empty_database_is_wrong_usage(nowhere: str, words: Sequence[str]) -> None:
    result = run(nowhere, *words)
    assert result.returncode == 2
    assert "pos-sim seed" in result.stderr


def test_an_audit_of_right_books_says_so(village: str) -> None:
    result = run(village, "audit")
    assert (result.returncode, "账目无误" in result.stdout) == (0, True)
    told = json.loads(run(village, "audit", "--json").stdout)
    assert (told["ok"], told["findings"]) == (True, [])


def test_an_audit_of_wrong_books_names_the_account_and_exits_with_1(nowhere: str) -> None:
    run(nowhere, "seed", "--size", "village")
    database = Database(nowhere)
    with database.sync_engine.begin() as connection:
        kept = accounts.c.balance_fen.is_not(None)
        account = connection.execute(select(accounts).where(kept).limit(1)).one()
        wrong = update(accounts).where(accounts.c.account_id == account.account_id)
        connection.execute(wrong.values(balance_fen=account.balance_fen + 1))
    database.close_now()
    result = run(nowhere, "audit")
    assert result.returncode == 1
    assert account.account_no in result.stdout


def test_an_audit_names_the_first_entry_of_the_log_that_was_tampered_with(nowhere: str) -> None:
    run(nowhere, "seed", "--size", "village")
    for name in ("one", "two", "three"):
        run(nowhere, "keys", "add", name, "--role", "auditor")
    assert json.loads(run(nowhere, "audit", "--json").stdout)["audit_log"]["entries"] == 3
    database = Database(nowhere)
    with database.sync_engine.begin() as connection:
        connection.exec_driver_sql("drop trigger audit_log_is_not_changed")
        connection.exec_driver_sql("update audit_log set subject_id = 'none' where seq = 2")
    database.close_now()
    result = run(nowhere, "audit")
    assert result.returncode == 1
    assert "audit_log: entry 2:" in result.stdout


def test_a_key_is_made_once_listed_without_itself_and_revoked(village: str) -> None:
    made = run(village, "keys", "add", "till-7", "--role", "terminal", "--terminal-id", "52010001")
    assert made.returncode == 0
    listed = run(village, "keys", "list").stdout
    assert "till-7" in listed
    assert made.stdout.strip() not in listed
    assert run(village, "keys", "add", "till-7", "--role", "terminal").returncode == 1
    assert run(village, "keys", "revoke", "till-7").returncode == 0
    assert run(village, "keys", "revoke", "till-7").returncode == 1


@pytest.mark.parametrize(
    "words",
    [
        ["add", "x", "--role", "king"],
        ["add", "two words", "--role", "maker"],
        ["add", "x", "--role", "maker", "--terminal-id", "52010001"],
        ["add", "x", "--role", "terminal", "--terminal-id", "short"],
    ],
)
def test_a_key_that_makes_no_sense_is_wrong_usage(village: str, words: Sequence[str]) -> None:
    assert run(village, "keys", *words).returncode == 2


def test_the_shipped_policies_are_right() -> None:
    result = run("sqlite://", "policy", "check")
    assert result.returncode == 0
    assert "2014-235" in result.stdout


def test_a_wrong_policy_is_named_with_file_row_and_field(tmp_path: Path) -> None:
    document = tmp_path / "mine.toml"
    document.write_text('version = "mine"\nwish = 1\n', "utf-8")
    result = run("sqlite://", "policy", "check", str(document))
    assert result.returncode == 1
    assert "mine.toml" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["serve", "--workers", "2"],
        ["serve", "--size", "continent"],
        ["serve", "--port", "99999"],
        ["day", "--date", "yesterday"],
    ],
)
def test_wrong_usage_exits_with_2(village: str, words: Sequence[str]) -> None:
    result = run(village, *words)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_a_day_of_the_village_balances_and_is_the_same_again_as_json(tmp_path: Path) -> None:
    reports = []
    for name in ("first", "second"):
        url = f"sqlite:///{tmp_path / name}.db"
        result = run(url, "day", "--size", "village", "--date", "2025-06-18", "--json")
        assert result.returncode == 0, result.stderr
        report = json.loads(result.stdout)
        del report["timing"]
        reports.append(report)
    assert reports[0] == reports[1]
    assert reports[0]["audit"] == []


def test_the_first_request_that_serve_prints_works_when_it_is_pasted(nowhere: str) -> None:
    port = free_port()
    words = ["serve", "--size", "village", "--port", str(port)]
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", *words],
        env=environment(nowhere),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            printed = read_until_body(server)
            first, second = pasted(printed, port), pasted(printed, port)
        finally:
            server.send_signal(signal.SIGTERM)
            ended = server.wait(timeout=20)
    assert ended == 0  # it was told to stop, and did
    assert first["response_code"] == "00"
    assert first == second


def read_until_body(server: subprocess.Popen[str]) -> str:
    """Return what the server printed, up to the body of the request."""
    assert server.stdout is not None
    printed = ""
    for line in server.stdout:
        printed += line
        if line.strip().startswith("-d "):
            break
    return printed


def pasted(printed: str, port: int) -> dict[str, object]:
    """Send the printed command as a shell would, without needing curl."""
    command = shlex.split(printed[printed.index("curl") :].replace("\\\n", " "))
    url = next(word for word in command if word.startswith("http"))
    headers = dict(word.split(": ", 1) for flag, word in pairwise(command) if flag == "-H")
    body = command[command.index("-d") + 1].encode()
    wait_for(port)
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        decided: dict[str, object] = json.load(answer)
    return decided


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
