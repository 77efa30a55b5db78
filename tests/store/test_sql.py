"""SQL templates and sets of rows: one wording, the same outcome on both databases."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from pos_sim.store.database import Database
from pos_sim.store.sql import InsertSet, Statement, UpdateSet
from pos_sim.store.tables import accounts, usage, world
from pos_sim.store.trips import KEPT, Trips
from risk.store.tables import risk_readings
from tests.undone import undone

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)
HOSTILE = ["'; drop table world; --", 'a"b', "100%", ":name", "{in:x text}", "贵州", "\\", "a,b"]
HOSTILE += ["null", "", "a\nb", "\\n", '{"a": "\\\\\\t"}', "\x01\x7f\u2028", "{}", " "]
KNOWN = ("size", "seed", "clock_offset_us")


@pytest.fixture(params=["alone", "in trips"])
def connection(request: pytest.FixtureRequest, still_database: Database) -> Iterator[Connection]:
    """A connection whose work is undone; on PostgreSQL its statements may travel together."""
    with undone(still_database) as connection:
        if request.param == "in trips" and not still_database.is_sqlite:
            connection.info[KEPT] = Trips(connection)
        yield connection
        connection.info.pop(KEPT, None)


# Templates ----------------------------------------------------------------------------------------


def test_each_database_gets_its_own_wording() -> None:
    statement = Statement("select a from t where b {in:names text} and c = :c order by a {lock:t}")
    assert statement.sqlite == (
        "select a from t where b in (select value from json_each(:names)) and c = :c order by a "
    )
    assert statement.postgresql == (
        "select a from t where b = any(cast(%(names)s as text[])) and c = %(c)s order by a"
        " for update of t"
    )
    assert statement.lists == {"names"}


def test_a_cast_and_a_percent_sign_are_no_parameters() -> None:
    statement = Statement("select x::text from t where x like 'a%' and y = :y")
    assert statement.postgresql == "select x::text from t where x like 'a%%' and y = %(y)s"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], []),
        (["seed"], ["seed"]),
        ({"seed", "size", "none"}, ["seed", "size"]),
        (HOSTILE, []),
        ([*HOSTILE, "seed"], ["seed"]),
    ],
    ids=["none", "one", "some", "hostile", "mixed"],
)
def test_membership_in_a_list(connection: Connection, names: Any, found: list[str]) -> None:
    statement = Statement("select name from world where name {in:names text} order by name")
    assert [row[0] for row in statement.rows(connection, names=names)] == found


def test_membership_by_number(connection: Connection) -> None:
    statement = Statement(
        "select account_id from accounts where account_id {in:ids bigint} order by account_id"
    )
    rows = statement.rows(connection, ids=iter([1_001, 1_000, 2**60]))
    assert [row[0] for row in rows] == [1_000, 1_001]


def test_membership_by_day(connection: Connection) -> None:
    PUT_USAGE.run(connection, [("withdrawal", 1, d.isoformat(), 5, 1) for d in (DAY, NEXT)])
    statement = Statement("select amount_fen from usage where business_date {in:days date}")
    assert len(statement.rows(connection, days=[DAY.isoformat()])) == 1
    assert len(statement.rows(connection, days=[DAY.isoformat(), NEXT.isoformat()])) == 2


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_only_a_value(connection: Connection, value: str) -> None:
    PUT_WORLD.run(connection, [(value, value)])
    statement = Statement("select value from world where name = :name")
    assert statement.rows(connection, name=value) == [(value,)]


def test_a_lock_is_taken_where_there_are_row_locks(connection: Connection) -> None:
    statement = Statement("select name from world w where name = :name {lock:w}")
    assert statement.rows(connection, name="seed") == [("seed",)]


def test_a_statement_counts_the_rows_it_changed(connection: Connection) -> None:
    statement = Statement("update world set value = :value where name {in:names text}")
    assert statement.run(connection, value="9", names=["seed", "size", "none"]) == 2


# Sets of rows -------------------------------------------------------------------------------------

PUT_WORLD = InsertSet(world, ["name", "value"])
KEEP_WORLD = InsertSet(world, ["name", "value"], "on conflict do nothing")
UPSERT_WORLD = InsertSet(
    world, ["name", "value"], "on conflict (name) do update set value = excluded.value"
)
PUT_USAGE = InsertSet(usage, ["kind", "subject_id", "business_date", "amount_fen", "count"])
PUT_ACCOUNTS = InsertSet(accounts, [column.name for column in accounts.columns])
PUT_READINGS = InsertSet(risk_readings, ["terminal_id", "at_us", "drift_m", "accuracy_m"])
CHANGE_WORLD = UpdateSet(world, ["value"], ["name"])
CHANGE_USAGE = UpdateSet(usage, ["amount_fen", "count"], ["subject_id", "business_date", "kind"])


def world_of(connection: Connection) -> dict[str, str]:
    rows = Statement("select name, value from world").rows(connection)
    return {name: value for name, value in rows if name not in KNOWN and name != "demo"}


def test_no_rows_no_statement() -> None:
    nobody: Any = None  # a connection would be asked for its dialect
    PUT_WORLD.run(nobody, [])
    CHANGE_WORLD.run(nobody, [])


def test_a_set_of_rows_is_inserted(connection: Connection) -> None:
    rows = [(f"n{i}", value) for i, value in enumerate(HOSTILE)]
    PUT_WORLD.run(connection, rows)
    assert world_of(connection) == dict(rows)


@pytest.mark.parametrize(
    ("insert", "value"), [(KEEP_WORLD, "old"), (UPSERT_WORLD, "new")], ids=["keep", "upsert"]
)
def test_what_happens_to_a_row_that_is_there(
    connection: Connection, insert: InsertSet, value: str
) -> None:
    PUT_WORLD.run(connection, [("a", "old")])
    insert.run(connection, [("a", "new"), ("b", "new")])
    assert world_of(connection) == {"a": value, "b": "new"}


def test_every_type_arrives_as_it_left(connection: Connection) -> None:
    rows = [
        (9_001, "520019999999991", "till", "gyb", "甲", True, -(2**60)),
        (9_002, "520019999999992", "biller", "gyb", "乙", False, None),
    ]
    PUT_ACCOUNTS.run(connection, rows)
    statement = Statement(
        "select account_id, account_no, kind, bank_id, name, is_open, balance_fen from accounts"
        " where account_id {in:ids bigint} order by account_id"
    )
    assert [tuple(row) for row in statement.rows(connection, ids=[9_001, 9_002])] == rows


def test_every_number_arrives_as_it_left(connection: Connection) -> None:
    numbers = [0.1, -1e300, 5e-324, math.inf, 7]
    PUT_READINGS.run(connection, [(f"T{i}", i, n, n) for i, n in enumerate(numbers)])
    found = Statement("select drift_m from risk_readings order by at_us").rows(connection)
    assert [row[0] for row in found] == numbers


def test_only_the_named_rows_change(connection: Connection) -> None:
    PUT_WORLD.run(connection, [("a", "1"), ("b", "2"), ("c", "3")])
    CHANGE_WORLD.run(connection, [("9", "a"), ("8", "c"), ("7", "none")])
    assert world_of(connection) == {"a": "9", "b": "2", "c": "8"}


def test_a_row_is_found_by_all_parts_of_its_key(connection: Connection) -> None:
    kinds, days, subjects = ("withdrawal", "transfer"), (DAY, NEXT), (1, 2)
    PUT_USAGE.run(
        connection,
        [(k, s, d.isoformat(), 5, 1) for k in kinds for s in subjects for d in days],
    )
    CHANGE_USAGE.run(connection, [(6, 2, 1, DAY.isoformat(), "transfer")])
    rows = Statement(
        "select kind, subject_id, business_date, count from usage where amount_fen = 6"
    ).rows(connection)
    assert [(k, s, str(d), c) for k, s, d, c in rows] == [("transfer", 1, DAY.isoformat(), 2)]


@pytest.mark.parametrize("count", [1, 1_000])
def test_large_sets_are_sets_too(connection: Connection, count: int) -> None:
    PUT_WORLD.run(connection, [(f"n{i}", str(i)) for i in range(count)])
    assert len(world_of(connection)) == count
