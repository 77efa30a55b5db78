"""The bank's world on both databases, its people for the load generator, and years of history."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import Connection, make_url, text

import migrations
from pos_sim.store.database import Database
from seeds.load import seed_database
from seeds.sizes import Size
from tests.benchmarks.errands import SEED, village_in
from tests.benchmarks.filling import fill

LATER = "PT3H"
"""Longer than any window that load could fill: two hours of a point."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """A database that is copied and never served itself; ``seed_s`` without migrations."""

    url: str
    seed_s: float
    rows: int


def seeded(url: str) -> Seeded:
    """Create the tables and seed the bank."""
    database = Database(url)
    migrations.upgrade(database.sync_engine)
    since = time.perf_counter()
    seed_database(database, Size.BANK, SEED, now=datetime.now(UTC))
    took = time.perf_counter() - since
    rows = database.read_now(count_rows)
    analyze(database)
    database.close_now()
    return Seeded(url, took, rows)


def count_rows(connection: Connection) -> int:
    counts = (f"(select count(*) from {name})" for name in ("cards", "accounts", "service_points"))
    return int(connection.execute(text(f"select {' + '.join(counts)}")).scalar_one())


def analyze(database: Database) -> None:
    """Let PostgreSQL do now what it would do by itself under the load to come."""
    if not database.is_sqlite:
        connect = database.sync_engine.connect()
        with connect.execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))
            connection.execute(text("checkpoint"))


def copied(seeded_url: str, name: str) -> str:
    """Return the address of a copy of a database that nobody uses."""
    url = make_url(seeded_url)
    assert url.database is not None
    if url.get_backend_name() == "sqlite":
        path = Path(url.database).with_name(f"{name}.db")
        shutil.copy(url.database, path)
        return f"sqlite:///{path}"
    with psycopg.connect(plain(url.render_as_string(False)), autocommit=True) as connection:
        sql = f'create database "{name}" template "{url.database}" strategy file_copy'
        connection.execute(sql.encode())
    return url.set(database=name).render_as_string(hide_password=False)


def plain(url: str) -> str:
    """Return the address of the server's own database, as libpq takes it."""
    return make_url(url).set(drivername="postgresql", database="postgres").render_as_string(False)


def write_people(url: str, path: Path) -> None:
    """Write who draws where: every counter with the people of its own county."""
    database = Database(url)
    at_counter: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for one in database.read_now(village_in).customers:
        at_counter[one.terminal].append((one.terminal, one.pan.whole, one.pin.digits))
    database.close_now()
    path.write_text(json.dumps(list(at_counter.values())), "utf-8")


def let_time_pass(port: int) -> None:
    """Move the clock on, so that one run of load is not in the windows of the next.

    What is due by then is done before the server answers: no run of load meets the end of a day.
    """
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/sim/clock",
        data=json.dumps({"advance_by": LATER}).encode(),
        headers={"Authorization": "Bearer demo-admin", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60):
        pass


def age(url: str, count: int) -> float:
    """Store ``count`` approved withdrawals of 400 days, over all points and cards; return seconds.

    Transactions, postings, usage and days of points have the rows that the engine would have
    written; seals and balances are not made, so these books are for speed and not for the audit.
    """
    since = time.perf_counter()
    fill(url, count)
    database = Database(url)
    analyze(database)
    database.close_now()
    return time.perf_counter() - since


def pgbench(url: str, program: Path, seconds: int, *, fresh: bool) -> float:
    """Return the transactions a second of the built-in TPC-B-like script, 16 clients, prepared."""
    address = plain(url)
    if fresh:
        subprocess.run([program, "-i", "-q", "-s", "16", address], check=True, capture_output=True)
    options = ["-M", "prepared", "-c", "16", "-j", "2", "-n", "-T", str(seconds)]
    done = subprocess.run([program, *options, address], check=True, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


def postmaster(data: Path) -> psutil.Process:
    """Return the process of a PostgreSQL server by its data folder; its programs lie beside it."""
    return psutil.Process(int((data / "postmaster.pid").read_text("utf-8").split()[0]))
