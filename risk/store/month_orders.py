"""What was ordered at points in a month: the statuses they had, and their controls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import Control, PointStatus
from pos_sim.store.sql import Statement

CHANGES = Statement(
    "select subject_id, at_us, before, after from audit_log where subject_kind = 'service_point'"
    " and action = 'status' and subject_id {in:points text} order by subject_id, seq"
)
CONTROLS = Statement(
    "select service_point_id, business, from_us, until_us, ended_us from point_controls"
    " where service_point_id {in:points text}"
)


class Span(NamedTuple):
    """From a moment on, until another."""

    start_us: int
    end_us: int


class Change(NamedTuple):
    """A point's status became another."""

    at_us: int
    before: PointStatus
    after: PointStatus


class Statuses(NamedTuple):
    """What a point was in a month: everything, and what it was last."""

    all: frozenset[PointStatus]
    last: PointStatus


def status_changes(connection: Connection, points: Sequence[str]) -> dict[str, list[Change]]:
    """Return every change of status by point, in order."""
    found: dict[str, list[Change]] = defaultdict(list)
    for point, at_us, before, after in CHANGES.rows(connection, points=points):
        was, became = orjson.loads(before)["status"], orjson.loads(after)["status"]
        found[point].append(Change(at_us, PointStatus(was), PointStatus(became)))
    return found


def statuses_in(changes: Sequence[Change], now: PointStatus, span: Span) -> Statuses:
    """Return what a point was in a span; ``now`` is its status after all changes.

    >>> frozen = Change(5, PointStatus.OPEN, PointStatus.FROZEN)
    >>> statuses_in([frozen], PointStatus.FROZEN, Span(0, 5)).last.value
    'open'
    """
    before = [change for change in changes if change.at_us < span.start_us]
    within = [change for change in changes if span.start_us <= change.at_us < span.end_us]
    later = [change for change in changes if change.at_us >= span.end_us]
    if within:
        first, last = within[0].before, within[-1].after
    else:
        first = before[-1].after if before else later[0].before if later else now
        last = first
    return Statuses(frozenset({first, *(change.after for change in within)}), last)


def controlled_in(
    connection: Connection, kept: dict[str, tuple[Control, ...]], span: Span
) -> frozenset[str]:
    """Return which points were under control in a span.

    ``kept`` are the controls that the points carry now. One of them that nobody made by hand came
    with the register and has always been there.
    """
    made: dict[str, set[Business]] = defaultdict(set)
    controlled: set[str] = set()
    for point, business, from_us, until_us, ended_us in CONTROLS.rows(
        connection, points=list(kept)
    ):
        ends_us = until_us if ended_us is None else min(ended_us, until_us)
        made[point].add(Business(business))
        if from_us < span.end_us and span.start_us < ends_us:
            controlled.add(point)
    return frozenset(controlled | {p for p, all_ in kept.items() if _has_own(all_, made[p])})


def _has_own(controls: Iterable[Control], made: set[Business]) -> bool:
    return any(control.business not in made for control in controls)
