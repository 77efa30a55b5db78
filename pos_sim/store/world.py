"""Facts of the sandbox itself, one a row: size, seed, clock offset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, select

from pos_sim.store.rows import MICROSECOND
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import world

OFFSET = Statement("select value from world where name = 'clock_offset_us' {lock:world}")
MOVE = Statement("update world set value = :value where name = 'clock_offset_us'")
MARK = Statement("select value from world where name = :name")
PUT = InsertSet(world, ["name", "value"], "on conflict (name) do update set value = excluded.value")


@dataclass(frozen=True, slots=True)
class WorldFacts:
    """Which world this is, and how far its clock is from real time.

    A world that is no demo has a secret of its own; its keys do not follow from the seed.
    """

    size: str
    seed: int
    clock_offset: timedelta
    is_demo: bool = True


def read_world(connection: Connection) -> WorldFacts | None:
    """Return the facts of the world, None when the database is empty."""
    found: dict[str, str] = {
        row.name: row.value for row in connection.execute(select(world.c.name, world.c.value))
    }
    if "seed" not in found:
        return None
    offset = timedelta(microseconds=int(found["clock_offset_us"]))
    return WorldFacts(found["size"], int(found["seed"]), offset, found["demo"] == "yes")


def write_world(connection: Connection, facts: WorldFacts) -> None:
    """Keep the facts of the world."""
    PUT.run(
        connection,
        [
            ("size", facts.size),
            ("seed", str(facts.seed)),
            ("demo", "yes" if facts.is_demo else "no"),
            ("clock_offset_us", str(facts.clock_offset // MICROSECOND)),
        ],
    )


def locked_offset(connection: Connection) -> timedelta:
    """Return how far the clock is from real time; nobody else moves it meanwhile."""
    return timedelta(microseconds=int(OFFSET.rows(connection)[0][0]))


def move_clock(connection: Connection, offset: timedelta) -> None:
    """Set how far the clock is from real time, for every process."""
    MOVE.run(connection, value=str(offset // MICROSECOND))


def read_mark(connection: Connection, name: str) -> str | None:
    """Return up to where some work has been done, None where it was never begun."""
    found = MARK.rows(connection, name=name)
    return found[0][0] if found else None


def write_mark(connection: Connection, name: str, value: str) -> None:
    """Keep up to where some work has been done."""
    PUT.run(connection, [(name, value)])
