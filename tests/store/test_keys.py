"""API keys: found by their hash, listed by name, revoked for good."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from pos_sim.store.database import Database
from pos_sim.store.desk_tables import api_keys
from pos_sim.store.keys import ApiKey, add_key, find_key, key_hash, list_keys, revoke_key

KEY = b"k" * 32
BRANCH = ApiKey("branch", "maker")
SHOP = ApiKey("shop", "terminal", "52010001")


def add_two(connection: Connection) -> None:
    add_key(connection, KEY, "open sesame", BRANCH)
    add_key(connection, KEY, "shop key", SHOP)


def test_who_carries_a_key_is_found(database: Database) -> None:
    database.run_now(add_two)
    assert database.read_now(lambda c: find_key(c, KEY, "shop key")) == SHOP
    assert database.read_now(lambda c: find_key(c, KEY, "shop kez")) is None
    assert database.read_now(lambda c: find_key(c, b"another key", "shop key")) is None


def test_a_revoked_key_is_nobodys_but_stays_in_the_list(database: Database) -> None:
    database.run_now(add_two)
    assert database.run_now(lambda c: revoke_key(c, "branch"))
    assert not database.run_now(lambda c: revoke_key(c, "branch"))
    assert not database.run_now(lambda c: revoke_key(c, "nobody"))
    assert database.read_now(lambda c: find_key(c, KEY, "open sesame")) is None
    listed = {who.name: who.revoked for who in database.read_now(list_keys)}
    assert listed["branch"] is True
    assert listed["shop"] is False


def test_a_name_has_one_key(database: Database) -> None:
    database.run_now(add_two)
    with pytest.raises(IntegrityError):
        database.run_now(lambda c: add_key(c, KEY, "another", BRANCH))


def test_the_key_itself_is_nowhere_in_the_table(database: Database) -> None:
    database.run_now(add_two)
    rows = database.read_now(lambda c: c.execute(select(api_keys)).all())
    assert not any("sesame" in str(value) for row in rows for value in row)
    assert len(key_hash(KEY, "open sesame")) == 64
