"""Writing very many rows into empty tables: COPY on PostgreSQL, prepared rows on SQLite.

On PostgreSQL foreign keys, unique constraints and secondary indexes are set aside first and
made again, word for word, when all rows are there: that is several times faster, and a row that
breaks a promise still fails the whole load.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from seeds.records import TABLES, Batch

CONSTRAINTS = text("""
    select conrelid::regclass::text as table_name, conname as name,
           pg_get_constraintdef(oid) as definition, contype <> 'f' as comes_first
    from pg_constraint
    where contype in ('f', 'u') and conrelid = any(cast(:tables as regclass[]))
    order by comes_first desc, conname
""")
INDEXES = text("""
    select i.relname as name, pg_get_indexdef(i.oid) as definition
    from pg_index x join pg_class i on i.oid = x.indexrelid
    where x.indrelid = any(cast(:tables as regclass[]))
      and not exists (select from pg_constraint c where c.conindid = i.oid)
    order by i.relname
""")


def write_batch(connection: Connection, batch: Batch) -> int:
    """Write the rows of a batch, table by table; return how many there were."""
    for name, record in TABLES.items():
        rows: Sequence[tuple[Any, ...]] = getattr(batch, name)
        if rows:
            _write(connection, name, record._fields, rows)
    return len(batch)


@contextmanager
def set_aside(connection: Connection) -> Iterator[None]:
    """Load without constraints and indexes on PostgreSQL; they stand again afterwards."""
    if connection.dialect.name == "sqlite":
        yield
        return
    tables = {"tables": list(TABLES)}
    constraints = connection.execute(CONSTRAINTS, tables).all()
    indexes = connection.execute(INDEXES, tables).all()
    for row in reversed(constraints):
        _ddl(connection, f'alter table {row.table_name} drop constraint "{row.name}"')
    for row in indexes:
        _ddl(connection, f'drop index "{row.name}"')
    yield
    for row in constraints:
        _ddl(
            connection,
            f'alter table {row.table_name} add constraint "{row.name}" {row.definition}',
        )
    for row in indexes:
        _ddl(connection, row.definition)


def after_load(connection: Connection) -> None:
    """Let new postings get numbers after the loaded ones, and tell the planner what is there."""
    if connection.dialect.name != "sqlite":
        _ddl(
            connection,
            "select setval(pg_get_serial_sequence('postings', 'posting_no'),"
            " (select coalesce(max(posting_no), 1) from postings))",
        )
    _ddl(connection, "analyze")
    if connection.dialect.name == "sqlite":
        _forget_growing(connection)


def _forget_growing(connection: Connection) -> None:
    """Let SQLite's planner forget the journal: all it has seen of it is the day of the opening.

    A journal of one day is read as a whole; PostgreSQL looks again by itself, SQLite never does.
    """
    _ddl(connection, "delete from sqlite_stat1 where tbl = 'postings'")
    _ddl(connection, "analyze sqlite_schema")  # reads what is left, and looks at nothing


def _write(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in columns)
        connection.exec_driver_sql(f"insert into {table} ({names}) values ({marks})", list(rows))
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _ddl(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))
