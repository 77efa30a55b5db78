"""What open consoles cost: the API's throughput with 60 of them against none, at 40 transactions/s.

The server is a process of its own over a seeded county. One process drives 40 withdrawals a second,
which all who watch see, and asks ``GET /sim/clock`` as often as it is answered: that is the
throughput. Another holds the streams open. Rounds with and without streams alternate, so that a
machine whose speed drifts harms both alike. Run: ``python -m tests.benchmarks.consoles [--json]``.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

CONSOLES = 60
PER_SECOND = 40
ASKERS = 8
ROUND_S = float(os.environ.get("ROUND_S", "5"))
PAIRS = int(os.environ.get("PAIRS", "6"))
TERMINAL = {"Authorization": "Bearer demo-terminal"}
FIELD = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Round:
    """One round: answers a second, the server's CPU in microseconds an answer, slowest percent."""

    per_second: float
    cpu_us: float
    p99_ms: float


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR", "/var/tmp")) as folder,
        served(f"sqlite:///{folder}/bench.db") as (address, pid),
    ):
        report = measure(address, pid)
    print(json.dumps(report, indent=2) if "--json" in sys.argv else table(report))


@contextmanager
def served(url: str) -> Iterator[tuple[str, int]]:
    """Serve a county in a process of its own; give its address and process id."""
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
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(20)


def is_there(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/health/ready").status_code == 200
    except httpx2.TransportError:
        return False


def measure(address: str, pid: int) -> dict[str, Any]:
    """Run the rounds; medians with and without consoles, and their ratio pair by pair."""
    rounds: dict[bool, list[Round]] = {True: [], False: []}
    for number in range(-1, PAIRS):
        for watched in (number % 2 == 0, number % 2 != 0):
            done = one_round(address, pid, f"{number + 1:03d}{watched:03d}", watched=watched)
            if number >= 0:  # the first pair warms up
                rounds[watched].append(done)
    pairs = list(zip(rounds[True], rounds[False], strict=True))
    return {
        "consoles": CONSOLES,
        "transactions_per_second": PER_SECOND,
        "none": summary(rounds[False]),
        "watched": summary(rounds[True]),
        "throughput_ratio": round(
            statistics.median(a.per_second / b.per_second for a, b in pairs), 3
        ),
        "cpu_ratio": round(statistics.median(a.cpu_us / b.cpu_us for a, b in pairs), 3),
    }


def middle(ratios: list[float]) -> float:
    return round(statistics.median(ratios), 3)


def summary(rounds: list[Round]) -> dict[str, float]:
    return {
        "per_second": round(statistics.median(one.per_second for one in rounds)),
        "cpu_us": round(statistics.median(one.cpu_us for one in rounds)),
        "p99_ms": round(statistics.median(one.p99_ms for one in rounds), 1),
    }


def one_round(address: str, pid: int, batch: str, *, watched: bool) -> Round:
    """Measure once, with all consoles open or none."""
    if not watched:
        return asyncio.run(asked(address, pid, batch))
    ready, over = multiprocessing.Event(), multiprocessing.Event()
    watching = multiprocessing.Process(target=watch, args=(address, ready, over))
    watching.start()
    try:
        assert ready.wait(30), "the consoles did not open"
        return asyncio.run(asked(address, pid, batch))
    finally:
        over.set()
        watching.join(20)


def watch(address: str, ready: Any, over: Any) -> None:
    """Hold the streams open and throw away what comes."""
    asyncio.run(hold(address, ready, over))


async def hold(address: str, ready: Any, over: Any) -> None:
    async with httpx2.AsyncClient(base_url=address) as client:
        page = await client.get("/console/sign-in", headers={"Accept": "text/html"})
        csrf = FIELD.findall(page.text)[0]
        await client.post("/console/sign-in", data={"csrf": csrf, "api_key": "demo-auditor"})
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    host, port = address.removeprefix("http://").split(":")
    head = f"GET /console/stream HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode()
    streams = [asyncio.create_task(drain(host, int(port), head)) for _ in range(CONSOLES)]
    await asyncio.sleep(1.5)
    assert not any(stream.done() for stream in streams), "a stream was refused"
    ready.set()
    while not over.is_set():
        await asyncio.sleep(0.05)
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)


async def drain(host: str, port: int, head: bytes) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(head)
        assert b" 200 " in await reader.readline()
        while await reader.read(65_536):
            pass
    finally:
        writer.close()


async def asked(address: str, pid: int, batch: str) -> Round:
    """Drive the transactions and ask as fast as it is answered."""
    async with httpx2.AsyncClient(base_url=address, headers=TERMINAL, timeout=20) as client:
        paced = asyncio.create_task(drive(client, batch))
        took: list[float] = []
        start, cpu = time.perf_counter(), cpu_s(pid)
        end = start + ROUND_S
        await asyncio.gather(*(ask(client, end, took) for _ in range(ASKERS)))
        cpu, wall = cpu_s(pid) - cpu, time.perf_counter() - start
        paced.cancel()
        await asyncio.gather(paced, return_exceptions=True)
    return Round(
        len(took) / wall, 1e6 * cpu / len(took), 1e3 * statistics.quantiles(took, n=100)[-1]
    )


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


def cpu_s(pid: int) -> float:
    """Return the CPU time that a process has used, in seconds."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def table(report: dict[str, Any]) -> str:
    """Return the report for people."""
    lines = [f"{'':18}{'answers/s':>12}{'CPU µs each':>14}{'p99 ms':>10}"]
    for name, told in (("none", "no console"), ("watched", f"{CONSOLES} consoles")):
        one = report[name]
        lines.append(f"{told:18}{one['per_second']:>12}{one['cpu_us']:>14}{one['p99_ms']:>10}")
    lines.append(
        f"throughput {report['throughput_ratio']} of none, CPU {report['cpu_ratio']} of none"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
