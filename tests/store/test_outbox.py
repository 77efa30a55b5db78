"""The outbox: who reads behind a place gets every row once, however commits overtake numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import Connection

from pos_sim.store.database import Database
from pos_sim.store.outbox import (
    STAFF,
    TRANSACTIONS,
    Place,
    ahead_of,
    announce,
    announce_transactions,
    here,
    is_forgotten,
    prune_outbox,
    rows_after,
)
from tests.postgres import Postgres

START = Place(0, 0)


def say(database: Database, word: str) -> None:
    database.run_now(lambda connection: announce(connection, STAFF, word))


def read_on(database: Database, place: Place) -> tuple[list[str], Place]:
    """Return what is behind a place, and the place after it."""
    rows = database.read_now(lambda connection: rows_after(connection, place, 1_000))
    return [row.body for row in rows], rows[-1].place if rows else place


def test_rows_come_in_order_and_once(database: Database) -> None:
    for word in ("a", "b", "c"):
        say(database, word)
    first, place = read_on(database, START)
    assert first == ['"a"', '"b"', '"c"']
    assert read_on(database, place) == ([], place)
    say(database, "d")
    assert read_on(database, place)[0] == ['"d"']


def test_a_group_that_changed_nothing_has_no_row(database: Database) -> None:
    database.run_now(lambda connection: announce_transactions(connection, [], []))
    assert read_on(database, START) == ([], START)


def test_what_is_rolled_back_was_never_said(database: Database) -> None:
    def fail(connection: Connection) -> None:
        announce(connection, STAFF, "never")
        raise LookupError

    with pytest.raises(LookupError):
        database.run_now(fail)
    say(database, "later")
    assert read_on(database, START)[0] == ['"later"']


def test_here_is_behind_everything_that_was_said(database: Database) -> None:
    say(database, "before")
    place = database.read_now(here)
    say(database, "after")
    assert read_on(database, place)[0] == ['"after"']


def test_writers_side_by_side_lose_nothing(database: Database) -> None:
    words = [[f"{writer} {number}" for number in range(25)] for writer in range(4)]
    threads = [threading.Thread(target=say_slowly, args=(database, said)) for said in words]
    for thread in threads:
        thread.start()
    heard: list[str] = []
    place = START
    while any(thread.is_alive() for thread in threads):
        more, place = read_on(database, place)
        heard += more
    heard += read_on(database, place)[0]
    assert sorted(heard) == sorted(f'"{word}"' for said in words for word in said)


def say_slowly(database: Database, words: list[str]) -> None:
    """Say each word in a transaction of its own, which others overtake."""
    dice = Random(words[0])
    pause = threading.Event()
    for word in words:

        def work(connection: Connection, word: str = word) -> None:
            announce(connection, STAFF, word)
            pause.wait(dice.random() / 500)

        database.run_now(work)


def test_a_row_waits_for_every_older_transaction(
    postgres: Postgres, postgres_worlds: Callable[[], str]
) -> None:
    database = Database(postgres_worlds())
    with database.sync_engine.begin() as older:
        announce(older, STAFF, "older")
        say(database, "younger")
        assert read_on(database, START) == ([], START)
        place = database.read_now(here)
        assert database.read_now(lambda c: list(ahead_of(c, place))) == []
    assert read_on(database, START)[0] == ['"older"', '"younger"']
    assert read_on(database, place)[0] == ['"older"', '"younger"']
    database.close_now()


def test_a_snapshot_says_which_transactions_it_sees_too_early(
    postgres: Postgres, postgres_worlds: Callable[[], str]
) -> None:
    database = Database(postgres_worlds())
    with database.sync_engine.begin() as older:
        announce(older, STAFF, "older")
        database.run_now(lambda c: announce_transactions(c, ["seen"], ["changed"]))

        def look(connection: Connection) -> list[str]:
            return list(ahead_of(connection, here(connection)))

        assert database.read_now(look) == ["seen"]
    database.close_now()


def test_the_oldest_rows_are_forgotten_and_that_shows(database: Database) -> None:
    for number in range(10):
        say(database, str(number))
    _, fifth = read_on(database, START)
    assert not database.read_now(lambda c: is_forgotten(c, START))
    assert database.run_now(lambda c: prune_outbox(c, kept=3)) == 7
    assert database.read_now(lambda c: is_forgotten(c, START))
    assert not database.read_now(lambda c: is_forgotten(c, fifth))
    assert read_on(database, START)[0] == ['"7"', '"8"', '"9"']


@pytest.mark.parametrize(
    "text", ["", "7", "7-", "-7", "7-8-9", "a-b", "7-8 or 1=1", "1" * 20 + "-1"]
)
def test_a_text_that_names_no_place(text: str) -> None:
    assert Place.read(text) is None


def test_topics_are_short_enough_for_their_column() -> None:
    assert max(map(len, (STAFF, TRANSACTIONS))) <= 16
