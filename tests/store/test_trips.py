"""Trips: statements that travel together, on PostgreSQL, without an event loop and with one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from pos_sim.store import trips
from pos_sim.store.database import Database, StoreGone
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import world

PUT = InsertSet(world, ["name", "value"])
READ = Statement("select value from world where name {in:names text}")
CHANGE = Statement("update world set value = :value where name = :name")
LOCK = Statement("select value from world w where name = :name {lock:w}")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each trip carried, from now on."""
    counts: list[int] = []
    travel = trips.Trip

    def counted(pgconn: Any, prepared: Any, gathered: Any, *, commit: bool) -> trips.Trip:
        counts.append(len(gathered) + commit)
        return travel(pgconn, prepared, gathered, commit=commit)

    monkeypatch.setattr(trips, "Trip", counted)
    return counts


def values(connection: Connection, *names: str) -> list[str]:
    return sorted(row[0] for row in READ.rows(connection, names=names))


def test_what_is_asked_together_arrives_together(shared: Database, sent: list[int]) -> None:
    def work(connection: Connection) -> None:
        first = READ.ask(connection, names=["seed"])
        second = READ.ask(connection, names=["size"])
        assert sent == []
        assert first.rows() == first.rows() != second.rows()
        assert sent == [2]
        PUT.run(connection, [("a", "1")])
        PUT.run(connection, [("b", "2")])

    shared.run_brief_now(work)
    assert sent == [2, 3]
    assert shared.read_now(lambda connection: values(connection, "a", "b")) == ["1", "2"]


async def test_the_same_on_an_event_loop(shared: Database, sent: list[int]) -> None:
    def work(connection: Connection) -> list[str]:
        PUT.run(connection, [("a", "1")])
        return values(connection, "a")

    assert await shared.run_brief(work) == ["1"]
    assert await shared.run_brief(lambda connection: values(connection, "a")) == ["1"]
    assert sent == [2, 1]
    await shared.close()


def test_a_statement_that_goes_alone_goes_last(shared: Database) -> None:
    def work(connection: Connection) -> int:
        PUT.run(connection, [("a", "1")])
        found = connection.execute(text("select count(*) from world where name = 'a'"))
        return int(found.scalar_one())

    assert shared.run_brief_now(work) == 1


def put_twice(connection: Connection) -> None:
    PUT.run(connection, [("a", "1")])
    PUT.run(connection, [("a", "2")])
    PUT.run(connection, [("b", "3")])


def put_and_look(connection: Connection) -> None:
    put_twice(connection)
    values(connection, "b")


@pytest.mark.parametrize("work", [put_twice, put_and_look])
def test_an_error_takes_everything_with_it(
    shared: Database, work: Callable[[Connection], None]
) -> None:
    with pytest.raises(IntegrityError):
        shared.run_brief_now(work)
    assert shared.run_brief_now(lambda connection: values(connection, "a", "b")) == []


def test_a_statement_tells_how_many_rows_it_changed(shared: Database) -> None:
    def work(connection: Connection) -> tuple[int, int]:
        changed = (CHANGE.run(connection, name=name, value="1") for name in ("size", "none"))
        return next(changed), next(changed)

    assert shared.run_brief_now(work) == (1, 0)


def test_what_is_asked_behind_a_lock_is_read_after_the_lock(shared: Database) -> None:
    """Both travel together; the one who held the lock has committed before the read."""
    found: list[list[str]] = []

    def wait_and_read(connection: Connection) -> None:
        LOCK.ask(connection, name="seed")
        found.append(values(connection, "a"))

    with shared.sync_engine.begin() as other:
        LOCK.rows(other, name="seed")
        waiting = threading.Thread(target=shared.run_brief_now, args=[wait_and_read])
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        PUT.run(other, [("a", "1")])
    waiting.join(5)
    assert found == [["1"]]


def test_a_server_that_hangs_up_is_gone_and_the_next_one_serves(shared: Database) -> None:
    def hang_up(connection: Connection) -> None:
        (row,) = Statement("select pg_backend_pid()").rows(connection)
        end = Statement("select pg_terminate_backend(:pid)")
        shared.run_now(lambda other: end.rows(other, pid=row[0]))
        PUT.run(connection, [("a", "1")])

    with pytest.raises(StoreGone):
        shared.run_brief_now(hang_up)
    assert shared.run_brief_now(lambda connection: values(connection, "a")) == []
