"""The small world under watch: more points, and a bank in one open transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from pos_sim.domain.decision import Decision
from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Transaction
from pos_sim.engine.post_group import post_group
from pos_sim.store import tables
from pos_sim.store.database import Database
from risk.monitor import RiskMonitor
from risk.store.tables import risk_alerts, risk_hits, risk_point_days
from tests.undone import undone
from tests.worlds import POINT, RULES, SMALL

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

FAR_AWAY = (27.9, 106.9)
"""Where the points stand that are a day's walk from the others."""

THIRD, FOURTH, FIFTH = "52010011", "52010012", "52010013"
FAR = "52990001"
"""Terminals of more points: three next door, one far away."""
MORE = {THIRD: "SP-3", FOURTH: "SP-4", FIFTH: "SP-5", FAR: "SP-FAR"}

OWN_CARD = "ccb_debit"
"""The card of the first point's operator."""


def build(connection: Connection) -> None:
    """Add what the rules need to the small world."""
    points, terminals = tables.service_points, tables.terminals
    like = (
        connection.execute(select(points).where(points.c.service_point_id == POINT)).one()._asdict()
    )
    for terminal_id, point in MORE.items():
        place = FAR_AWAY if terminal_id == FAR else (like["latitude"], like["longitude"])
        changes = {"service_point_id": point, "latitude": place[0], "longitude": place[1]}
        connection.execute(insert(points).values(like | changes))
        connection.execute(
            insert(terminals).values(
                terminal_id=terminal_id,
                kind="pos",
                serial=f"SN-{terminal_id}",
                service_point_id=point,
                till_account_id=like["till_account_id"],
            )
        )
    card = SMALL.card(OWN_CARD).card
    relation = {
        "relation": "self",
        "name": "店主甲",
        "account_id": card.account_id,
        "card_id": card.card_id,
    }
    connection.execute(
        update(points)
        .where(points.c.service_point_id == POINT)
        .values(operator_relations=orjson.dumps([relation]).decode())
    )


@dataclass
class Watched:
    """A bank under watch in one open transaction."""

    connection: Connection
    monitor: RiskMonitor

    def ask(self, *requests: Request) -> list[Transaction]:
        """Decide each request in a group of its own."""
        return [self._decided(self.group([request])[0]) for request in requests]

    def group(self, requests: Sequence[Request]) -> list[Decision]:
        return post_group(self.connection, requests, RULES, self.monitor)

    def hits(self, rule_id: str | None = None) -> list[Any]:
        query = select(risk_hits).order_by(risk_hits.c.at_us, risk_hits.c.event_id)
        if rule_id:
            query = query.where(risk_hits.c.rule_id == rule_id)
        return list(self.connection.execute(query).all())

    def alerts(self, rule_id: str | None = None) -> list[Any]:
        query = select(risk_alerts).order_by(risk_alerts.c.alert_id)
        if rule_id:
            query = query.where(risk_alerts.c.rule_id == rule_id)
        return list(self.connection.execute(query).all())

    def days(self) -> list[Any]:
        key = (risk_point_days.c.service_point_id, risk_point_days.c.business_date)
        return list(self.connection.execute(select(risk_point_days).order_by(*key)).all())

    @staticmethod
    def _decided(decision: Decision) -> Transaction:
        assert decision.transaction is not None
        return decision.transaction


def new_monitor(**changes: Any) -> RiskMonitor:
    """Return a monitor that looks at the register before every group."""
    return RiskMonitor(RULES.policies, **({"check_every_s": 0.0} | changes))


@contextmanager
def watched(database: Database, **changes: Any) -> Iterator[Watched]:
    """Open a bank under watch; nothing of what happens stays."""
    with undone(database) as connection:
        build(connection)
        yield Watched(connection, new_monitor(**changes))
