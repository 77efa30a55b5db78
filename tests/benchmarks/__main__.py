"""All benchmarks of the project in one run: ``make bench``, or ``python -m tests.benchmarks``.

``--quick`` takes three minutes, a full run about fifteen. What is compared is measured in
turn, several times, and the table gives ratios of medians: the machine may be slow, or drift, or
be shared.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil

from api.cli.year import SENT_PERCENT
from api.postgres import start
from seeds.traffic.volumes import shipped_volumes
from tests.benchmarks.generators import chosen
from tests.benchmarks.runs import Results, Scale
from tests.benchmarks.servers import Server, bank, limit
from tests.benchmarks.table import YEAR, as_text
from tests.benchmarks.worlds import (
    Seeded,
    age,
    copied,
    pgbench,
    postmaster,
    seeded,
    write_people,
)

QUICK = Scale(rounds=1, seconds=2.0, warm_s=1.0, history=(20_000, 200_000), days=1)
FULL = Scale(rounds=3, seconds=4.0, warm_s=1.5, history=(20_000, 200_000, 2_000_000), days=7)
SWEEP = (1, 16, 256)
PARTS = ("sqlite", "postgresql", "history", "year")


def main() -> None:
    """Measure, and print the table or JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--quick", action="store_true", help="one short round of everything")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--history", type=sizes, help="stored transactions to compare, with commas between"
    )
    parser.add_argument("--generator", choices=("own", "wrk"), help="wrk if it is installed")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    asked = parser.parse_args()
    parts = [part for part in PARTS if part in asked.only.split(",")]
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR", "/var/tmp")) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        scale = QUICK if asked.quick else FULL
        if asked.history:
            scale = replace(scale, history=asked.history)
        results = Results(scale, folder / "people.json", chosen(asked.generator))
        measure(results, folder, parts)
    print(json.dumps(results.report(), indent=2) if asked.json else as_text(results))


def sizes(text: str) -> tuple[int, ...]:
    """Return whole numbers from a list with commas."""
    return tuple(map(int, text.split(",")))


def measure(results: Results, folder: Path, parts: list[str]) -> None:
    """Run the parts one after the other."""
    if "year" in parts:
        with results.section("Year"):
            first_days(results, folder)
    if parts == ["year"]:
        return
    file = seeded(f"sqlite:///{folder}/seeded.db")
    write_people(file.url, results.people)
    results.note("seeding, SQLite", file.rows / file.seed_s, "rows/s")
    if "sqlite" in parts:
        with results.section("SQLite"):
            on_sqlite(results, file)
    if "postgresql" in parts or "history" in parts:
        with database_server(folder / "postgres") as (url, server):
            world = seeded(url)
            results.note("seeding, PostgreSQL", world.rows / world.seed_s, "rows/s")
            if "postgresql" in parts:
                with results.section("PostgreSQL"):
                    on_postgresql(results, world, server)
            if "history" in parts:
                with results.section("History"):
                    with_history(results, [file, world], server)
    elif "history" in parts:
        with_history(results, [file], None)


def first_days(results: Results, folder: Path) -> None:
    """Live through the first days of a year of the bank; say how long all of it would take."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "api.cli", "year", "--json", "--html", f"{folder}/year.html"),
            *("--days", str(results.scale.days), "--database-url", f"sqlite:///{folder}/year.db"),
        ],
        check=False,  # 1 where so few days are not yet like the year
        stdout=subprocess.PIPE,
    )
    pace = json.loads(done.stdout)["pace"]
    operations = sum(volume.count for volume in shipped_volumes().volumes.values())
    whole = operations * SENT_PERCENT / 100
    results.note("the year, requests", pace["requests_per_s"], "/s")
    cpu_s = pace["cpu_s"] / pace["requests"]
    results.note("the year, CPU of a request", 1e6 * cpu_s, "µs")
    results.note("the year, CPU alone", whole * cpu_s / 60, "min")
    results.note(YEAR, whole / pace["requests_per_s"] / 60, "min")


@contextmanager
def database_server(data: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Start the PostgreSQL of the wheel with its own settings; return its address and process."""
    yield start(data), postmaster(data)


def on_sqlite(results: Results, world: Seeded) -> None:
    """One process: the limits, everybody allowed, every rule in force; then more and fewer."""
    with ExitStack() as stack:
        up = stack.enter_context
        limits = [up(limit("bare ASGI", "bare")), up(limit("FastAPI, no work", "no_work"))]
        allowed = up(bank("SQLite, no rules", copied(world.url, "allowed"), watch=False))
        ours = up(bank("SQLite", copied(world.url, "ours")))
        results.note("start, SQLite, bank world", ours.start_s, "s")
        results.alternate([*limits, allowed, ours])
        sweep(results, ours)
        results.at_half("SQLite", ours)


def on_postgresql(results: Results, world: Seeded, server: psutil.Process) -> None:
    """One and two processes, and one transaction a request; pgbench on the same server."""
    program = Path(server.exe()).with_name("pgbench")
    results.pgbench = lambda seconds, fresh: pgbench(world.url, program, seconds, fresh=fresh)
    with ExitStack() as stack:

        def up(name: str, workers: int = 1, group_max: int = 128, watch: bool = True) -> Server:
            url = copied(world.url, f"bench_{len(names)}")
            names.append(name)
            serving = bank(
                name, url, workers=workers, group_max=group_max, watch=watch, database=server
            )
            return stack.enter_context(serving)

        names: list[str] = []
        two_limits = stack.enter_context(limit("FastAPI, no work, 2", "no_work", workers=2))
        one, two = up("PostgreSQL, 1", 1), up("PostgreSQL, 2", 2)
        allowed = up("PostgreSQL, 2, no rules", 2, watch=False)
        naive = up("one by one, PostgreSQL, 1", group_max=1)
        results.note("start, PostgreSQL, bank world", one.start_s, "s")
        results.alternate([two_limits, naive, one, allowed, two], with_pgbench=True)
        sweep(results, one)
        sweep(results, two)
        results.at_half("PostgreSQL, 2", two)


def sweep(results: Results, server: Server) -> None:
    for connections in SWEEP:
        results.load(server, connections)


def with_history(results: Results, worlds: list[Seeded], server: psutil.Process | None) -> None:
    """The same load on a bank that has seen less and more."""
    for world in worlds:
        is_sqlite = world.url.startswith("sqlite")
        kind = "SQLite" if is_sqlite else "PostgreSQL"
        with ExitStack() as stack:
            servers = []
            for count in results.scale.history:
                url = copied(world.url, f"aged_{count}")
                results.note(f"aging, {kind}, {count:,}", age(url, count), "s")
                name = f"{kind}, {count:,} stored"
                serving = bank(name, url, database=None if is_sqlite else server)
                servers.append(stack.enter_context(serving))
                results.note(f"start, {name}", servers[-1].start_s, "s")
            for server_of_age in servers:
                results.warm_up(server_of_age)
            results.alternate(servers)


if __name__ == "__main__":
    main()
