"""Cases: every statement about their rows, but for what is written down and filed with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_
from sqlalchemy import case as case_when

from pos_sim.store.queries import Page
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import service_points
from risk.store.case_tables import cases
from risk.vocabulary import Severity
from risk.workflow import Case, CaseKind

COLUMNS = (
    "case_id", "kind", "state", "service_point_id", "scope_kind", "scope_value", "severity",
    "reason", "opened_us", "opened_by", "due_us", "wakes_us", "closed_us", "outcome", "parent_id",
    "passes",
)  # fmt: skip
ROW = tuple(cases.c[name] for name in COLUMNS)
PLACE = (cases.c.opened_us, cases.c.case_id)
SELECT = f"select {', '.join(COLUMNS)} from cases c"
INSERT = InsertSet(cases, (*COLUMNS, "ordinal"), "on conflict do nothing")
ONE = Statement(f"{SELECT} where case_id = :case_id")
LOCK = Statement(f"{SELECT} where case_id = :case_id {{lock:c}}")
LOCK_OPEN = Statement(
    f"{SELECT} where kind = :kind and scope_kind = :scope_kind and scope_value = :scope_value"
    " and closed_us is null {lock:c}"
)
EARLIER = Statement(
    "select count(*) from cases where kind = :kind and scope_kind = :scope_kind"
    " and scope_value = :scope_value"
)
UPDATE = Statement(
    "update cases set state = :state, severity = :severity, due_us = :due_us,"
    " wakes_us = :wakes_us, closed_us = :closed_us, outcome = :outcome, passes = :passes"
    " where case_id = :case_id"
)
END = Statement(
    "update cases set closed_us = :closed_us, wakes_us = null, outcome = :outcome"
    " where case_id = :case_id"
)
STANDINGS = Statement(
    "select kind, state from cases where service_point_id = :point"
    " and (closed_us is null or state = 'exited')"
)
OPEN_AT = Statement(f"{SELECT} where service_point_id = :point and closed_us is null")
WAKES_FIRST = Statement("select min(wakes_us) from cases where wakes_us is not null")
AWAKE = Statement(f"{SELECT} where wakes_us <= :now_us order by wakes_us, case_id limit :most")

PREFIXES: dict[CaseKind, str] = {
    CaseKind.VERIFICATION: "VF",
    CaseKind.ANNUAL_REVIEW: "AR",
    CaseKind.RECTIFICATION: "RC",
    CaseKind.FREEZE: "FZ",
    CaseKind.EXIT: "EX",
    CaseKind.IDLE_VISIT: "IV",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What is asked for; None asks nothing. ``overdue_at``: those whose date has passed.

    ``place`` is looked for in the number and the name of the point.
    """

    kind: str | None = None
    state: str | None = None
    service_point_id: str | None = None
    overdue_at: datetime | None = None
    is_overdue: bool | None = None
    is_open: bool | None = None
    place: str | None = None


def case_id_of(kind: CaseKind, scope_kind: str, scope_value: str, ordinal: int) -> str:
    """Return the number of a case: the same in every run.

    >>> case_id_of(CaseKind.FREEZE, "point", "SP1", 1)
    'FZ-76c8ba09e5-1'
    """
    subject = blake2b(f"{scope_kind}|{scope_value}".encode(), digest_size=5).hexdigest()
    return f"{PREFIXES[kind]}-{subject}-{ordinal}"


def insert(connection: Connection, case: Case, ordinal: int) -> None:
    """Write a new case; where one is open about the subject, nothing is written."""
    INSERT.run(connection, [(*values_of(case), ordinal)])


def ordinal_for(connection: Connection, kind: CaseKind, scope_kind: str, scope_value: str) -> int:
    """Return which case about its subject the next one is."""
    found = EARLIER.rows(
        connection, kind=kind.value, scope_kind=scope_kind, scope_value=scope_value
    )
    return int(found[0][0]) + 1


def find(connection: Connection, case_id: str) -> Case | None:
    found = ONE.rows(connection, case_id=case_id)
    return case_of(found[0]) if found else None


def lock(connection: Connection, case_id: str) -> Case | None:
    found = LOCK.rows(connection, case_id=case_id)
    return case_of(found[0]) if found else None


def lock_open(
    connection: Connection, kind: CaseKind, scope_kind: str, scope_value: str
) -> Case | None:
    """Return the open case about a subject, locked."""
    found = LOCK_OPEN.rows(
        connection, kind=kind.value, scope_kind=scope_kind, scope_value=scope_value
    )
    return case_of(found[0]) if found else None


def update(connection: Connection, case: Case) -> None:
    """Write what may change of a case."""
    changed = UPDATE.run(
        connection,
        case_id=case.case_id,
        state=case.state,
        severity=case.severity.value,
        due_us=us_or_none(case.due_at),
        wakes_us=us_or_none(case.wakes_at),
        closed_us=us_or_none(case.closed_at),
        outcome=case.outcome,
        passes=case.passes,
    )
    assert changed == 1


def end(connection: Connection, case_id: str, at: datetime, outcome: str) -> None:
    """End a case in the state where it stands."""
    END.run(connection, case_id=case_id, closed_us=to_us(at), outcome=outcome)


def standings(connection: Connection, point: str) -> list[tuple[CaseKind, str]]:
    """Return kind and state of the cases that have a say in what a point may do."""
    return [(CaseKind(kind), state) for kind, state in STANDINGS.rows(connection, point=point)]


def open_at(connection: Connection, point: str) -> list[Case]:
    """Return the open cases of a point."""
    return [case_of(row) for row in OPEN_AT.rows(connection, point=point)]


def first_waking(connection: Connection) -> datetime | None:
    """Return when the clock has to move a case next."""
    found = WAKES_FIRST.rows(connection)[0][0]
    return None if found is None else from_us(found)


def waking(connection: Connection, now: datetime, most: int) -> list[Case]:
    """Return the cases that the clock has to move by now, the earliest first."""
    return [case_of(row) for row in AWAKE.rows(connection, now_us=to_us(now), most=most)]


def list_cases(
    connection: Connection, wanted: CaseFilter, limit: int, after: tuple[int, str] | None
) -> Page[Case]:
    """Return cases, the latest opened first."""
    query = select(*ROW)
    for name in ("kind", "state", "service_point_id"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(cases.c[name] == value)
    if wanted.is_open is not None:
        query = query.where(cases.c.closed_us.is_(None) == wanted.is_open)
    if wanted.place is not None:
        query = query.where(is_at(wanted.place))
    if wanted.is_overdue is not None and wanted.overdue_at is not None:
        passed = cases.c.closed_us.is_(None) & (cases.c.due_us <= to_us(wanted.overdue_at))
        passed &= cases.c.due_us.is_not(None)
        query = query.where(passed if wanted.is_overdue else ~passed)
    if after is not None:
        query = query.where(tuple_(*PLACE) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in PLACE)).limit(limit + 1)
    found = [case_of(tuple(row)) for row in connection.execute(query)]
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], (to_us(last.opened_at), last.case_id))


def is_at(place: str) -> ColumnElement[bool]:
    """Return the condition that a case is about a point of that number or name, or part of it."""
    p = service_points.c
    named = select(p.service_point_id).where(p.name.icontains(place, autoescape=True))
    point = cases.c.service_point_id
    return point.icontains(place, autoescape=True) | point.in_(named)


def count_open(connection: Connection, now: datetime) -> tuple[int, int]:
    """Return how many cases are open, and how many of them are overdue."""
    overdue = case_when((cases.c.due_us <= to_us(now), 1), else_=0)
    query = select(func.count(), func.coalesce(func.sum(overdue), 0))
    found = connection.execute(query.where(cases.c.closed_us.is_(None))).one()
    return int(found[0]), int(found[1])


# Rows -----------------------------------------------------------------------------------------


def us_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else to_us(moment)


def moment_or_none(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)


def values_of(case: Case) -> tuple[Any, ...]:
    """Return the row of a case in the order of ``COLUMNS``."""
    return (
        case.case_id, case.kind.value, case.state, case.service_point_id, case.scope_kind,
        case.scope_value, case.severity.value, case.reason, to_us(case.opened_at), case.opened_by,
        us_or_none(case.due_at), us_or_none(case.wakes_at), us_or_none(case.closed_at),
        case.outcome, case.parent_id, case.passes,
    )  # fmt: skip


def case_of(row: Any) -> Case:
    """Return the case of a row of ``COLUMNS``."""
    (
        case_id, kind, state, point, scope_kind, scope_value, severity, reason, opened_us,
        opened_by, due_us, wakes_us, closed_us, outcome, parent_id, passes,
    ) = row  # fmt: skip
    return Case(
        case_id=case_id,
        kind=CaseKind(kind),
        state=state,
        service_point_id=point,
        scope_kind=scope_kind,
        scope_value=scope_value,
        severity=Severity(severity),
        reason=reason,
        opened_at=from_us(opened_us),
        opened_by=opened_by,
        due_at=moment_or_none(due_us),
        wakes_at=moment_or_none(wakes_us),
        closed_at=moment_or_none(closed_us),
        outcome=outcome,
        parent_id=parent_id,
        passes=None if passes is None else bool(passes),
    )
