"""What tests of the database write and read, one name in one table, and errors to raise."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from pos_sim.store.sql import Statement

PUT = Statement("insert into world (name, value) values (:name, :value)")
READ = Statement("select value from world where name = :name")
LOCK = Statement("select name from world w where name = 'seed' {lock:w}")


def put(name: str) -> Callable[[Connection], int]:
    return lambda connection: PUT.run(connection, name=name, value="1")


def has(name: str) -> Callable[[Connection], bool]:
    return lambda connection: bool(READ.rows(connection, name=name))


def pg_error(cls: type[psycopg.Error]) -> DBAPIError:
    return OperationalError("select", None, cls("it failed"))
