"""When each point is reviewed next."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from pos_sim.store.rows import day_or_none, to_day
from pos_sim.store.sql import InsertSet, Statement
from risk.store.case_tables import review_plans

WRITE = InsertSet(
    review_plans,
    ("service_point_id", "due_on", "opens_us"),
    "on conflict (service_point_id) do update set due_on = excluded.due_on,"
    " opens_us = excluded.opens_us",
)
DROP = Statement("delete from review_plans where service_point_id = :point")
FIRST = Statement("select min(opens_us) from review_plans")
DUE = Statement(
    "select service_point_id, due_on, opens_us from review_plans where opens_us <= :now_us"
    " order by service_point_id"
)
UNPLANNED = Statement(
    "select p.service_point_id, p.opened_on from service_points p"
    " where p.status not in ('trial', 'exited') and not exists (select 1 from review_plans r"
    " where r.service_point_id = p.service_point_id) order by p.service_point_id"
)
MARK = Statement("select value from world where name = 'reviews_planned_on'")
SET_MARK = Statement(
    "insert into world (name, value) values ('reviews_planned_on', :day)"
    " on conflict (name) do update set value = excluded.value"
)


class Plan(NamedTuple):
    """The next review of a point: by when, and when its case opens (microseconds)."""

    service_point_id: str
    due_on: date
    opens_us: int


def write(connection: Connection, plans: list[Plan]) -> None:
    WRITE.run(connection, [(p.service_point_id, p.due_on.isoformat(), p.opens_us) for p in plans])


def drop(connection: Connection, point: str) -> None:
    DROP.run(connection, point=point)


def first_opening_us(connection: Connection) -> int | None:
    """Return when the next review case opens."""
    found: int | None = FIRST.rows(connection)[0][0]
    return found


def due(connection: Connection, now_us: int) -> list[Plan]:
    """Return the plans whose case must open by now."""
    return [
        Plan(point, to_day(due_on), opens_us)
        for point, due_on, opens_us in DUE.rows(connection, now_us=now_us)
    ]


def unplanned(connection: Connection) -> list[tuple[str, date | None]]:
    """Return the points without a plan, and the day on which each opened."""
    return [(point, day_or_none(opened_on)) for point, opened_on in UNPLANNED.rows(connection)]


def planned_on(connection: Connection) -> date | None:
    """Return the day on which points without a plan were last looked for."""
    found = MARK.rows(connection)
    return date.fromisoformat(found[0][0]) if found else None


def mark_planned(connection: Connection, day: date) -> None:
    SET_MARK.run(connection, day=day.isoformat())
