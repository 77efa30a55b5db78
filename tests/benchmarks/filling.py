"""Years of history in a moment: rows made by the database itself, indexes when they are there.

A row at a time into five indexes, two million rows take minutes; built at the end, an index is
sorted once. Nothing is checked meanwhile that the rows fulfil by the way they are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, create_engine, make_url, text

from pos_sim.domain.calendar import DEMO_START

DAYS = 400
"""So far back goes the longest window of a rule."""

FILLED = ("transactions", "postings", "usage", "risk_point_days")


def fill(url: str, count: int) -> None:
    """Store ``count`` approved withdrawals in a seeded database that nobody serves."""
    engine = create_engine(make_url(url).set(drivername=DRIVERS[make_url(url).get_backend_name()]))
    with engine.connect() as connection:
        for words in HASTE[connection.dialect.name]:
            connection.execute(text(words))
        with without_indexes(connection):
            store_past(connection, count)
        connection.commit()
    engine.dispose()


DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
HASTE = {
    "sqlite": (
        "pragma journal_mode = delete",
        "pragma journal_mode = off",  # a copy: nobody misses what goes wrong
        "pragma synchronous = off",
        "pragma temp_store = memory",
        "pragma cache_size = -262144",
    ),
    "postgresql": (
        "set session_replication_role = replica",  # foreign keys are not asked for
        "set synchronous_commit = off",
        "set work_mem = '256MB'",
        "set maintenance_work_mem = '512MB'",
    ),
}
INDEXES = {
    "sqlite": "select name, sql from sqlite_master where type = 'index' and sql is not null"
    " and tbl_name = :name",
    "postgresql": "select indexname, indexdef from pg_indexes where schemaname = 'public'"
    " and tablename = :name and not exists"
    " (select 1 from pg_constraint c where c.conindid = to_regclass(indexname))",
}


@contextmanager
def without_indexes(connection: Connection) -> Iterator[None]:
    """Take away the indexes that keep no promise, and build them anew at the end."""
    asked = text(INDEXES[connection.dialect.name])
    found = [row for name in FILLED for row in connection.execute(asked, {"name": name})]
    for name, _ in found:
        connection.execute(text(f"drop index {name}"))
    yield
    for _, sql in found:
        connection.exec_driver_sql(sql)


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
