"""How far a year has come: kept with the world, so that a killed run goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection

from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import world

PUT = InsertSet(world, ["name", "value"], "on conflict (name) do update set value = excluded.value")
GET = Statement("select value from world where name = :name")
RUN, AT = "year_run", "year_at"


class Stage(StrEnum):
    """What of a day has been done."""

    BEGUN = "begun"  # its income is there; some of its requests may be
    SENT = "sent"  # all its requests are
    DONE = "done"  # and it is closed


@dataclass(frozen=True, slots=True)
class Reached:
    """The last day that was begun, and how far it came."""

    day: date
    stage: Stage


def read_run(connection: Connection) -> str | None:
    """Return which year this world lives through, None where no year has begun."""
    return _value(connection, RUN)


def write_run(connection: Connection, name: str) -> None:
    PUT.run(connection, [(RUN, name)])


def read_reached(connection: Connection) -> Reached | None:
    """Return how far the year has come, None before its first day."""
    value = _value(connection, AT)
    if value is None:
        return None
    day, stage = value.split()
    return Reached(date.fromisoformat(day), Stage(stage))


def write_reached(connection: Connection, day: date, stage: Stage) -> None:
    """Keep how far the year has come, with what it did; the caller commits."""
    PUT.run(connection, [(AT, f"{day} {stage}")])


def _value(connection: Connection, name: str) -> str | None:
    found = GET.rows(connection, name=name)
    return str(found[0][0]) if found else None
