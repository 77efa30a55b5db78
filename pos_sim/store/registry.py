"""The rows of the register as commands change them, locked as every group of requests locks them.

A group locks the points of its terminals before it reads anything else. So a command that holds
the row of a point waits for the group that is deciding there, and the next group waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from pos_sim.domain.service_points import Control, PointStatus
from pos_sim.store.rows import controls_of, controls_text
from pos_sim.store.sql import Statement

LOCK_POINTS = Statement(
    "select p.service_point_id, p.status, p.controls, p.operator_trained_on from service_points p"
    " where p.service_point_id {in:points text} order by p.service_point_id {lock:p}"
)
STATUS = Statement("select status from service_points where service_point_id = :point")
SET_STATUS = Statement(
    "update service_points set status = :status where service_point_id = :service_point_id"
)
SET_CONTROLS = Statement(
    "update service_points set controls = :controls where service_point_id = :service_point_id"
)


@dataclass(frozen=True, slots=True)
class LockedPoint:
    """A point that nobody else can decide at or change until the transaction ends."""

    service_point_id: str
    status: PointStatus
    controls: tuple[Control, ...]
    operator_is_trained: bool


def lock_points(connection: Connection, points: Iterable[str]) -> dict[str, LockedPoint]:
    """Lock the points, by ascending id, and return those that exist."""
    found = LOCK_POINTS.rows(connection, points=sorted(set(points)))
    return {
        point_id: LockedPoint(
            point_id,
            PointStatus(status),
            controls_of(controls) if controls else (),
            trained_on is not None,
        )
        for point_id, status, controls, trained_on in found
    }


def status_of(connection: Connection, point_id: str) -> PointStatus:
    """Return the status of a point that exists, without locking it."""
    return PointStatus(STATUS.rows(connection, point=point_id)[0][0])


def set_status(connection: Connection, point_id: str, status: PointStatus) -> None:
    changed = SET_STATUS.run(connection, service_point_id=point_id, status=status.value)
    assert changed == 1


def set_controls(connection: Connection, point_id: str, controls: tuple[Control, ...]) -> None:
    changed = SET_CONTROLS.run(
        connection, service_point_id=point_id, controls=controls_text(controls)
    )
    assert changed == 1
