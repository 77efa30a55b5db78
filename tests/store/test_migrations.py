"""Migrations: up, down and up again, and the migrated database is what the tables say."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect
from sqlalchemy.schema import SchemaItem

import migrations
from pos_sim.store.database import Database
from pos_sim.store.tables import metadata
from tests.world_rows import seed

TABLES = metadata.tables
"""Those of the bank; the watch's own join them when a migration imports them."""


def tables_of(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_an_empty_database_is_not_current_and_a_migrated_one_is(empty_database: Database) -> None:
    engine = empty_database.sync_engine
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)
    assert TABLES.keys() == empty_database.read_now(tables_of)


def test_up_down_and_up_again(empty_database: Database) -> None:
    engine = empty_database.sync_engine
    migrations.upgrade(engine)
    migrations.downgrade(engine)
    assert empty_database.read_now(tables_of) == set()
    migrations.upgrade(engine)
    empty_database.run_now(seed)  # and it works


def test_upgrading_twice_is_once(empty_database: Database) -> None:
    migrations.upgrade(empty_database.sync_engine)
    empty_database.run_now(seed)
    migrations.upgrade(empty_database.sync_engine)
    assert empty_database.read_now(tables_of) == TABLES.keys()


def test_alembic_finds_no_difference_between_the_database_and_the_tables(
    empty_database: Database,
) -> None:
    migrations.upgrade(empty_database.sync_engine)

    def differences(connection: Connection) -> list[object]:
        def stands_here(thing: SchemaItem, *_: object) -> bool:
            return thing.info.get("only_on") in (None, connection.dialect.name)

        opts = {"compare_type": True, "include_object": stands_here}
        context = MigrationContext.configure(connection, opts=opts)
        found: list[object] = compare_metadata(context, metadata)
        return found

    assert empty_database.read_now(differences) == []


def test_every_check_of_the_tables_stands_in_the_database(empty_database: Database) -> None:
    """Alembic does not compare checks, so they are compared here, by name."""
    migrations.upgrade(empty_database.sync_engine)

    def checks(connection: Connection) -> dict[str, list[str]]:
        inspector = inspect(connection)
        return {
            table: sorted(str(check["name"]) for check in inspector.get_check_constraints(table))
            for table in TABLES
        }

    assert empty_database.read_now(checks) == {
        name: sorted(str(c.name) for c in table.constraints if isinstance(c, CheckConstraint))
        for name, table in TABLES.items()
    }
