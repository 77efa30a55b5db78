"""The audit log: one chain, whoever writes, and nothing can be changed in it unseen."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from risk.audit_log import Wanted, list_entries, verify_chain, write_entry


def write(connection: Connection, subjects: Sequence[str], actor: str = "maker") -> None:
    for subject in subjects:
        write_entry(
            connection,
            at=DEMO_START,
            actor=actor,
            action="freeze",
            subject_kind="point",
            subject_id=subject,
            before={"status": "open"},
            after={"status": "frozen"},
            why="套现嫌疑",
        )


def subjects_in(database: Database, wanted: Wanted | None = None) -> list[str]:
    page = database.read_now(lambda c: list_entries(c, wanted or Wanted(), 200, None))
    return [entry.subject_id for entry in page.items]


def broken_at(database: Database) -> int | None:
    _, broken = database.read_now(verify_chain)
    return None if broken is None else broken.seq


def test_entries_come_back_as_they_were_written_the_newest_first(database: Database) -> None:
    database.run_now(lambda c: write(c, "ab"))
    database.run_now(lambda c: write(c, "c", actor="clock"))
    (newest, *_) = database.read_now(lambda c: list_entries(c, Wanted(), 10, None)).items
    assert (newest.seq, newest.actor, newest.at) == (3, "clock", DEMO_START)
    assert (newest.before, newest.after) == ({"status": "open"}, {"status": "frozen"})
    assert subjects_in(database) == ["c", "b", "a"]
    assert subjects_in(database, Wanted(actor="maker")) == ["b", "a"]
    assert broken_at(database) is None


def test_what_is_rolled_back_leaves_no_entry(database: Database) -> None:
    def fails(connection: Connection) -> None:
        write(connection, "a")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.run_now(fails)
    database.run_now(lambda c: write(c, "b"))
    assert subjects_in(database) == ["b"]
    assert broken_at(database) is None


def test_in_any_other_transaction_an_entry_is_written_at_once(database: Database) -> None:
    with database.sync_engine.begin() as connection:
        write(connection, "a")
        assert [e.subject_id for e in list_entries(connection, Wanted(), 9, None).items] == ["a"]
    assert broken_at(database) is None


def test_many_writers_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        for n in range(24):
            work = partial(write, subjects=(f"s{n}", f"t{n}"))
            pool.submit(partial(database.run_now, work))
    assert len(subjects_in(database)) == 48
    assert broken_at(database) is None


TRIGGERS = ("audit_log_is_not_changed", "audit_log_is_not_removed")


def tamper(database: Database, statement: str) -> None:
    """Change the log as somebody could who owns the database."""
    with database.sync_engine.begin() as connection:
        if database.is_sqlite:
            for name in TRIGGERS:
                connection.exec_driver_sql(f"drop trigger {name}")
        else:
            connection.exec_driver_sql("drop trigger audit_log_is_kept on audit_log")
        connection.exec_driver_sql(statement)


COPY = (
    "insert into audit_log select {seq}, at_us, actor, action, subject_kind, subject_id, before,"
    " after, why, hash from audit_log where seq = 2"
)


@pytest.mark.parametrize(
    ("statements", "first"),
    [
        (["update audit_log set actor = 'other' where seq = 2"], 2),
        (["update audit_log set why = '' where seq = 1"], 1),
        (["update audit_log set after = null where seq = 3"], 3),
        (["delete from audit_log where seq = 1"], 1),
        (["delete from audit_log where seq = 2"], 2),
        (["delete from audit_log where seq = 3"], 3),
        (["delete from audit_log"], 1),
        ([COPY.format(seq=4)], 4),
        (["update audit_log set seq = 9 where seq = 3", COPY.format(seq=3)], 3),
    ],
)
def test_what_was_changed_removed_or_put_in_is_found(
    database: Database, statements: Sequence[str], first: int
) -> None:
    database.run_now(lambda c: write(c, "abc"))
    tamper(database, ";".join(statements) if not database.is_sqlite else statements[0])
    for statement in statements[1:] if database.is_sqlite else ():
        with database.sync_engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert broken_at(database) == first


@pytest.mark.parametrize("change", ["update audit_log set why = ''", "delete from audit_log"])
def test_the_database_itself_refuses_to_change_an_entry(database: Database, change: str) -> None:
    database.run_now(lambda c: write(c, "a"))
    with pytest.raises(DatabaseError), database.sync_engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert subjects_in(database) == ["a"]
