"""Locust as processes: one alone, or a master with its workers on one machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtests.own_server import free_port

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
LOCUST = (sys.executable, "-m", "locust", "-f", str(LOCUSTFILE))
ROOT = LOCUSTFILE.parent.parent


def run_locust(arguments: Sequence[str], workers: int, out: Path, *, quiet: bool) -> int:
    """Run Locust to its end and return the exit status."""
    if workers == 1:
        return _run([*LOCUST, *arguments], out, quiet=quiet)
    port = str(free_port())
    crew = [_worker(port, out, number) for number in range(workers)]
    try:
        master = ["--master", "--master-bind-port", port, "--master-bind-host", "127.0.0.1"]
        master += ["--expect-workers", str(workers), "--expect-workers-max-wait", "60"]
        return _run([*LOCUST, *arguments, *master], out, quiet=quiet)
    finally:
        for worker in crew:
            worker.terminate()
        for worker in crew:
            worker.wait(30)


def _run(command: Sequence[str], out: Path, *, quiet: bool) -> int:
    if not quiet:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    with (out / "locust.log").open("w") as log:
        return subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False).returncode


def _worker(port: str, out: Path, number: int) -> subprocess.Popen[bytes]:
    command = [*LOCUST, "--worker", "--master-port", port, "--loglevel", "WARNING"]
    with (out / f"worker-{number}.log").open("w") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
