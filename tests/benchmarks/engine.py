"""The engine in process: grouped against one transaction a request, on both databases.

64 callers draw 100 yuan again and again at 200 points (hot operator accounts) with cards of every
bank (hot clearing accounts). Rounds of both kinds alternate, so that a machine whose speed drifts
harms both alike. Run: ``make bench`` or ``python -m tests.benchmarks.engine [--json]``.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

import migrations
from api.postgres import start
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.cards import Pan, Pin
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Key, Withdrawal
from pos_sim.engine.sandbox import Sandbox
from pos_sim.policies import shipped
from pos_sim.store.database import Database
from pos_sim.store.tables import cards, service_points, terminals
from pos_sim.store.world import WorldFacts
from seeds.load import seed_database
from seeds.numbers import pan_of, pin_of
from seeds.sizes import Size

SEED = 20260101
CALLERS = 64
ROUNDS = 5
PER_ROUND = {1: 1_000, 128: 8_000}


@dataclass(frozen=True, slots=True)
class Round:
    """One round: transactions a second, CPU of this process in microseconds each, approved."""

    per_second: float
    cpu_us: float
    approved: float


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR", "/var/tmp")) as folder:
        Path(folder).chmod(0o755)
        report = {
            "fsync_us": round(fsync_us(Path(folder)), 1),
            "sqlite": measure(f"sqlite:///{folder}/bench.db"),
            "postgresql": measure(start(Path(folder) / "postgres")),
        }
    print(json.dumps(report, indent=2) if "--json" in sys.argv else table(report))


def measure(url: str) -> dict[str, dict[str, float]]:
    """Seed the county and run the rounds; medians by group size, and their ratio."""
    database = Database(url)
    migrations.upgrade(database.sync_engine)
    seed_database(database, Size.COUNTY, SEED, now=datetime.now(UTC))
    payers, counters = database.read_now(world)
    database.close_now()
    rounds = asyncio.run(alternate(url, payers, counters))
    medians = {
        str(size): {
            "per_second": round(statistics.median(r.per_second for r in done)),
            "cpu_us": round(statistics.median(r.cpu_us for r in done)),
            "approved": round(min(r.approved for r in done), 3),
        }
        for size, done in rounds.items()
    }
    ratios = [g.per_second / one.per_second for g, one in zip(rounds[128], rounds[1], strict=True)]
    medians["ratio"] = {
        "min": round(min(ratios), 1),
        "median": round(statistics.median(ratios), 1),
        "max": round(max(ratios), 1),
    }
    return medians


def world(connection: Connection) -> tuple[list[tuple[Pan, Pin]], list[str]]:
    """Return the cards that work, and the terminals of 200 open points."""
    working = (cards.c.status == "active") & (cards.c.product != "credit")
    found = connection.execute(
        select(cards.c.card_id, cards.c.bank_id).where(working & cards.c.magic_name.is_(None))
    )
    payers = [(pan_of(SEED, BANKS[b], i), pin_of(SEED, i)) for i, b in found]
    at_counter = (
        select(terminals.c.terminal_id)
        .join(service_points)
        .where((service_points.c.status == "open") & (terminals.c.kind == "pos"))
    )
    return payers, [row[0] for row in connection.execute(at_counter.limit(200))]


async def alternate(
    url: str, payers: list[tuple[Pan, Pin]], counters: list[str]
) -> dict[int, list[Round]]:
    facts = WorldFacts("county", SEED, timedelta(0))
    sandboxes = {
        size: Sandbox.of(Database(url), facts, shipped(), group_max=size) for size in PER_ROUND
    }
    rounds: dict[int, list[Round]] = {size: [] for size in PER_ROUND}
    for number in range(-1, ROUNDS):
        for size, sandbox in sandboxes.items():
            batch = f"{size:03d}{number + 1:03d}"
            done = await one_round(sandbox, payers, counters, PER_ROUND[size], batch, number)
            if number >= 0:  # the first warms up
                rounds[size].append(done)
    for sandbox in sandboxes.values():
        await sandbox.close()
    return rounds


async def one_round(
    sandbox: Sandbox,
    payers: list[tuple[Pan, Pin]],
    counters: list[str],
    count: int,
    batch: str,
    number: int,
) -> Round:
    dice = random.Random(f"{batch}{number}")
    left = iter(range(count))
    codes: Counter[str] = Counter()
    # Each round has a day of its own, so that no card meets its limit.
    received_at = DEMO_START + timedelta(days=number + 1)

    async def caller() -> None:
        for trace in left:
            pan, pin = dice.choice(payers)
            request = Withdrawal(
                key=Key(dice.choice(counters), batch, f"{trace:06d}"),
                received_at=received_at,
                pan=pan,
                pin=pin,
                amount=yuan(100),
            )
            decision = await sandbox.engine.perform(request)
            assert decision.transaction is not None
            codes[decision.transaction.response_code] += 1

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Round(count / wall, 1e6 * cpu / count, codes["00"] / count)


def fsync_us(folder: Path, times: int = 200) -> float:
    """Return the median time in which the disk of ``folder`` keeps one page."""
    taken = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(times):
            start_ = time.perf_counter()
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
            taken.append(1e6 * (time.perf_counter() - start_))
    return statistics.median(taken)


def table(report: dict[str, object]) -> str:
    """Return the report for people."""
    lines = [f"fsync of one page: {report['fsync_us']} µs (median)", ""]
    lines.append(f"{'':12}{'one by one':>14}{'groups of 128':>16}{'ratio (min–max)':>22}")
    for name in ("sqlite", "postgresql"):
        found = report[name]
        assert isinstance(found, dict)
        one, many, ratio = found["1"], found["128"], found["ratio"]
        lines.append(
            f"{name:12}{one['per_second']:>12}/s{many['per_second']:>14}/s"
            f"{ratio['median']:>10} ({ratio['min']}–{ratio['max']})"
        )
        lines.append(
            f"{'':12}{one['cpu_us']:>10} µs CPU{many['cpu_us']:>10} µs CPU"
            f"   approved {min(one['approved'], many['approved']):.0%}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
