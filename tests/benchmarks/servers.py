"""Servers to be measured: each is a process (with its workers) on a port of its own, here only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

STARTS_WITHIN_S = 60.0
OPTIONS = ("--host", "127.0.0.1", "--no-access-log", "--log-level", "warning", "--no-server-header")


@dataclass(slots=True)
class Server:
    """One server under its name in the table; ``database`` is PostgreSQL, where it uses that."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    start_s: float
    database: psutil.Process | None = None
    url: str = ""

    def cpu_s(self) -> float:
        """Return the CPU seconds of server and workers so far."""
        return sum(map(cpu_of, family(psutil.Process(self.process.pid))))

    def database_cpu_s(self) -> float:
        """Return the CPU seconds of a database beside it, whoever used it."""
        return sum(map(cpu_of, family(self.database))) if self.database else 0.0

    def memory_mb(self) -> float:
        """Return the resident memory of server and workers."""
        members = family(psutil.Process(self.process.pid))
        return float(sum(member.memory_info().rss for member in members)) / 2**20


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_of(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        used = process.cpu_times()
        # What children that are gone have used counts too: a database serves with short-lived ones.
        return float(used.user + used.system + used.children_user + used.children_system)
    return 0.0


@contextmanager
def bank(
    name: str,
    url: str,
    *,
    workers: int = 1,
    group_max: int = 128,
    watch: bool = True,
    database: psutil.Process | None = None,
) -> Iterator[Server]:
    """Serve the bank over a seeded database."""
    port = free_port()
    command = ["-m", "api.cli", "serve", "--size", "bank", "--port", str(port)]
    command += ["--workers", str(workers), "--group-max", str(group_max), "--database-url", url]
    settings = {"POS_SIM_WATCH": str(watch).lower()}
    with running(name, command, port, "/health/ready", settings) as server:
        server.database, server.url = database, url
        yield server


@contextmanager
def limit(name: str, application: str, *, workers: int = 1) -> Iterator[Server]:
    """Serve one of `tests.benchmarks.limits`."""
    port = free_port()
    command = ["-m", "uvicorn", f"tests.benchmarks.limits:{application}", "--port", str(port)]
    command += [*OPTIONS, "--workers", str(workers)]
    command += ["--factory"] if application == "no_work" else ["--lifespan", "off"]
    with running(name, command, port, "/", {}) as server:
        yield server


@contextmanager
def running(
    name: str, command: list[str], port: int, path: str, settings: dict[str, str]
) -> Iterator[Server]:
    """Start a server, wait until it answers, and stop it at the end."""
    since = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.DEVNULL, env={**os.environ, **settings}
    ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}{path}", process)
            yield Server(name, port, process, time.perf_counter() - since)
        finally:
            process.terminate()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once something answers, whatever it says."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{address} does not answer")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
