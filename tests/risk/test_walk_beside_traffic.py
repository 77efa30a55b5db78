"""The clock walks in one process while another trades: nobody waits in a circle or meets an error.

Staff looks meanwhile into what the watch finds and the clock opens.

Reviews, deadlines, controls and freezes of two dozen points come due together; the same is done as
when nobody trades.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, text

from pos_sim.domain.requests import Business
from pos_sim.engine.sandbox import SandboxClock
from pos_sim.store import tables
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from risk import cases, control_wishes, controls, review_plans
from risk.audit_log import verify_chain
from risk.case_by_staff import open_by_staff
from risk.case_opening import Wish
from risk.patrol import begin_patrols
from risk.store import review_plan_rows
from risk.workflow import Actor, CaseKind
from tests.conftest import PostgresCopies
from tests.risk.walker import Walker, together
from tests.worlds import FACTS, POINT, SECRETS

POINTS = 24
DAYS = 36
ANNA = Actor("anna")
PLANNED = frozenset({"annual_review", "overdue", "lapse", "control", "patrol"})
"""What comes due whether anybody trades or not."""

DEADLOCKS = text("select deadlocks from pg_stat_database where datname = current_database()")


def fill(connection: Connection, now: datetime) -> None:
    """Add points at which much comes due in the same moments."""
    points, terminals = tables.service_points, tables.terminals
    query = select(points).where(points.c.service_point_id == POINT)
    like = connection.execute(query).one()._asdict()
    names = [f"SP-6{number:03d}" for number in range(POINTS)]
    connection.execute(insert(points), [like | {"service_point_id": name} for name in names])
    connection.execute(
        insert(terminals),
        [
            {"terminal_id": f"6000{name[-4:]}", "kind": "pos", "serial": f"SN-{name}",
             "service_point_id": name, "till_account_id": like["till_account_id"]}
            for name in names
        ],
    )  # fmt: skip
    due_on = (now + timedelta(days=34)).date()
    review_plan_rows.write(connection, [review_plans.plan(name, due_on) for name in names])
    for number, name in enumerate(names):
        busy(connection, name, number, now)
    begin_patrols(connection, now.date())


def busy(connection: Connection, point: str, number: int, now: datetime) -> None:
    """Let a point be ordered to rectify, or be frozen for a day; control a third of them."""
    kind = CaseKind.FREEZE if number % 2 else CaseKind.RECTIFICATION
    wish = Wish(kind=kind, service_point_id=point, reason="检查", by=ANNA.name, at=now)
    case = open_by_staff(connection, wish)
    if kind is CaseKind.FREEZE:
        cases.act(connection, case.case_id, "emergency_freeze", actor=ANNA, at=now, note="急")
    if number % 3 == 0:
        until = now + timedelta(days=20)
        controlled = control_wishes.Wish(
            business=Business.TRANSFER, allowed=False, limit=None, reason="查", until=until
        )
        controls.control(connection, point, controlled, ANNA.name, now)


@pytest.fixture
def worlds(postgres_worlds: PostgresCopies) -> Iterator[tuple[Database, Database, datetime]]:
    """The same world twice."""
    now = SandboxClock(FACTS.clock_offset).now()
    urls = [postgres_worlds() for _ in range(2)]
    both = Database(urls[0]), Database(urls[1])
    for database in both:
        database.run_now(lambda connection: fill(connection, now))
    yield *both, now
    for url, database in zip(urls, both, strict=True):
        database.close_now()
        postgres_worlds.drop(url)


def test_the_clock_walks_beside_traffic(worlds: tuple[Database, Database, datetime]) -> None:
    busy_one, calm_one, now = worlds
    walker = Walker("walk", now + timedelta(days=DAYS))
    walked, traded = together(busy_one, walker, Walker("trade"))
    (alone,) = together(calm_one, walker)
    assert planned(walked) == planned(alone)
    assert Counter(kind for kind, _ in planned(alone)) >= Counter(
        annual_review=POINTS, overdue=POINTS // 2 + POINTS, lapse=POINTS // 2, patrol=DAYS - 2
    )
    assert traded["codes"]["00"] > 100
    assert set(traded["staff"]) >= {"take", "conclude"}
    assert set(traded["codes"]) >= {"00", "12", "58"}  # it felt controls and freezes
    assert busy_one.read_now(lambda connection: connection.execute(DEADLOCKS).scalar_one()) == 0
    assert busy_one.read_now(lambda connection: audit(connection, SECRETS.key)) == []
    assert busy_one.read_now(verify_chain)[1] is None


def planned(said: dict[str, list[tuple[str, str]]]) -> Counter[tuple[str, str]]:
    """Return what the clock did that was planned before anybody traded."""

    return Counter(
        (kind, "" if kind == "control" else subject)  # each control has a number of its own
        for kind, subject in said["fired"]
        if kind in PLANNED
    )
