"""Runs that meet bad luck: afterwards every promise is kept all the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from subprocess import run
from time import sleep
from typing import Any

import pytest

from tests.loadtests.runs import Load, Server, books_are_right, serving, until
from tests.postgres import Postgres, running_postgres


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'load.db'}"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def is_well(server: Server, result: tuple[int, dict[str, Any]]) -> bool:
    """Say whether all promises were kept and the books are right, from outside and from inside."""
    status, summary = result
    assert summary["audit"]["broken"] == []
    assert summary["failures"] == {}
    assert summary["audit"]["checked"]["answers"] > 50
    return status == 0 and books_are_right(server)


def test_a_server_that_is_killed_and_started_again(file: str, tmp_path: Path) -> None:
    with serving(file, tmp_path) as server, Load(server, seconds=5, users=20) as load:
        sleep(3.5)
        server.kill()
        server.start()
        status, summary = load.result()
        assert summary["events"]["unknown"] > 0, "somebody had to send the same key again"
        assert is_well(server, (status, summary))


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.long)])
def test_a_wrong_fen_ends_the_run_and_fails_it(file: str, tmp_path: Path, workers: int) -> None:
    with serving(file, tmp_path) as server, Load(server, 60, users=20, workers=workers) as load:
        until(lambda: count_in(file, "select count(*) from transactions"), "there is business")
        count_in(file, "update accounts set balance_fen = balance_fen + 1")
        status, summary = load.result()
    assert status == 1
    assert summary["audit"]["broken"]
    assert summary["seconds"] < 60


def count_in(url: str, sql: str) -> int:
    """Run a statement in the file behind the bank's back; return a number that it gives."""
    with closing(connect(url.removeprefix("sqlite:///"), timeout=30)) as connection:
        found = connection.execute(sql).fetchone()
        connection.commit()
    return found[0] if found else 0


def test_no_server_is_wrong_usage(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "loadtests", "--url", "http://127.0.0.1:1"]
    done = run([*command, "--out", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no server" in done.stderr


@pytest.mark.long
def test_a_full_queue_is_counted_apart_and_asked_again(file: str, tmp_path: Path) -> None:
    with serving(file, tmp_path, "--group-max", "1", POS_SIM_QUEUE_MAX="1") as server:
        options = ("--visits-per-user-s", "20")
        with Load(server, seconds=6, users=40, options=options) as load:
            status, summary = load.result()
            assert summary["events"]["busy"] > 0
            assert is_well(server, (status, summary))


@pytest.mark.long
def test_frozen_points_refuse_and_serve_again_afterwards(file: str, tmp_path: Path) -> None:
    with serving(file, tmp_path) as server:
        options = ("--freeze-points", "3")
        with Load(server, seconds=9, users=30, options=options) as load:
            status, summary = load.result()
            assert summary["excused"]["58 frozen point"] > 0
            assert summary["audit"]["checked"]["frozen points"] >= 3
            assert is_well(server, (status, summary))


@pytest.mark.long
def test_a_worker_that_dies_and_one_that_comes_instead(file: str, tmp_path: Path) -> None:
    with (
        serving(file, tmp_path) as server,
        Load(server, seconds=25, users=20, workers=2) as load,
    ):
        sleep(8)
        load.crew[0].kill()
        sleep(6)
        load.add_worker()
        status, summary = load.result()
        assert summary["workers_lost"] == 1
        assert is_well(server, (status, summary))


@pytest.mark.long
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_postgres_that_is_killed_and_started_again(
    postgres: Postgres, tmp_path: Path, processes: str
) -> None:
    url = postgres.url(postgres.create())
    with (
        serving(url, tmp_path, "--workers", processes) as server,
        Load(server, seconds=12, users=20) as load,
    ):
        sleep(6)
        postgres.kill()
        sleep(1)
        postgres.start()
        status, summary = load.result()
        assert summary["events"]["unknown"] > 0
        assert is_well(server, (status, summary))
