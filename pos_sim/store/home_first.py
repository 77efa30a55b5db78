"""The register as a desk in one province reads it: its own points first, then the others."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, case, select, tuple_

from pos_sim.store.queries import Page
from pos_sim.store.query_points import PointFilter, PointRecord, conditions, points_by_id
from pos_sim.store.tables import service_points

Place: TypeAlias = tuple[int, str, str]
"""Where a point stands in this order: 0 at home and 1 outside, its county, its number."""


def list_home_first(
    connection: Connection, wanted: PointFilter, home: str, limit: int, after: Place | None
) -> Page[PointRecord]:
    """Return points by county and number, those outside ``home`` last; ``home`` begins a code.

    A page begins behind the place of the last point before, so a point that is entered meanwhile
    is neither shown twice nor in the way of another.
    """
    places = places_of(connection, wanted, home, limit + 1, after)
    shown = places[:limit]
    records = points_by_id(connection, [place[-1] for place in shown])
    items = [records[place[-1]] for place in shown]
    return Page(items, shown[-1] if len(places) > limit else None)


def places_of(
    connection: Connection, wanted: PointFilter, home: str, limit: int, after: Place | None
) -> list[Place]:
    """Return the places only: sorting whole records would carry every column along."""
    p = service_points.c
    outside: ColumnElement[int] = case((p.county.startswith(home, autoescape=True), 0), else_=1)
    order = (outside, p.county, p.service_point_id)
    query = select(*order).where(*conditions(wanted)).order_by(*order).limit(limit)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
