"""The read side of the register: service points with their operators, tills and terminals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, func, or_, select

from pos_sim.domain.service_points import Control
from pos_sim.store.queries import Page
from pos_sim.store.query_relations import RelationRecord, relations_of
from pos_sim.store.rows import controls_of
from pos_sim.store.tables import accounts, service_points, terminals

operator_accounts = accounts.alias("operator_accounts")
till_accounts = accounts.alias("till_accounts")


@dataclass(frozen=True, slots=True)
class Balance:
    """An account's number and its balance in fen, as far as one is kept."""

    account_no: str
    balance: int | None


@dataclass(frozen=True, slots=True)
class TerminalRecord:
    """One terminal: its binding, and the till it pays out of."""

    terminal_id: str
    kind: str
    serial: str
    service_point_id: str | None
    bank_id: str | None
    till: Balance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRecord:
    """One service point as the register shows it; minutes count from midnight."""

    service_point_id: str
    name: str
    bank_id: str
    kind: str
    status: str
    county: str
    town: str
    village: str
    latitude: float
    longitude: float
    opens_minute: int
    closes_minute: int
    market_residue: int
    opened_on: date | None
    star_grade: int
    tier: str
    operator_id: str
    operator_name: str
    operator_trained_on: date | None
    training: Sequence[Mapping[str, Any]]
    relations: Sequence[RelationRecord]
    operator_account: Balance
    till: Balance
    controls: tuple[Control, ...]
    terminals: Sequence[TerminalRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFilter:
    """What is asked for; None asks nothing. ``county`` may be a prefix: 5201 is a prefecture.

    ``text`` is looked for in id, name, village and operator's name; a point in one of the
    ``named`` counties and towns is found by it as well. ``is_controlled``: a business control
    stands at the point.
    """

    county: str | None = None
    town: str | None = None
    bank_id: str | None = None
    status: str | None = None
    kind: str | None = None
    tier: str | None = None
    star_grade: int | None = None
    is_controlled: bool | None = None
    text: str | None = None
    named: frozenset[str] = frozenset()


PLAIN = (
    "service_point_id", "name", "bank_id", "kind", "status", "county", "town", "village",
    "latitude", "longitude", "opens_minute", "closes_minute", "market_residue", "opened_on",
    "star_grade", "tier", "operator_id", "operator_name", "operator_trained_on",
)  # fmt: skip
"""Columns that go into the record as they are."""


def list_points(
    connection: Connection, wanted: PointFilter, limit: int, after: str | None
) -> Page[PointRecord]:
    """Return service points in order of id."""
    query = point_query().where(*conditions(wanted)).order_by(service_points.c.service_point_id)
    if after is not None:
        query = query.where(service_points.c.service_point_id > after)
    found = records_of(connection, connection.execute(query.limit(limit + 1)).all())
    if len(found) <= limit:
        return Page(found, None)
    return Page(found[:limit], (found[limit - 1].service_point_id,))


def positions(connection: Connection, wanted: PointFilter) -> Sequence[tuple[str, float, float]]:
    """Return id, latitude and longitude of every point that is asked for."""
    p = service_points.c
    query = select(p.service_point_id, p.latitude, p.longitude).where(*conditions(wanted))
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def points_by_id(connection: Connection, ids: Iterable[str]) -> dict[str, PointRecord]:
    """Return the points with these ids, by id."""
    query = point_query().where(service_points.c.service_point_id.in_(list(ids)))
    found = records_of(connection, connection.execute(query).all())
    return {point.service_point_id: point for point in found}


def point_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of the points with these ids, by id."""
    p = service_points.c
    query = select(p.service_point_id, p.name).where(p.service_point_id.in_(set(ids)))
    return {row[0]: row[1] for row in connection.execute(query)}


def find_terminal(connection: Connection, terminal_id: str) -> TerminalRecord | None:
    """Return the terminal with this id."""
    row = connection.execute(terminal_query().where(terminals.c.terminal_id == terminal_id)).first()
    return None if row is None else terminal_of(row)


def conditions(wanted: PointFilter) -> list[ColumnElement[bool]]:
    """Return one condition for each thing that is asked for."""
    p = service_points.c
    asked: tuple[tuple[Column[Any], Any], ...] = (
        (p.town, wanted.town),
        (p.bank_id, wanted.bank_id),
        (p.status, wanted.status),
        (p.kind, wanted.kind),
        (p.tier, wanted.tier),
        (p.star_grade, wanted.star_grade),
    )
    found: list[ColumnElement[bool]] = [
        column == value for column, value in asked if value is not None
    ]
    if wanted.county is not None:
        found.append(p.county.startswith(wanted.county, autoescape=True))
    if wanted.is_controlled is not None:
        found.append((p.controls != "") == wanted.is_controlled)
    if wanted.text is not None:
        found.append(or_(*looked_in(wanted, wanted.text)))
    return found


def looked_in(wanted: PointFilter, text: str) -> Iterator[ColumnElement[bool]]:
    """Give where a text is looked for."""
    p = service_points.c
    for column in (p.service_point_id, p.name, p.village, p.operator_name):
        yield column.icontains(text, autoescape=True)
    if wanted.named:
        yield p.county.in_(wanted.named)
        yield p.town.in_(wanted.named)


def count_points(connection: Connection, wanted: PointFilter) -> int:
    """Return how many points are asked for."""
    query = select(func.count()).select_from(service_points).where(*conditions(wanted))
    return int(connection.execute(query).scalar_one())


def point_query() -> Select[Any]:
    p = service_points.c
    return (
        select(
            *(p[name] for name in PLAIN),
            p.operator_training,
            p.operator_relations,
            p.controls,
            operator_accounts.c.account_no.label("operator_account_no"),
            operator_accounts.c.balance_fen.label("operator_balance"),
            till_accounts.c.account_no.label("till_account_no"),
            till_accounts.c.balance_fen.label("till_balance"),
        )
        .join(operator_accounts, operator_accounts.c.account_id == p.operator_account_id)
        .join(till_accounts, till_accounts.c.account_id == p.till_account_id)
    )


def terminal_query() -> Select[Any]:
    return (
        select(
            terminals.c.terminal_id,
            terminals.c.kind,
            terminals.c.serial,
            terminals.c.service_point_id,
            service_points.c.bank_id,
            till_accounts.c.account_no,
            till_accounts.c.balance_fen,
        )
        .outerjoin(
            service_points, service_points.c.service_point_id == terminals.c.service_point_id
        )
        .outerjoin(till_accounts, till_accounts.c.account_id == terminals.c.till_account_id)
        .order_by(terminals.c.terminal_id)
    )


def records_of(connection: Connection, found: Sequence[Row[Any]]) -> list[PointRecord]:
    """Return the records of points, each with its terminals."""
    ids = [row.service_point_id for row in found]
    query = terminal_query().where(terminals.c.service_point_id.in_(ids))
    at_point: dict[str, list[TerminalRecord]] = defaultdict(list)
    for row in connection.execute(query):
        at_point[row.service_point_id].append(terminal_of(row))
    people = relations_of(connection, found)
    return [
        point_of(row, at_point[row.service_point_id], people[row.service_point_id]) for row in found
    ]


def point_of(
    row: Row[Any], at_point: Sequence[TerminalRecord], people: Sequence[RelationRecord]
) -> PointRecord:
    return PointRecord(
        **{name: getattr(row, name) for name in PLAIN},
        training=orjson.loads(row.operator_training or "[]"),
        relations=people,
        operator_account=Balance(row.operator_account_no, row.operator_balance),
        till=Balance(row.till_account_no, row.till_balance),
        controls=controls_of(row.controls) if row.controls else (),
        terminals=at_point,
    )


def terminal_of(row: Row[Any]) -> TerminalRecord:
    till = None if row.account_no is None else Balance(row.account_no, row.balance_fen)
    return TerminalRecord(
        row.terminal_id, row.kind, row.serial, row.service_point_id, row.bank_id, till
    )
