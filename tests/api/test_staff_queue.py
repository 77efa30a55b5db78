"""What the pages of staff ask the database, on both: the queue, the usual days, lists of cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from api.settings import Settings
from pos_sim.domain.calendar import business_date
from pos_sim.store.database import Database
from risk.approvals import approvals_about
from risk.store.case_rows import CaseFilter, count_open, list_cases
from risk.store.point_days import days_of
from risk.store.read_alerts import hits_about
from risk.store.urgent_alerts import WAITING, Queued, QueueFilter, count_waiting, queue
from tests.api.counter import Json
from tests.api.village import POS, Village
from tests.api.watched import Watched, watched


@pytest.fixture(scope="module")
def village(settings: Settings, world: Village) -> Iterator[Watched]:
    """A day with alerts of two severities; one of them is in the hands of demo-maker."""
    with watched(settings, world) as opened:
        opened.next_morning()
        opened.spread()
        for _ in range(3):
            opened.guess()
        taken = opened.alerts(rule_id="R13")[0]
        opened.send(f"/v1/alerts/{taken['alert_id']}/actions", {"action": "assign", "note": "办"})
        yield opened


@pytest.fixture
def database(village: Watched, database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close_now()


def asked(database: Database, limit: int = 50, **wanted: Any) -> list[Queued]:
    """The whole queue, page by page."""
    found: list[Queued] = []
    after = None
    while True:
        wish = QueueFilter(states=wanted.pop("states", WAITING), **wanted)
        wanted["states"] = wish.states
        page = database.read_now(partial(queue, wanted=wish, limit=limit, after=after))
        found += page.items
        after = page.after
        if after is None:
            return found


def test_the_gravest_come_first_whatever_the_page(database: Database) -> None:
    whole = asked(database)
    order = [(-one.kept.alert.severity.rank, one.kept.alert.due_at) for one in whole]
    assert order == sorted(order)
    assert len(whole) >= 4
    assert asked(database, limit=1) == whole
    assert all(one.point_name for one in whole)


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"severity": "high", "rule_id": "R13"}, 3),
        ({"assignee": "demo-maker"}, 1),
        ({"states": ("assigned",)}, 1),
        ({"states": ("closed",)}, 0),
        ({"states": None, "rule_id": "R09"}, 1),
        ({"place": "sp520121-0001", "rule_id": "R13"}, 3),
        ({"place": "%"}, 0),
    ],
)
def test_filters_go_together(database: Database, wanted: dict[str, Any], count: int) -> None:
    assert len(asked(database, **wanted)) == count


def test_how_many_wait_and_how_many_are_late(village: Watched, database: Database) -> None:
    now = village.clock.now()
    whole = len(asked(database))
    found = database.read_now(partial(count_waiting, now=now))
    assert (found.all, found.late, found.of) == (whole, 0, {"demo-maker": 1})
    later = database.read_now(partial(count_waiting, now=now + timedelta(days=30)))
    assert (later.all, later.late) == (whole, whole)


def test_hits_and_days_of_an_alert(village: Watched, database: Database) -> None:
    alert = village.alerts(rule_id="R09")[0]
    hits = database.read_now(partial(hits_about, alert_id=alert["alert_id"], most=10))
    assert [(one.rule_id, one.observed, one.outcome) for one in hits] == [("R09", 3, "hit")]
    point, today = point_of(village), business_date(village.clock.now())
    days = database.read_now(partial(days_of, point=point, until=today, most=7))
    assert [(one.day, one.moves) for one in days] == [(today, 1)]
    assert database.read_now(partial(days_of, point=point, until=today, most=0)) == []


def point_of(village: Watched) -> str:
    return str(village.ask(f"/v1/terminals/{POS}")["service_point_id"])


def test_cases_by_place_and_whether_they_are_open(village: Watched, database: Database) -> None:
    body: Json = {"kind": "exit", "service_point_id": point_of(village), "reason": "迁居"}
    case = village.send("/v1/cases", body).json()
    now = village.clock.now()
    there = {
        name: [one.case_id for one in database.read_now(
            partial(list_cases, wanted=CaseFilter(kind="exit", overdue_at=now, **wanted),
                    limit=50, after=None)).items]
        for name, wanted in {
            "open": {"is_open": True},
            "closed": {"is_open": False},
            "here": {"place": case["service_point_id"].lower()},
            "elsewhere": {"place": "nowhere"},
        }.items()
    }  # fmt: skip
    assert there == {"open": [case["case_id"]], "closed": [], "here": [case["case_id"]],
                     "elsewhere": []}  # fmt: skip
    total, overdue = database.read_now(partial(count_open, now=now))
    assert total >= 1
    assert overdue == 0


def test_what_was_proposed_about_a_subject(village: Watched, database: Database) -> None:
    alert = village.alerts(rule_id="R13")[-1]
    path = f"/v1/alerts/{alert['alert_id']}/actions"
    village.send(path, {"action": "investigate", "note": "核查"})
    closing = {"action": "close", "verdict": "undetermined", "note": "查无实据"}
    asked_for = village.send(path, closing).json()["approval_id"]
    look = partial(approvals_about, kind="alert", subject_id=alert["alert_id"])
    found = database.read_now(look)
    assert [(one.approval_id, one.maker, one.choice) for one in found] == [
        (asked_for, "demo-maker", None)
    ]
