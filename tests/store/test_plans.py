"""The plans of a group's statements on PostgreSQL: by key, even when made on an empty table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from pos_sim.store import book_rows, lock_bills
from pos_sim.store.database import Database
from pos_sim.store.sql import Statement
from risk import weighing
from risk.store import newest, point_days, read_group, read_later, read_payees, save_hits

ROOMS = (
    book_rows,
    lock_bills,
    read_group,
    read_later,
    read_payees,
    point_days,
    save_hits,
    weighing,
)


def test_no_statement_of_a_group_reads_a_whole_table(shared: Database) -> None:
    """Whoever plans a join while a table is nearly empty reads all of it, and keeps to that."""

    def plans(connection: Connection) -> dict[str, list[str]]:
        return {name: plan_of(connection, one.numbered.decode()) for name, one in statements()}

    found = shared.run_brief_now(plans)
    assert len(found) > 25
    assert {name: bad for name, plan in found.items() if (bad := list(whole_reads(plan)))} == {}


def test_a_statement_that_reads_a_whole_table_would_be_seen(shared: Database) -> None:
    sql = "select business from transactions where amount_fen = $1"
    assert list(whole_reads(shared.run_brief_now(lambda connection: plan_of(connection, sql))))


def statements() -> Iterator[tuple[str, Statement]]:
    for room in ROOMS:
        for name, found in vars(room).items():
            one = found.on if isinstance(found, newest.NewestOf) else found
            one = one.get("postgresql") if isinstance(one, Mapping) else one
            if isinstance(one, Statement):
                yield f"{room.__name__}.{name}", one


def plan_of(connection: Connection, sql: str) -> list[str]:
    connection.exec_driver_sql(f"prepare asked as {sql}")
    values = ", ".join("null" for number in range(1, 20) if f"${number}" in sql)
    asked = f"execute asked({values})" if values else "execute asked"
    plan = [row[0] for row in connection.exec_driver_sql(f"explain {asked}")]
    connection.exec_driver_sql("deallocate asked")
    return plan


def whole_reads(plan: list[str]) -> Iterator[str]:
    """Give the scans without a condition on an index; the first of an order needs none."""
    for before, line, after in zip(["", *plan], plan, [*plan[1:], ""], strict=False):
        is_without_key = "Index" in line and " Scan" in line and "Index Cond" not in after
        if ("Seq Scan" in line or is_without_key) and "Limit" not in before:
            yield line
