"""What becomes due, and when: one `Due` a kind of work, walked in the order of time.

A kind is added in `risk/due_kinds.py` by one import and one line; `risk/walk.py` moves the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Fired:
    """One thing that was done because its time had come."""

    at: datetime
    kind: str
    subject_id: str
    text: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of work.

    ``next_at(connection, now)`` gives the earliest moment when something of this kind is due,
    which may lie in the past, None when nothing is planned; it only reads. ``work(connection,
    moment)`` does what is due at ``moment`` in this one transaction: all of it, or as much as may
    be locked together, and is then called again. What another process did it finds done.
    """

    kind: str
    next_at: Callable[[Connection, datetime], datetime | None]
    work: Callable[[Connection, datetime], Sequence[Fired]]


@dataclass(frozen=True, slots=True)
class Planned:
    """A kind and the moment of its next work."""

    due: Due
    at: datetime


def first_of(planned: Iterable[Planned], until: datetime) -> Planned | None:
    """Return what is due first, None where nothing is by ``until``; the earlier kind wins a tie."""
    in_time = [one for one in planned if one.at <= until]
    return min(in_time, key=lambda one: one.at) if in_time else None
