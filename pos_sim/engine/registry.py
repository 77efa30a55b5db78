"""Commands that change what a service point may do. The next transaction feels them.

The order of a command and of the requests at its point is the order in which they got the lock of
its row: a freeze that lands while a withdrawal is being decided waits until that is committed, and
a withdrawal that comes while a freeze is being written waits and is refused. Every process reads
the row anew for each group, so nothing is remembered that could be out of date.
"""

from __future__ import annotations

from sqlalchemy import Connection

from pos_sim.domain.service_points import Control, PointStatus
from pos_sim.store import registry
from pos_sim.store.registry import LockedPoint


def hold(connection: Connection, service_point_id: str) -> LockedPoint:
    """Return a point, locked. Raises `LookupError` where there is none."""
    found = registry.lock_points(connection, [service_point_id])
    if service_point_id not in found:
        raise LookupError(service_point_id)
    return found[service_point_id]


def change_status(connection: Connection, point: LockedPoint, status: PointStatus) -> bool:
    """Set the status of a point that is held; say whether it was another one before."""
    if status is point.status:
        return False
    registry.set_status(connection, point.service_point_id, status)
    return True


def change_controls(
    connection: Connection, point: LockedPoint, controls: tuple[Control, ...]
) -> bool:
    """Set the controls of a point that is held; say whether they were others before."""
    if controls == point.controls:
        return False
    registry.set_controls(connection, point.service_point_id, controls)
    return True
