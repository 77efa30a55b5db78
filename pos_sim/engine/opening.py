"""新增服务点 New points, the training of their operators, and the opening itself.

Every command works in the caller's transaction under the row lock of the point, so that the
next withdrawal there feels it. What cannot be raises one of `pos_sim.domain.mistakes`, and
`LookupError` where there is no such point.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.accounts import Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import MARKET_DAYS
from pos_sim.domain.mistakes import AlreadyThere, Mistaken
from pos_sim.domain.money import Fen
from pos_sim.domain.opening import (
    POINTS_A_VILLAGE,
    Ready,
    Step,
    require_ready,
    require_step,
)
from pos_sim.domain.service_points import PointKind, PointStatus
from pos_sim.domain.training import UNTRAINED, Record, Result, after_result, trained_on
from pos_sim.engine.operators import Operator, enter_operator, first_operator_id
from pos_sim.store import new_points as store
from pos_sim.store.new_accounts import open_account
from pos_sim.store.new_points import LockedPoint, lock_point

OUTSIDE = "out"
"""The bank id of all banks outside the province."""

NEW_STAR_GRADE, NEW_TIER = 3, "B"
"""Where every point begins, until it is graded for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoint:
    """A point that somebody wishes for; the place is known to lie in its county."""

    name: str
    bank_id: str
    kind: PointKind
    county: str
    town: str
    village: str
    latitude: float
    longitude: float
    opens_minute: int
    closes_minute: int
    market_day: date | None
    till: Fen
    operator: Operator


def create_point(connection: Connection, wish: NewPoint, today: date) -> str:
    """Enter a point in `trial`, with operator, settlement account and till; return its id."""
    if wish.bank_id == OUTSIDE:
        raise Mistaken("bank_id", "省外银行不设服务点 · A bank outside the province has no points")
    # Whoever takes the next number waits for the one before, so the village is counted right.
    point_id = store.next_point_id(connection, wish.county)
    require_room(connection, wish)
    entry_id, within = f"opening-{point_id}", "operator."
    operator = enter_operator(connection, wish.bank_id, wish.operator, entry_id, today, within)
    till = open_account(
        connection,
        Kind.TILL,
        BANKS[wish.bank_id],
        f"{wish.name}备付现金",
        wish.till,
        entry_id=entry_id,
        day=today,
    )
    store.insert_point(
        connection,
        place_of(wish)
        | operator
        | {
            "service_point_id": point_id,
            "status": PointStatus.TRIAL.value,
            "market_residue": market_residue(connection, wish),
            "opened_on": None,
            "star_grade": NEW_STAR_GRADE,
            "tier": NEW_TIER,
            "operator_id": first_operator_id(point_id),
            "operator_trained_on": None,
            "operator_training": store.training_text(UNTRAINED),
            "till_account_id": till.account_id,
            "controls": "",
        },
    )
    return point_id


def place_of(wish: NewPoint) -> dict[str, Any]:
    """Return the columns that are as they were wished for."""
    return {
        "name": wish.name,
        "bank_id": wish.bank_id,
        "kind": wish.kind.value,
        "county": wish.county,
        "town": wish.town,
        "village": wish.village,
        "latitude": wish.latitude,
        "longitude": wish.longitude,
        "opens_minute": wish.opens_minute,
        "closes_minute": wish.closes_minute,
    }


def require_room(connection: Connection, wish: NewPoint) -> None:
    """Refuse a point that was registered before, and a fourth one in the village."""
    names = store.names_in_village(connection, wish.town, wish.village)
    if (wish.bank_id, wish.name) in names:
        raise AlreadyThere
    if len(names) >= POINTS_A_VILLAGE:
        raise Mistaken(
            "village",
            "该村已有三个服务点（银发〔2011〕177号） · The village has three points already",
        )


def market_residue(connection: Connection, wish: NewPoint) -> int:
    """Return on which of five days the town has its market: all its points know the same."""
    known = store.market_of_town(connection, wish.town)
    if wish.market_day is None:
        return int(wish.town) % MARKET_DAYS if known is None else known
    asked = wish.market_day.toordinal() % MARKET_DAYS
    if known not in (None, asked):
        raise Mistaken(
            "market_day", "与本镇其他服务点的赶集日不符 · The town's market is another day"
        )
    return asked


def record_training(
    connection: Connection, point_id: str, result: Result, today: date
) -> tuple[Record, Record]:
    """Enter a result; return the operator's record before and after."""
    point = lock_point(connection, point_id)
    require_step(point.status, Step.TRAINING)
    after = after_result(point.training, result, today)
    store.write_training(connection, point_id, after)
    return point.training, after


def readiness(connection: Connection, point: LockedPoint) -> Ready:
    """Return what decides whether a locked point can open."""
    return Ready(
        point.status,
        trained_on(point.training) is not None,
        store.count_terminals(connection, point.service_point_id),
    )


def open_point(connection: Connection, point_id: str, today: date) -> LockedPoint:
    """Open a point for good; the day of its first opening stays. Returns it as it was before."""
    point = lock_point(connection, point_id)
    require_ready(readiness(connection, point))
    store.OPEN.run(connection, point=point_id, opened_on=today.isoformat())
    return point
