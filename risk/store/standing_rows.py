"""What cases ask of a point, beside what the register would say without them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from pos_sim.domain.service_points import PointStatus
from pos_sim.store.sql import Statement

READ = Statement("select returns_to, imposed from point_standings where service_point_id = :point")
WRITE = Statement(
    "insert into point_standings (service_point_id, returns_to, imposed)"
    " values (:point, :returns_to, :imposed) on conflict (service_point_id)"
    " do update set returns_to = excluded.returns_to, imposed = excluded.imposed"
)
REMOVE = Statement("delete from point_standings where service_point_id = :point")


@dataclass(frozen=True, slots=True)
class Standing:
    """To which status a point returns, and which its cases have imposed."""

    returns_to: PointStatus
    imposed: PointStatus


def read(connection: Connection, point: str) -> Standing | None:
    found = READ.rows(connection, point=point)
    return Standing(PointStatus(found[0][0]), PointStatus(found[0][1])) if found else None


def write(connection: Connection, point: str, standing: Standing) -> None:
    WRITE.run(
        connection,
        point=point,
        returns_to=standing.returns_to.value,
        imposed=standing.imposed.value,
    )


def remove(connection: Connection, point: str) -> None:
    REMOVE.run(connection, point=point)
