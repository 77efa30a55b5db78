"""Back to the seed: everything that happened is forgotten, and the same world stands again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, inspect

from pos_sim.domain.calendar import DEMO_START, business_date
from pos_sim.store.database import Database
from pos_sim.store.world import WorldFacts, read_world
from seeds.load import fill, secrets_of
from seeds.progress import Progress, Silent

KEPT = frozenset({"alembic_version", "api_keys"})
"""Tables that a reset leaves alone."""


def reset_world(
    database: Database,
    *,
    now: datetime,
    clock_shows: datetime = DEMO_START,
    secret: str | None = None,
    progress: Progress | None = None,
) -> WorldFacts:
    """Return the world to its seed, all or nothing, and set its clock back; API keys stay.

    ``now`` is real time. This blocks for as long as seeding takes: call it in a thread of its own.
    """

    def work(connection: Connection) -> WorldFacts:
        world = read_world(connection)
        if world is None:
            raise LookupError("the database holds no world to reset")
        facts = replace(world, clock_offset=clock_shows - now)
        clear(connection)
        first_day = business_date(clock_shows)
        fill(connection, facts, secrets_of(facts.seed, secret), first_day, progress or Silent())
        return facts

    return database.run_now(work)


def clear(connection: Connection) -> None:
    """Delete every row of every table but the kept ones."""
    tables = sorted(set(inspect(connection).get_table_names()) - KEPT)
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"truncate {', '.join(tables)}")
        return
    connection.exec_driver_sql("pragma defer_foreign_keys = on")
    for table in tables:
        connection.exec_driver_sql(f"delete from {table}")
