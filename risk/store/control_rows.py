"""业务控制 Controls as they were made, each with its reason and its hands.

The column ``controls`` of a point is what the engine reads; the rows here say who and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import Control
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from risk.store.case_tables import point_controls

COLUMNS = (
    "control_id", "service_point_id", "business", "allowed", "limit_fen", "reason", "from_us",
    "until_us", "maker", "checker",
)  # fmt: skip
SELECT = f"select {', '.join(COLUMNS)} from point_controls c"
INSERT = InsertSet(point_controls, COLUMNS)
AT_POINT = Statement(
    f"{SELECT} where service_point_id = :point and ended_us is null order by business"
)
EVER = Statement(
    f"select {', '.join(COLUMNS)}, ended_us from point_controls where service_point_id = :point"
    " order by from_us desc limit :most"
)
ENDS_FIRST = Statement("select min(until_us) from point_controls where ended_us is null")
PASSED = Statement(
    f"{SELECT} where ended_us is null and until_us <= :now_us"
    " order by service_point_id, business limit :most"
)
END = Statement(
    "update point_controls set ended_us = :ended_us where control_id = :control_id"
    " and ended_us is null"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptControl:
    """One control with who made it and why; ``checker`` only where it took two."""

    control_id: str
    service_point_id: str
    control: Control
    reason: str
    since: datetime
    until: datetime
    maker: str
    checker: str | None = None


def insert(connection: Connection, kept: KeptControl) -> None:
    control = kept.control
    INSERT.run(
        connection,
        [(
            kept.control_id, kept.service_point_id, control.business.value, control.allowed,
            control.limit, kept.reason, to_us(kept.since), to_us(kept.until), kept.maker,
            kept.checker,
        )],
    )  # fmt: skip


def at_point(connection: Connection, point: str) -> list[KeptControl]:
    """Return the controls of a point that nobody has ended."""
    return [control_of(row) for row in AT_POINT.rows(connection, point=point)]


def ever_at(
    connection: Connection, point: str, most: int
) -> list[tuple[KeptControl, datetime | None]]:
    """Return the latest controls that a point ever had, the newest first, each with its end.

    None: it has not ended.
    """
    return [
        (control_of(row), None if ended_us is None else from_us(ended_us))
        for *row, ended_us in EVER.rows(connection, point=point, most=most)
    ]


def end(connection: Connection, control_id: str, at: datetime) -> None:
    ended = END.run(connection, control_id=control_id, ended_us=to_us(at))
    assert ended == 1


def first_end(connection: Connection) -> datetime | None:
    """Return when a control expires next."""
    found = ENDS_FIRST.rows(connection)[0][0]
    return None if found is None else from_us(found)


def passed(connection: Connection, now: datetime, most: int) -> list[KeptControl]:
    """Return controls whose time is over, in the order of their points."""
    return [control_of(row) for row in PASSED.rows(connection, now_us=to_us(now), most=most)]


def control_of(row: Any) -> KeptControl:
    """Return the control of a row of ``COLUMNS``."""
    control_id, point, business, allowed, limit, reason, from_, until_us, maker, checker = row
    until = from_us(until_us)
    return KeptControl(
        control_id=control_id,
        service_point_id=point,
        control=Control(
            Business(business), bool(allowed), None if limit is None else Fen(limit), until
        ),
        reason=reason,
        since=from_us(from_),
        until=until,
        maker=maker,
        checker=checker,
    )
