"""`pos-sim with-postgres`: what is stopped takes everything along that it had started."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from loadtests.crew import ROOT
from loadtests.own_server import free_port, is_ready
from tests.loadtests.runs import until


@pytest.mark.long
def test_a_signal_to_stop_ends_the_server_and_its_postgresql(tmp_path: Path) -> None:
    port = str(free_port())
    command = [sys.executable, "-m", "api.cli", "with-postgres", "--data", str(tmp_path / "data")]
    command += ["serve", "--port", port, "--size", "village"]
    with (tmp_path / "log").open("w") as log:
        process = psutil.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        until(lambda: is_ready(f"http://127.0.0.1:{port}"), "the server is ready")
        postmaster = int((tmp_path / "data" / "postmaster.pid").read_text("utf-8").split()[0])
        started = [*process.children(), psutil.Process(postmaster)]
        process.terminate()
        assert process.wait(60) == 0
    finally:
        if process.is_running():
            process.kill()
    for one in started:
        until(lambda one=one: is_gone(one), f"{one} has ended")


def is_gone(process: psutil.Process) -> bool:
    """Say whether a process has ended, be it that nobody has asked for its status yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
