"""How the annual reviews of all points ended."""

from __future__ import annotations

from sqlalchemy import Connection

from pos_sim.store.sql import Statement

CONCLUDED = Statement(
    "select service_point_id, state from cases where kind = 'annual_review'"
    " and state in ('passed', 'failed') and closed_us >= :since_us and closed_us < :until_us"
    " order by closed_us, case_id"
)


def last_reviews(connection: Connection, since_us: int, until_us: int) -> dict[str, str]:
    """Return `passed` or `failed` by point: of the last review that ended in this time."""
    found = CONCLUDED.rows(connection, since_us=since_us, until_us=until_us)
    return {row[0]: row[1] for row in found}
