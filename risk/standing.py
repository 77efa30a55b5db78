"""A point stands as its cases ask: the strongest demand wins, and without one it returns.

Seeds and the register may leave a point frozen or rectifying without a case. The first case that
asks for that same status takes it over, and the point is open when the case lets go of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from pos_sim.domain.service_points import PointStatus
from pos_sim.engine.registry import change_status, hold
from risk.audit_log import write_entry
from risk.store import case_rows, standing_rows
from risk.store.standing_rows import Standing
from risk.workflow import CaseKind, strongest
from risk.workflows import WORKFLOWS


def demands_of(standings: Iterable[tuple[CaseKind, str]]) -> set[PointStatus]:
    """Return the statuses that cases in these states ask for."""
    asked = (WORKFLOWS[kind].state(state).demands for kind, state in standings)
    return {status for status in asked if status is not None}


def after(
    status: PointStatus, standing: Standing | None, demands: set[PointStatus]
) -> Standing | None:
    """Return how a point stands next, None where nothing is imposed on it any more."""
    if not demands:
        return None
    returns_to = returns_of(status, standing, demands)
    imposed = strongest({*demands, returns_to})
    assert imposed is not None
    return Standing(returns_to, imposed)


def returns_of(
    status: PointStatus, standing: Standing | None, demands: set[PointStatus]
) -> PointStatus:
    """Return the status that the register alone would give."""
    if standing is None:
        return PointStatus.OPEN if status in demands else status
    # Somebody else changed the status meanwhile, such as the opening of a point on trial.
    return standing.returns_to if status is standing.imposed else status


def stand(connection: Connection, point_id: str, *, at: datetime, actor: str, why: str) -> None:
    """Let a point stand as its cases ask now; a change is written into the audit log."""
    point = hold(connection, point_id)
    standing = standing_rows.read(connection, point_id)
    demands = demands_of(case_rows.standings(connection, point_id))
    then = after(point.status, standing, demands)
    if then is None:
        standing_rows.remove(connection, point_id)
        status = point.status if standing is None else returns_of(point.status, standing, set())
    else:
        standing_rows.write(connection, point_id, then)
        status = then.imposed
    if change_status(connection, point, status):
        write_entry(
            connection,
            at=at,
            actor=actor,
            action="status",
            subject_kind="service_point",
            subject_id=point_id,
            before={"status": point.status.value},
            after={"status": status.value},
            why=why,
        )
