"""Alerts that wait too long: 70 %, all, twice the time; each stage once, and whoever comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk.alerts import Action
from risk.audit_log import Wanted, list_entries
from risk.bank_calendar import BankCalendar
from risk.due import Fired
from risk.escalation import escalate, next_edge
from risk.store.save_hits import Said, save_said
from risk.store.tables import risk_alerts
from risk.suppressing import Wish, suppress
from risk.vocabulary import ScopeKind
from risk.working_alerts import Step, work_on
from tests.risk.ordinary import hits_of

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
HIT = hits_of("R09", card_points_24h=3)[0]  # medium: three working days, Monday to Thursday


@pytest.fixture
def alert_id(database: Database) -> str:
    said = Said(HIT, "E1", "SP-GYB", to_us(DEMO_START))
    ((_, alert_id),) = database.run_now(lambda c: save_said(c, [said], BankCalendar()))
    assert alert_id is not None
    return alert_id


def at(hours: float) -> datetime:
    return DEMO_START + hours * HOUR


def stage_of(database: Database, alert_id: str) -> int:
    query = select(risk_alerts.c.stage).where(risk_alerts.c.alert_id == alert_id)
    return int(database.read_now(lambda c: c.execute(query).scalar_one()))


def escalated(database: Database, moment: datetime) -> list[Fired]:
    return list(database.run_now(lambda c: escalate(c, moment)))


@pytest.mark.parametrize(
    ("moment", "stage"),
    [
        (at(72 * 0.7) - TICK, 0),
        (at(72 * 0.7), 1),
        (at(72) - TICK, 1),
        (at(72), 2),
        (at(144) - TICK, 2),
        (at(144), 3),
    ],
)
def test_the_edges_of_each_stage(
    database: Database, alert_id: str, moment: datetime, stage: int
) -> None:
    assert len(escalated(database, moment)) == bool(stage)
    assert stage_of(database, alert_id) == stage
    assert escalated(database, moment) == []


def test_it_waits_for_the_next_edge_and_at_last_for_none(database: Database, alert_id: str) -> None:
    for edge in (at(72 * 0.7), at(72), at(144)):
        assert database.read_now(lambda c: next_edge(c, DEMO_START)) == edge
        assert [fired.subject_id for fired in escalated(database, edge)] == [alert_id]
    assert database.read_now(lambda c: next_edge(c, DEMO_START)) is None


def test_every_stage_stands_in_the_log(database: Database, alert_id: str) -> None:
    escalated(database, at(60))
    escalated(database, at(200))  # nobody looked in between: it is told once, to the province
    page = database.read_now(lambda c: list_entries(c, Wanted(subject_id=alert_id), 10, None))
    assert [(e.actor, e.before, e.after) for e in page.items] == [
        ("clock", {"stage": "warned"}, {"stage": "province"}),
        ("clock", {"stage": "on_time"}, {"stage": "warned"}),
    ]


def test_an_alert_that_rests_is_not_late(database: Database, alert_id: str) -> None:
    wish = Wish(
        rule_id="R09",
        scope=ScopeKind(HIT.scope),
        value=HIT.scope_value,
        until=at(20),
        reason="赶集日",
    )
    database.run_now(lambda c: suppress(c, wish, "maker", DEMO_START))
    assert escalated(database, at(500)) == []


def test_whose_hands_it_is_in_does_not_matter(database: Database, alert_id: str) -> None:
    step = Step(action=Action.INVESTIGATE, note="核查")
    database.run_now(lambda c: work_on(c, alert_id, step, "maker", at(1)))
    assert len(escalated(database, at(72))) == 1


def test_two_processes_tell_it_once(database: Database, alert_id: str) -> None:
    told: list[Fired] = []
    threads = [Thread(target=lambda: told.extend(escalated(database, at(72)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [fired.subject_id for fired in told] == [alert_id]
