"""The counters of a year, from day to day: what nobody changed over night is not made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.calendar import SHANGHAI
from seeds.traffic.stock import MACHINES, POINTS, Machine, Shop, has_market, machines_of, shop_of

RESIDUE, CONTROLS = 13, 7
"""Where a row of ``POINTS`` has its town's market residue, and what is switched off."""


@dataclass(slots=True)
class Counters:
    """The points that serve. A point has two faces at most: with its town's market and without."""

    seed: int
    _found: Sequence[Any] = ()
    """The machines as they were found last."""
    _machines: dict[str, list[Machine]] = field(default_factory=dict)
    _shops: dict[tuple[str, bool], tuple[Any, Shop | None]] = field(default_factory=dict)

    def on(self, connection: Connection, day: date) -> list[Shop]:
        """Return the points that serve on ``day``, by their ids."""
        self._look_at_machines(connection)
        noon = datetime.combine(day, time(12), SHANGHAI)
        shops = (self._shop(row, day, noon) for row in POINTS.rows(connection))
        return sorted((s for s in shops if s is not None), key=lambda shop: shop.point_id)

    def _shop(self, row: Any, day: date, noon: datetime) -> Shop | None:
        """Return the point of a row if it serves; what is switched off may end by itself."""
        face = row[0], has_market(row[RESIDUE], day)
        known = self._shops.get(face)
        if known is not None and known[0] == row and not row[CONTROLS]:
            return known[1]
        shop = shop_of(row, self._machines, day, noon, self.seed)
        self._shops[face] = row, shop
        return shop

    def _look_at_machines(self, connection: Connection) -> None:
        found = MACHINES.rows(connection)
        if found != self._found:
            self._found, self._machines = found, machines_of(found)
            self._shops.clear()
