"""A list that many pages follow is read once for several of them, until a person does something.

What the watch raises all day may be a moment old on a page that reads itself again; the more pages
are open, the longer that moment. What a person did is there at once: every reading asks first
whether somebody did anything since the one that it would share. Who opens a page reads for himself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any, Generic, TypeVar

import orjson
from markupsafe import Markup
from sqlalchemy import Connection

from pos_sim.store.database import Database
from pos_sim.store.outbox import WORLD, Place, here, said_after
from risk.audit_log import CLOCK

T = TypeVar("T")

SHARED_EACH_S, SHARED_MOST_S = 0.1, 6.0
KEPT = 20
"""So many lists are kept, each with its own filters; the one that was read first goes first."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What was found, and the place in the stream behind which it may change.

    ``now`` is what the sandbox's clock showed, ``read_at`` the monotonic clock; ``age_s`` is how
    long ago another page read it. ``parts`` are the parts of a page that were made of it, by
    language: nothing in them depends on who reads.
    """

    found: T
    place: Place
    now: datetime
    read_at: float
    age_s: float = 0.0
    parts: dict[str, Markup] = field(default_factory=dict)

    def is_younger(self, most_s: float, now: datetime) -> bool:
        """Say whether it is younger than that by both clocks; one of them may have been moved."""
        passed_s = (now - self.now).total_seconds()
        return monotonic() - self.read_at < most_s and 0 <= passed_s < most_s


class Together:
    """The lists of one process that were read last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[Hashable, Reading[Any]] = {}

    async def read(
        self,
        about: Hashable,
        look: Callable[[Connection], T],
        *,
        now: datetime,
        most_s: float = 0.0,
    ) -> Reading[T]:
        """Return what ``look`` finds, or found less than ``most_s`` seconds ago for others.

        ``about`` says what is asked for, and for whom where that makes a difference.
        """
        known: Reading[T] | None = self._kept.get(about)
        if known is not None and not known.is_younger(most_s, now):
            known = None

        def look_again(connection: Connection) -> Reading[T]:
            if known is not None and not people_moved(connection, known.place):
                return replace(known, age_s=monotonic() - known.read_at)
            read_at = monotonic()
            # The place comes first: what happens between the two is told again, and not lost.
            place = here(connection)
            return Reading(look(connection), place, now, read_at)

        reading = await self._database.read(look_again)
        if not reading.age_s:
            self._keep(about, reading)
        return reading

    def _keep(self, about: Hashable, reading: Reading[Any]) -> None:
        self._kept.pop(about, None)
        self._kept[about] = reading
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]


def shared_s(pages: int) -> float:
    """Return how old a list may be that a page reads again, where so many are open.

    >>> shared_s(1), shared_s(30), shared_s(1_000)
    (0.1, 3.0, 6.0)
    """
    return min(pages * SHARED_EACH_S, SHARED_MOST_S)


def people_moved(connection: Connection, since: Place) -> bool:
    """Say whether a person did anything behind a place, or the world is another one."""
    return any(
        topic == WORLD or any(who != CLOCK for *_, who in orjson.loads(body))
        for topic, body in said_after(connection, since)
    )
