"""What the watch costs: the engine in process, nobody watching against all 24 rules.

64 callers ask for everything that a counter offers, in the bank's own world, each card at one
point. Rounds of both kinds alternate on one database, so that a machine whose speed drifts harms
both alike. ``python -m tests.benchmarks.monitor [--size county] [--history N] [--only sqlite]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

import migrations
from api.postgres import start
from pos_sim.domain.calendar import DEMO_START
from pos_sim.engine.monitor import AllowAll, Monitor
from pos_sim.engine.sandbox import Sandbox
from pos_sim.policies import shipped
from pos_sim.store.database import Database
from pos_sim.store.world import WorldFacts
from risk.monitor import RiskMonitor
from seeds.load import seed_database
from seeds.sizes import Size
from tests.benchmarks.errands import PER_ROUND, SEED, Village, requests_of, village_in

CALLERS = 64
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Round:
    """One round: requests a second, CPU of this process in microseconds each, approved."""

    per_second: float
    cpu_us: float
    approved: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--size", default="bank")
    parser.add_argument("--history", type=int, default=0)
    parser.add_argument("--only", default="sqlite,postgresql")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR", "/var/tmp")) as folder:
        Path(folder).chmod(0o755)
        report: dict[str, Any] = {}
        if "sqlite" in asked.only:
            report["sqlite"] = measure(f"sqlite:///{folder}/bench.db", asked)
        if "postgresql" in asked.only:
            report["postgresql"] = measure(start(Path(folder) / "postgres"), asked)
    print(json.dumps(report, indent=2))


def measure(url: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Seed the world, age it, and run the rounds: medians, and the ratio round by round."""
    database = Database(url)
    migrations.upgrade(database.sync_engine)
    seed_database(database, Size(asked.size), SEED, now=datetime.now(UTC))
    village = database.read_now(village_in)
    if asked.history:
        database.run_now(lambda connection: age(connection, asked.history))
    if not database.is_sqlite:
        with database.sync_engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("vacuum analyze"))
    database.close_now()
    rounds = asyncio.run(alternate(url, village))
    ratios = [
        watched.per_second / alone.per_second
        for watched, alone in zip(rounds["watched"], rounds["alone"], strict=True)
    ]
    return {
        name: {
            "per_second": round(statistics.median(r.per_second for r in done)),
            "cpu_us": round(statistics.median(r.cpu_us for r in done)),
            "approved": round(min(r.approved for r in done), 3),
        }
        for name, done in rounds.items()
    } | {"ratio": round(statistics.median(ratios), 3), "ratios": [round(r, 2) for r in ratios]}


def age(connection: Connection, count: int) -> None:
    """Store approved withdrawals of the 400 days before, spread over all points and cards."""
    days, first_us = 400, int((DEMO_START - timedelta(days=401)).timestamp() * 1e6)
    if connection.dialect.name == "sqlite":
        numbers = (
            f"with recursive n(i) as (select 0 union all select i + 1 from n where i < {count - 1})"
        )
        date_of = f"date('2026-03-01', '-' || ({days} - i % {days}) || ' days')"
    else:
        numbers = f"with n(i) as (select generate_series(0, {count - 1}))"
        date_of = f"date '2026-03-01' - ({days} - i % {days})::int"
    connection.execute(
        text(
            f"insert into transactions {numbers} select 'H' || (100000000 + i), t.terminal_id,"
            f" '000001', '000001', 'withdrawal', 'approved', 'approved', '00', 'h', {date_of},"
            f" {first_us} + (i % {days}) * 86400000000 + (i % 30000) * 1000000, 'v',"
            " t.service_point_id, c.card_id, c.card_masked, 'local', 20000, 0, 0, 0, null, null,"
            " 50000, null, null, null, null, null, 'withdrawal', false, null, null, null, null,"
            " null, 's' from n"
            " join (select terminal_id, service_point_id, row_number() over"
            " (order by terminal_id) - 1 as k, count(*) over () as m from terminals"
            " where service_point_id is not null) t on t.k = (i * 7919) % t.m"
            " join (select card_id, card_masked, row_number() over (order by card_id) - 1 as k,"
            " count(*) over () as m from cards) c on c.k = (i * 104729) % c.m"
        )
    )
    connection.execute(
        text(
            "insert into risk_point_days select service_point_id, business_date, count(*),"
            " count(*), sum(amount_fen), count(*), 0, count(*), sum(amount_fen), false, 'h'"
            " from transactions where service_point_id is not null"
            " group by service_point_id, business_date"
        )
    )


async def alternate(url: str, village: Village) -> dict[str, list[Round]]:
    facts = WorldFacts("bank", SEED, timedelta(0))
    monitors: dict[str, Monitor] = {
        "alone": AllowAll(),
        "watched": RiskMonitor(shipped()),
    }
    sandboxes = {
        name: Sandbox.of(Database(url), facts, shipped(), monitor=monitor)
        for name, monitor in monitors.items()
    }
    rounds: dict[str, list[Round]] = {name: [] for name in monitors}
    for number in range(-1, ROUNDS):
        for place, (name, sandbox) in enumerate(sandboxes.items()):
            done = await one_round(sandbox, village, 2 * (number + 1) + place)
            if number >= 0:  # the first warms up
                rounds[name].append(done)
    for sandbox in sandboxes.values():
        await sandbox.close()
    return rounds


async def one_round(sandbox: Sandbox, village: Village, number: int) -> Round:
    codes: Counter[str] = Counter()
    left = iter(list(requests_of(village, number)))

    async def caller() -> None:
        for request in left:
            decision = await sandbox.engine.perform(request)
            assert decision.transaction is not None
            codes[decision.transaction.response_code] += 1

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Round(PER_ROUND / wall, 1e6 * cpu / PER_ROUND, codes["00"] / PER_ROUND)


if __name__ == "__main__":
    main()
