"""Back to the seed: everything that happened is forgotten, and the same world stands again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, inspect

from pos_sim.domain.calendar import DEMO_START, business_date
from pos_sim.store.database import Database, StoreCrossed, StoreLocked
from pos_sim.store.outbox import WORLD, announce
from pos_sim.store.world import WorldFacts, read_world
from risk.audit_log import write_entry
from seeds.load import fill, secrets_of
from seeds.progress import Progress, Silent

T = TypeVar("T")

PAUSES_S = (0.1, 0.2, 0.4, 0.8)

KEPT = frozenset({"alembic_version", "api_keys", "outbox"})
"""Tables that a reset leaves alone."""


def reset_world(
    database: Database,
    *,
    now: datetime,
    clock_shows: datetime = DEMO_START,
    secret: str | None = None,
    by: str = "",
    progress: Progress | None = None,
) -> WorldFacts:
    """Return the world to its seed, all or nothing, and set its clock back; API keys stay.

    ``now`` is real time; ``by`` is who wants it, for the first entry of the new audit log. This
    blocks for as long as seeding takes: call it in a thread of its own.
    """

    def work(connection: Connection) -> WorldFacts:
        world = read_world(connection)
        if world is None:
            raise LookupError("the database holds no world to reset")
        facts = replace(world, clock_offset=clock_shows - now)
        clear(connection)
        first_day = business_date(clock_shows)
        announce(connection, WORLD, "reset")
        fill(connection, facts, secrets_of(facts.seed, secret), first_day, progress or Silent())
        if by:
            note_reset(connection, facts, by, clock_shows)
        return facts

    return patiently(partial(database.run_now, work))


def patiently(work: Callable[[], T]) -> T:
    """Do what wants everything for itself, again where it crossed others on their way out."""
    for pause_s in PAUSES_S:
        try:
            return work()
        except (StoreCrossed, StoreLocked):
            time.sleep(pause_s)
    return work()


def note_reset(connection: Connection, facts: WorldFacts, by: str, at: datetime) -> None:
    write_entry(
        connection,
        at=at,
        actor=by,
        action="reset",
        subject_kind="world",
        subject_id=facts.size,
        after={"size": facts.size, "seed": facts.seed},
    )


def clear(connection: Connection) -> None:
    """Delete every row of every table but the kept ones."""
    names = set(inspect(connection).get_table_names()) - KEPT
    # The facts of the world first: with the head of its chain the audit log may go, too.
    tables = sorted(names, key=lambda name: (name != "world", name))
    if connection.dialect.name != "sqlite":
        # Every group begins at these two: those under way come to their end, others wait here.
        connection.exec_driver_sql("lock table terminals, service_points in access exclusive mode")
        connection.exec_driver_sql(f"truncate {', '.join(tables)}")
        return
    connection.exec_driver_sql("pragma defer_foreign_keys = on")
    for table in tables:
        connection.exec_driver_sql(f"delete from {table}")
