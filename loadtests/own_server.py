"""A server of its own for those who have none running: a scratch database, stopped at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType

import requests

READY_WITHIN_S = 120
POS_SIM = (sys.executable, "-m", "api.cli")
"""The command ``pos-sim``, of the same Python."""


def is_ready(host: str) -> bool:
    """Say whether a server is ready for requests at an address."""
    try:
        return requests.get(f"{host}/health/ready", timeout=5).ok
    except requests.RequestException:
        return False


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class OwnServer:
    """``pos-sim serve`` on a database file that lives as long as the server."""

    def __init__(self, log: Path, size: str) -> None:
        self.log, self.size = log, size
        self.host = f"http://127.0.0.1:{free_port()}"
        self.folder = tempfile.TemporaryDirectory(prefix="pos-sim-load-")
        database = Path(self.folder.name) / "load.db"
        self.environment = {**os.environ, "POS_SIM_DATABASE_URL": f"sqlite:///{database}"}

    def __enter__(self) -> OwnServer:
        port = self.host.rsplit(":", 1)[1]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*POS_SIM, "serve", "--port", port, "--size", self.size],
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        until = monotonic() + READY_WITHIN_S
        while not is_ready(self.host):
            if self.process.poll() is not None or monotonic() > until:
                self.stop()
                raise subprocess.SubprocessError(f"the server did not start, see {self.log}")
            sleep(0.2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server and forget its database."""
        self.halt()
        self.folder.cleanup()

    def halt(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def audit(self) -> subprocess.CompletedProcess[str]:
        """Stop serving and let the bank audit its own books."""
        self.halt()
        return subprocess.run(
            [*POS_SIM, "audit"], env=self.environment, capture_output=True, text=True, check=False
        )
