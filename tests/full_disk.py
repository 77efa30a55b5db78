"""A database without room for another row of one table, and room again."""

from __future__ import annotations

from pos_sim.store.database import Database

NO_ROOM = """
create function no_room() returns trigger language plpgsql as
$$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
create trigger no_room before insert on {table} for each row execute function no_room();
"""


def make_full(database: Database, table: str, *, spare_pages: int = 0) -> None:
    """Let the database have no room for another row of a table; SQLite may still grow a little."""
    with database.sync_engine.begin() as connection:
        if database.is_sqlite:
            pages = connection.exec_driver_sql("pragma page_count").scalar_one()
            connection.exec_driver_sql(f"pragma max_page_count = {pages + spare_pages}")
        else:
            connection.exec_driver_sql(NO_ROOM.format(table=table))


def make_room(database: Database, table: str) -> None:
    """Let it grow again."""
    with database.sync_engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("pragma max_page_count = 1000000")
        else:
            connection.exec_driver_sql(f"drop trigger no_room on {table}")
