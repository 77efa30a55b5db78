"""A server and a load as processes of their own, so that either can be killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from loadtests.crew import LOCUST, ROOT
from loadtests.own_server import POS_SIM, free_port, is_ready

PATIENCE_S = 90


def until(is_so: Any, what: str) -> None:
    """Wait until something is so."""
    end = monotonic() + PATIENCE_S
    while not is_so():
        assert monotonic() < end, f"never: {what}"
        sleep(0.05)


@dataclass
class Server:
    """`pos-sim serve` in a village; it can be killed and started again on the same database."""

    url: str
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    arguments: Sequence[str] = ()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {**os.environ, "POS_SIM_DATABASE_URL": self.url, **self.settings}
        with (self.folder / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                [*POS_SIM, "serve", "--port", str(self.port), "--size", "village", *self.arguments],
                env=environment, stdout=log, stderr=log, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        until(lambda: is_ready(self.host), "the server is ready")

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it, with its worker processes."""
        os.killpg(self.process.pid, number)
        self.process.wait(30)


@contextmanager
def serving(url: str, folder: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    """Serve a village while the block runs."""
    server = Server(url, folder, settings, arguments=arguments)
    server.start()
    try:
        yield server
    finally:
        server.kill(signal.SIGTERM)


@dataclass
class Load:
    """Locust without a browser, as a process; with workers, as several."""

    server: Server
    seconds: int
    users: int
    workers: int = 0
    options: Sequence[str] = ()

    def __enter__(self) -> Load:
        self.summary = self.server.folder / "summary.json"
        self.crew: list[subprocess.Popen[bytes]] = []
        chosen = [
            "--headless", "--users", str(self.users), "--run-time", f"{self.seconds}s",
            "--host", self.server.host, "--summary-json", str(self.summary), "--only-summary",
            *self.options,
        ]  # fmt: skip
        if self.workers:
            self.port = str(free_port())
            chosen += ["--master", "--master-bind-port", self.port]
            chosen += ["--expect-workers", str(self.workers)]
        self.main = self._run("load.log", chosen)
        for _ in range(self.workers):
            self.add_worker()
        return self

    def __exit__(self, *_error: object) -> None:
        for process in (self.main, *self.crew):
            process.kill()
            process.wait()

    def add_worker(self) -> None:
        self.crew.append(self._run("workers.log", ["--worker", "--master-port", self.port]))

    def result(self) -> tuple[int, dict[str, Any]]:
        """Wait for the end; return exit status and summary."""
        status = self.main.wait(PATIENCE_S + self.seconds)
        return status, json.loads(self.summary.read_text("utf-8"))

    def _run(self, log: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        with (self.server.folder / log).open("a") as out:
            return subprocess.Popen(
                [*LOCUST, *arguments], cwd=ROOT, env=environment, stdout=out, stderr=out,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip


def books_are_right(server: Server) -> bool:
    """Let the bank audit its own books from inside, beside the server."""
    environment = {**os.environ, "POS_SIM_DATABASE_URL": server.url}
    audit = subprocess.run(
        [sys.executable, "-m", "api.cli", "audit"], env=environment, cwd=ROOT,
        capture_output=True, check=False,
    )  # fmt: skip
    return audit.returncode == 0
