"""One run of load after the other, and what came of each."""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.benchmarks.generators import Load, send
from tests.benchmarks.servers import Server
from tests.benchmarks.worlds import let_time_pass

CONNECTIONS = 64
CLOCK_S = 1.2
"""A server's other processes take over a moved clock within a second."""

STRETCH_S = 1.0
"""So long load runs without a pause: it brings a point two cards or so, as its two hours may."""

WARM_UP_S = 20.0
"""After a checkpoint PostgreSQL writes each page whole once; so long it may take over old rows."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: rounds of what is compared, seconds of load, rows of history, days."""

    rounds: int
    seconds: float
    warm_s: float
    history: tuple[int, ...]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of load: latencies in milliseconds, CPU in microseconds a transaction."""

    server: str
    connections: int
    rate: float | None
    per_second: float
    p50_ms: float
    p99_ms: float
    approved: float
    server_cpu_us: float
    database_cpu_us: float
    generator_cpu_us: float
    memory_mb: float
    codes: dict[str, int]


@dataclass(slots=True)
class Results:
    """Everything that was measured so far."""

    scale: Scale
    people: Path
    generator: str
    runs: list[Run] = field(default_factory=list)
    halves: list[Run] = field(default_factory=list)
    notes: dict[str, tuple[float, str]] = field(default_factory=dict)
    tps: list[float] = field(default_factory=list)
    pgbench: Callable[[int, bool], float] | None = None
    _batch: int = 0

    def note(self, name: str, value: float, unit: str) -> None:
        self.notes[name] = (round(value, 2), unit)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Say on standard error what is going on, and keep how long it took."""
        since = time.perf_counter()
        print(f"{name} …", file=sys.stderr, flush=True)
        yield
        self.note(f"length of this part, {name}", time.perf_counter() - since, "s")

    def alternate(self, servers: Sequence[Server], *, with_pgbench: bool = False) -> None:
        """Load one after the other, several times over."""
        for number in range(self.scale.rounds):
            for server in servers:
                self.load(server, CONNECTIONS)
            if with_pgbench and self.pgbench is not None:
                seconds = max(round(self.scale.seconds), 2)
                self.tps.append(self.pgbench(seconds, number == 0))

    def warm_up(self, server: Server) -> None:
        """Load it for a while and forget the figures: pages are in memory, plans are made."""
        self._stretch(server, Load(server.port, self.people, CONNECTIONS, WARM_UP_S))

    def load(self, server: Server, connections: int) -> None:
        """Keep so many connections busy."""
        self.runs.append(self._run(server, connections, None))

    def at_half(self, name: str, server: Server) -> None:
        """Send at half of the rate that 64 connections reached, at fixed moments."""
        rate = median_of(self.of(name), "per_second") / 2
        self.halves.append(self._run(server, CONNECTIONS, rate))

    def of(self, name: str, connections: int = CONNECTIONS) -> list[Run]:
        return [r for r in self.runs if (r.server, r.connections) == (name, connections)]

    def report(self) -> dict[str, Any]:
        """Return it all for machines."""
        from tests.benchmarks.table import ratios_of

        return {
            "generator": self.generator,
            "ratios": ratios_of(self),
            "runs": [asdict(run) for run in self.runs],
            "half_of_saturation": [asdict(run) for run in self.halves],
            "pgbench_tps": self.tps,
            "notes": {name: f"{value} {unit}" for name, (value, unit) in self.notes.items()},
        }

    def _run(self, server: Server, connections: int, rate: float | None) -> Run:
        """Load it for a second at a time, hours apart; at fixed moments all goes in one stretch."""
        seconds, warm_s = self.scale.seconds, self.scale.warm_s
        asked = Load(server.port, self.people, connections, seconds, rate=rate)
        if rate is not None:
            return run_of(server, asked, [self._stretch(server, replace(asked, warm_s=warm_s))])
        self._stretch(server, replace(asked, seconds=warm_s))
        asked = replace(asked, seconds=STRETCH_S)
        stretches = max(round(seconds / STRETCH_S), 1)
        return run_of(server, asked, [self._stretch(server, asked) for _ in range(stretches)])

    def _stretch(self, server: Server, load: Load) -> Stretch:
        """Move the clock on, then send without a pause."""
        if server.url:
            let_time_pass(server.port)
            time.sleep(CLOCK_S)
        self._batch += 2  # a batch number holds a million traces
        before = server.cpu_s(), server.database_cpu_s()
        seen = send(replace(load, batch=self._batch), self.generator)
        share = load.seconds / (load.seconds + load.warm_s)
        return Stretch(
            seen,
            server_cpu_s=share * (server.cpu_s() - before[0]),
            database_cpu_s=share * (server.database_cpu_s() - before[1]),
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """What came back of load without a pause, and the CPU seconds that it took."""

    seen: dict[str, Any]
    server_cpu_s: float
    database_cpu_s: float


def run_of(server: Server, load: Load, stretches: Sequence[Stretch]) -> Run:
    """Put stretches together: rates and CPU over all, latencies of the slowest."""
    seen = [one.seen for one in stretches]
    count = sum(one["count"] for one in seen)
    codes = sum((Counter(one["codes"]) for one in seen), Counter[str]())
    return Run(
        server=server.name,
        connections=load.connections,
        rate=None if load.rate is None else round(load.rate, 1),
        per_second=round(count / sum(one["count"] / one["per_second"] for one in seen), 1),
        p50_ms=max(one["p50_ms"] for one in seen),
        p99_ms=max(one["p99_ms"] for one in seen),
        approved=round(codes["00"] / count, 4),
        server_cpu_us=round(1e6 * sum(one.server_cpu_s for one in stretches) / count, 1),
        database_cpu_us=round(1e6 * sum(one.database_cpu_s for one in stretches) / count, 1),
        generator_cpu_us=round(
            sum(one["generator_cpu_us"] * one["count"] for one in seen) / count, 1
        ),
        memory_mb=round(server.memory_mb(), 1),
        codes=dict(codes.most_common()),
    )


def median_of(runs: Sequence[Run], name: str) -> float:
    values: list[float] = [getattr(run, name) for run in runs]
    return statistics.median(values)
