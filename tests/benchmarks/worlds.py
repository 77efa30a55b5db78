"""The bank's world on both databases, its people for the load generator, and years of history."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import Connection, make_url, text

import migrations
from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from seeds.load import seed_database
from seeds.sizes import Size
from tests.benchmarks.monitor import SEED, village_in

DAYS = 400
"""So far back goes the longest window of a rule."""

LATER = timedelta(hours=3)
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
    """Give PostgreSQL the statistics that it would gather itself a minute later."""
    if not database.is_sqlite:
        connect = database.sync_engine.connect()
        with connect.execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))


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


def let_time_pass(url: str) -> None:
    """Move the clock on, so that one run of load is not in the windows of the next."""
    database = Database(url)
    sql = (
        "update world set value = cast(cast(value as bigint) + :us as varchar)"
        " where name = 'clock_offset_us'"
    )
    values = {"us": LATER // timedelta(microseconds=1)}
    database.run_now(lambda connection: connection.execute(text(sql), values))
    database.close_now()


def age(url: str, count: int) -> float:
    """Store ``count`` approved withdrawals of 400 days, over all points and cards; return seconds.

    Transactions, postings, usage and days of points have the rows that the engine would have
    written; seals and balances are not made, so these books are for speed and not for the audit.
    """
    database = Database(url)
    since = time.perf_counter()
    database.run_now(lambda connection: store_past(connection, count))
    analyze(database)
    database.close_now()
    return time.perf_counter() - since


def store_past(connection: Connection, count: int) -> None:
    first = DEMO_START - timedelta(days=DAYS)
    is_sqlite = connection.dialect.name == "sqlite"
    words = SQLITE if is_sqlite else POSTGRESQL
    values = {
        "count": count,
        "days": DAYS,
        "first": first.date().isoformat() if is_sqlite else first.date(),
        "first_us": int(first.timestamp() * 1e6),
        "counters": connection.execute(text(f"select count(*) from ({COUNTERS}) c")).scalar_one(),
        "graded": f"{DEMO_START - timedelta(days=DEMO_START.day):%Y-%m}",
        "cards": connection.execute(text("select count(*) from cards")).scalar_one(),
    }
    for sql in PAST:
        ready = text(sql.format(**words))
        connection.execute(ready, {name: values[name] for name in ready.compile().params})


COUNTERS = (
    "select terminal_id, service_point_id, till_account_id, row_number() over"
    " (order by terminal_id) - 1 as k from terminals"
    " where service_point_id is not null and till_account_id is not null"
)
SQLITE = {
    "numbers": "with recursive n(i) as (select 0 union all select i + 1 from n"
    " where i < :count - 1)",
    "day": "date(:first, '+' || (i * :days / :count) || ' days')",
}
POSTGRESQL = {
    "numbers": "with n(i) as (select generate_series(0, cast(:count as bigint) - 1))",
    "day": "cast(:first as date) + cast(i * :days / :count as integer)",
}

PAST: Sequence[str] = (
    "create temp table drawn as {numbers} select 'H' || (1000000000 + i) as id, t.terminal_id,"
    " t.service_point_id, t.till_account_id, p.operator_account_id, c.card_id, c.card_masked,"
    " c.account_id, {day} as day,"
    " :first_us + (i * :days / :count) * 86400000000 + (i % 30000) * 1000000 as us, i from n"
    f" join ({COUNTERS}) t on t.k = (i * 7919) % :counters"
    " join service_points p on p.service_point_id = t.service_point_id"
    " join (select card_id, card_masked, account_id, row_number() over (order by card_id) - 1"
    " as k from cards) c on c.k = (i * 104729) % :cards",
    "insert into transactions select id, terminal_id, '000001', '000001', 'withdrawal',"
    " 'approved', 'approved', '00', 'h', day, us, 'v', service_point_id, card_id, card_masked,"
    " 'local', 20000, 0, 0, 0, null, null, 50000, null, null, null, null, null, 'withdrawal',"
    " false, null, null, null, null, null, 's' from drawn order by i",
    "insert into postings (entry_id, business_date, debit_account_id, credit_account_id,"
    " amount_fen) select id, day, account_id, operator_account_id, 20000 from drawn"
    " where account_id <> operator_account_id order by i",
    "insert into postings (entry_id, business_date, debit_account_id, credit_account_id,"
    " amount_fen) select id, day, 13, till_account_id, 20000 from drawn order by i",
    "insert into usage (kind, subject_id, business_date, amount_fen, count)"
    " select 'withdrawal', card_id, day, count(*) * 20000, count(*) from drawn"
    " group by card_id, day",
    "insert into risk_point_days select service_point_id, day, count(*), count(*),"
    " count(*) * 20000, count(*), 0, count(*), count(*) * 20000, false, 'h' from drawn"
    " group by service_point_id, day",
    # Nothing crossed banks. What the clock owes the past is done: it would be done under the load.
    "insert into settlements (business_date, bank_id, received_fen, given_fen, net_fen)"
    " select distinct d.day, p.bank_id, 0, 0, 0 from drawn d cross join"
    " (select distinct bank_id from service_points) p",
    "insert into world (name, value) values ('graded_through', :graded)",
)


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
