"""A form acts once, however often it is sent."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, func, select

from api.console.once import Done, do_once
from pos_sim.store.database import Database
from pos_sim.store.desk_tables import outbox

TOKEN = "a-token-of-a-form"


def write(connection: Connection) -> str:
    connection.execute(outbox.insert().values(topic="test", body="done"))
    return "7"


def times_done(database: Database) -> int:
    query = select(func.count()).select_from(outbox)
    return database.read_now(lambda connection: connection.scalar(query) or 0)


def send(connection: Connection) -> Done:
    return do_once(connection, TOKEN, write, lambda number: f"/console/cases/{number}")


def test_the_second_of_two_finds_what_the_first_did(database: Database) -> None:
    first, second = database.run_now(send), database.run_now(send)
    assert first == Done("/console/cases/7", before=False)
    assert second == Done("/console/cases/7", before=True)
    assert times_done(database) == 1


def test_two_at_the_same_moment_do_one_thing(database: Database) -> None:
    done: list[Done] = []
    threads = [
        threading.Thread(target=lambda: done.append(database.run_now(send))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.before for one in done) == [False, True, True, True]
    assert {one.location for one in done} == {"/console/cases/7"}
    assert times_done(database) == 1


def test_what_failed_may_be_sent_again(database: Database) -> None:
    def fail(_connection: Connection) -> str:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        database.run_now(lambda c: do_once(c, TOKEN, fail, str))
    assert database.run_now(send).before is False
