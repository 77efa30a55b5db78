"""Alerts as a queue: the open ones first, the gravest of them, and of those what is due first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from pos_sim.store.queries import Page
from pos_sim.store.rows import to_us
from pos_sim.store.tables import service_points
from risk.alerts import State
from risk.store.alert_rows import ALERT_COLUMNS, KeptAlert, alert_of
from risk.store.read_alerts import ROW
from risk.store.tables import risk_alerts
from risk.vocabulary import Severity

RESTING = (State.CLOSED.value, State.SUPPRESSED.value)
WAITING = tuple(state.value for state in State if state.value not in RESTING)

a, p = risk_alerts.c, service_points.c
RESTS = case((a.state.in_(RESTING), 1), else_=0)
MILDNESS = case({one.value: -one.rank for one in Severity}, value=a.severity)
PLACE = (RESTS, MILDNESS, a.due_us, a.alert_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What is asked for; None asks nothing. ``place``: in the point's number or name."""

    states: Collection[str] | None = None
    severity: str | None = None
    rule_id: str | None = None
    place: str | None = None
    assignee: str | None = None
    due_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """One alert with the name and county code of its point, None where it has none."""

    kept: KeptAlert
    point_name: str | None
    county: str | None


def queue(
    connection: Connection, wanted: QueueFilter, limit: int, after: tuple[Any, ...] | None
) -> Page[Queued]:
    """Return a page of the queue; ``after`` is what the page before gave."""
    query = (
        select(*ROW, p.name, p.county, *PLACE[:2])
        .outerjoin(service_points, p.service_point_id == a.service_point_id)
        .where(*conditions(wanted))
        .order_by(*PLACE)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(*PLACE) > tuple_(*after))
    rows = [tuple(row) for row in connection.execute(query)]
    items = [Queued(alert_of(row[:-4]), row[-4], row[-3]) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items, None)
    last = rows[limit - 1]
    return Page(items, (*last[-2:], last[ALERT_COLUMNS.index("due_us")], last[0]))


def conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    """Return one condition for each thing that is asked for."""
    equal: tuple[tuple[Column[Any], str | None], ...] = (
        (a.severity, wanted.severity),
        (a.rule_id, wanted.rule_id),
        (a.assignee, wanted.assignee),
    )
    found = [column == value for column, value in equal if value is not None]
    if wanted.states is not None:
        found.append(a.state.in_(wanted.states))
        if State.CLOSED.value not in wanted.states:
            found.append(a.state != literal_column("'closed'"))  # the index of open ones says so
    if wanted.due_by is not None:
        found.append(a.due_us <= to_us(wanted.due_by))
    if wanted.place is not None:
        named = (a.service_point_id, p.name)
        found.append(or_(*(one.icontains(wanted.place, autoescape=True) for one in named)))
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many alerts wait: all, those whose time is over, and those of each person by name."""

    all: int
    late: int
    of: Mapping[str, int]


def count_waiting(connection: Connection, now: datetime) -> Waiting:
    late = func.sum(case((a.due_us <= to_us(now), 1), else_=0))
    query = select(a.assignee, func.count(), late).where(a.state.in_(WAITING)).group_by(a.assignee)
    found = [(who, int(number), int(late)) for who, number, late in connection.execute(query)]
    return Waiting(
        all=sum(number for _, number, _ in found),
        late=sum(late for *_, late in found),
        of={who: number for who, number, _ in found if who is not None},
    )
