"""What open consoles cost the server, at 40 transactions a second that all of them may see.

The server is a process of its own over a seeded county. Two measures, of 60 consoles against none:
the CPU that server and database use at that load, and the throughput that is left for others: one
process asks ``GET /sim/clock`` as often as it is answered. Rounds with and without consoles
alternate, so that a machine whose speed drifts harms both alike. Run:
``python -m tests.benchmarks.consoles [--page alerts] [--database postgresql] [--json]``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil

from api.postgres import start
from tests.benchmarks.browsers import PAGES, watching
from tests.benchmarks.servers import cpu_of, family
from tests.benchmarks.worlds import postmaster

CONSOLES = int(os.environ.get("CONSOLES", "60"))
PER_SECOND = 40
ASKERS = 8
ROUND_S = float(os.environ.get("ROUND_S", "5"))
PAIRS = int(os.environ.get("PAIRS", "6"))
TERMINAL = {"Authorization": "Bearer demo-terminal"}


@dataclass(frozen=True, slots=True)
class Round:
    """One round: answers a second to those who ask, CPU in ms a second, slowest percent in ms."""

    per_second: float
    busy_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured: the address, and the processes whose CPU counts."""

    address: str
    processes: tuple[psutil.Process, ...]

    def cpu_s(self) -> float:
        return sum(cpu_of(one) for process in self.processes for one in family(process))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.consoles")
    parser.add_argument("--page", default="operations", choices=[*PAGES, "all"])
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    pages = list(PAGES) if asked.page == "all" else [asked.page]
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR", "/var/tmp")) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        with served(folder, asked.database) as measured:
            reports = [measure(measured, page) for page in pages]
    print(json.dumps(reports, indent=2) if asked.json else table(reports, asked.database))


@contextmanager
def served(folder: Path, database: str) -> Iterator[Measured]:
    """Serve a county in a process of its own."""
    url = f"sqlite:///{folder}/bench.db"
    beside: tuple[psutil.Process, ...] = ()
    if database == "postgresql":
        url = start(folder / "postgres").replace("postgresql://", "postgresql+psycopg://")
        beside = (postmaster(folder / "postgres"),)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port)]
    environment = os.environ | {"POS_SIM_DATABASE_URL": url}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while not is_there(address):
            assert server.poll() is None, "the server ended"
            time.sleep(0.2)
        yield Measured(address, (psutil.Process(server.pid), *beside))
    finally:
        server.terminate()
        server.wait(20)


def is_there(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health/ready").status_code == 200
    except httpx2.TransportError:
        return False


def measure(measured: Measured, page: str) -> dict[str, Any]:
    """Run the rounds; medians with and without consoles, and their ratio pair by pair."""
    rounds: dict[tuple[int, bool], list[Round]] = {}
    for number in range(-1, PAIRS):
        for askers in (0, ASKERS):
            for watched in (number % 2 == 0, number % 2 != 0):
                done = one_round(measured, page, askers, watched=watched)
                if number >= 0:  # the first pairs warm up
                    rounds.setdefault((askers, watched), []).append(done)
    quiet, loud = rounds[0, False], rounds[0, True]
    alone, beside = rounds[ASKERS, False], rounds[ASKERS, True]
    return {
        "page": page,
        "consoles": CONSOLES,
        "transactions_per_second": PER_SECOND,
        "cpu_ms_per_s": [middle([one.busy_ms for one in ones]) for ones in (quiet, loud)],
        "answers_per_s": [middle([one.per_second for one in ones]) for ones in (alone, beside)],
        "p99_ms": [middle([one.p99_ms for one in ones]) for ones in (alone, beside)],
        "throughput_ratio": middle(
            [b.per_second / a.per_second for a, b in zip(alone, beside, strict=True)]
        ),
    }


def middle(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def one_round(measured: Measured, page: str, askers: int, *, watched: bool) -> Round:
    """Measure once, with all consoles open or none."""
    with watching(measured.address, page, CONSOLES) if watched else nullcontext():
        return asyncio.run(asked(measured, askers))


async def asked(measured: Measured, askers: int) -> Round:
    """Drive the transactions and ask as fast as it is answered."""
    batch = f"{time.time_ns() // 1_000_000 % 1_000_000:06d}"
    async with httpx2.AsyncClient(
        base_url=measured.address, headers=TERMINAL, timeout=20
    ) as client:
        paced = asyncio.create_task(drive(client, batch))
        await asyncio.sleep(0.5)
        took: list[float] = []
        began, cpu = time.perf_counter(), measured.cpu_s()
        end = began + ROUND_S
        await asyncio.gather(
            asyncio.sleep(ROUND_S), *(ask(client, end, took) for _ in range(askers))
        )
        cpu, wall = measured.cpu_s() - cpu, time.perf_counter() - began
        paced.cancel()
        await asyncio.gather(paced, return_exceptions=True)
    slowest = statistics.quantiles(took, n=100)[-1] if took else 0.0
    return Round(len(took) / wall, 1e3 * cpu / wall, 1e3 * slowest)


async def ask(client: httpx2.AsyncClient, end: float, took: list[float]) -> None:
    while (now := time.perf_counter()) < end:
        answer = await client.get("/sim/clock")
        assert answer.status_code == 200
        took.append(time.perf_counter() - now)


async def drive(client: httpx2.AsyncClient, batch: str) -> None:
    """Send withdrawals at the pace of a busy county, never waiting for the one before."""
    manifest = (await client.get("/sim/manifest", params={"limit": 100})).json()
    counters = [one["terminal_id"] for one in manifest["terminals"] if one["kind"] == "pos"]
    dice, trace = random.Random(batch), 0
    under_way: set[asyncio.Task[httpx2.Response]] = set()
    try:
        while True:
            card = dice.choice(manifest["cards"])
            body = {
                "terminal_id": dice.choice(counters),
                "batch_no": batch,
                "trace_no": f"{trace:06d}",
                "card_no": card["card_no"],
                "pin": card["pin"],
                "amount_fen": 10_000,
            }
            sent = asyncio.create_task(client.post("/v1/withdrawals", json=body))
            under_way.add(sent)
            sent.add_done_callback(under_way.discard)
            trace += 1
            await asyncio.sleep(1 / PER_SECOND)
    finally:
        await asyncio.gather(*under_way, return_exceptions=True)


def table(reports: list[dict[str, Any]], database: str) -> str:
    """Return the report for people: without consoles, and with them."""
    lines = [
        f"{database}, {CONSOLES} consoles against none, {PER_SECOND} transactions a second",
        f"{'page':12}{'CPU ms/s':>16}{'answers/s':>18}{'p99 ms':>14}{'throughput':>12}",
    ]
    for one in reports:
        cpu, answers, p99 = (
            "{:.0f} / {:.0f}".format(*one[name])
            for name in ("cpu_ms_per_s", "answers_per_s", "p99_ms")
        )
        lines.append(
            f"{one['page']:12}{cpu:>16}{answers:>18}{p99:>14}{one['throughput_ratio']:>12}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
