"""The audit: a right bank has no findings, and one wrong fen anywhere is found.

The money columns are those whose names end in ``_fen``, as the tables have them today: a new one
is tried here without anybody remembering it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from random import Random
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Row, Table, and_, select, update
from sqlalchemy.exc import IntegrityError

from pos_sim.domain.accounts import Kind, bank_account_id
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.sql import Statement
from pos_sim.store.tables import metadata
from tests.busy_day import live_through
from tests.conftest import NewDatabase
from tests.state import check_all, in_database
from tests.store.crimes import CRIMES, Crime
from tests.undone import undone
from tests.worlds import SECRETS

MONEY = [
    column
    for table in metadata.sorted_tables
    for column in table.columns
    if column.name.endswith("_fen")
    and not table.name.startswith("risk_")
    and table.name not in {"point_controls", "point_grades"}
]
"""The watch adds tables of its own to the metadata; what it sums up is its own to check.

The limit of a control is a setting, the turnover of a grade a figure of a month: no money.
"""

A_SHAPE = {
    "accounts": ("kind",),
    "transactions": ("business", "first_status", "status"),
    "bills": ("paid_by",),
    "usage": ("kind",),
    "settlements": ("bank_id",),
}
"""By which columns rows differ in kind: of each kind some are tried."""

OF_A_SHAPE = 2


@pytest.fixture(scope="module")
def busy_database(new_database: NewDatabase) -> Iterator[Database]:
    """The small world in the evening of a busy day; tests roll back what they do to it."""
    database = Database(new_database())
    database.run_now(lambda connection: live_through(connection, database))
    yield database
    database.close_now()


# Nothing wrong ------------------------------------------------------------------------------------


def test_a_fresh_world_has_no_findings(still_database: Database) -> None:
    with undone(still_database) as connection:
        assert audit(connection, SECRETS.key) == []


def test_a_busy_day_has_no_findings(busy_database: Database) -> None:
    with undone(busy_database) as connection:
        assert audit(connection, SECRETS.key) == []
        check_all(in_database(connection))


def test_the_busy_day_has_seen_everything(busy_database: Database) -> None:
    """Else the cases below would prove less than they say."""
    with undone(busy_database) as connection:
        state = in_database(connection)
        settled = connection.execute(select(metadata.tables["settlements"])).all()
    seen = Counter(
        (t.business, t.first_status.value, t.status.value) for t in state.transactions.values()
    )
    for business in ("withdrawal", "cash_remittance", "transfer", "bill_payment"):
        for first, now in (
            ("approved", "approved"),
            ("approved", "reversed"),
            ("declined", "declined"),
        ):
            assert seen[business, first, now], (business, first, now)
    for business in ("transfer", "cash_remittance"):
        assert seen[business, "held", "approved"], business
        assert seen[business, "held", "reversed"], business
    assert seen["transfer", "held", "held"]
    assert seen["balance_inquiry", "approved", "approved"]
    assert seen["annual_fee", "approved", "approved"]
    assert {t.funding for t in state.transactions.values()} == {None, "card", "cash"}
    assert any(t.fee_waived for t in state.transactions.values())
    suspense = bank_account_id("gyb", Kind.SUSPENSE)
    shortfalls = [e for e in state.entries["52010001000001009003"] if e.debit == suspense]
    assert shortfalls
    assert len({row.business_date for row in settled}) >= 3


# One wrong fen ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("column", MONEY, ids=str)
def test_one_wrong_fen_is_found_or_refused(
    busy_database: Database, column: Column[int], by: int
) -> None:
    with undone(busy_database) as connection:
        rows = some_rows(connection, column)
        assert rows, f"nobody has a {column} on a busy day: give it one"
        missed = [row for row in rows if not is_noticed(connection, column, row, by)]
    assert missed == []


def some_rows(connection: Connection, column: Column[int]) -> list[Row[Any]]:
    """Return some rows of every shape that have a value in this column."""
    table = column.table
    assert isinstance(table, Table)
    shape = A_SHAPE.get(table.name, ())
    found = connection.execute(
        select(table).where(column.is_not(None)).order_by(*table.primary_key.columns)
    ).all()
    shaped = sorted(found, key=lambda row: shape_of(row, shape))
    chance, chosen = Random(7), list[Row[Any]]()
    for _, alike in groupby(shaped, key=lambda row: shape_of(row, shape)):
        rows = list(alike)
        chosen += chance.sample(rows, min(OF_A_SHAPE, len(rows)))
    return chosen if shape else chance.sample(shaped, min(20, len(shaped)))


def shape_of(row: Row[Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    values = row._mapping
    return tuple(
        str(values[name]) if name != "paid_by" else str(values[name] is None) for name in columns
    )


def is_noticed(connection: Connection, column: Column[int], row: Row[Any], by: int) -> bool:
    table = column.table
    assert isinstance(table, Table)
    this = and_(*(key == row._mapping[key.name] for key in table.primary_key.columns))
    savepoint = connection.begin_nested()
    try:
        connection.execute(update(table).where(this).values({column.name: column + by}))
        return bool(audit(connection, SECRETS.key))
    except IntegrityError:
        return True  # the database itself has refused
    finally:
        savepoint.rollback()


# Other crimes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("crime", CRIMES, ids=lambda c: c.what)
def test_a_crime_is_noticed(busy_database: Database, crime: Crime) -> None:
    with undone(busy_database) as connection:
        assert Statement(crime.sql).run(connection) > 0
        findings = audit(connection, SECRETS.key)
    assert crime.check in {finding.check for finding in findings}
