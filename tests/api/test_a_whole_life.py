"""A point's life on the clock, through HTTP: from an alert to its exit, every step in the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from api.settings import Settings
from pos_sim.policies import shipped
from pos_sim.store.audit import Finding, audit
from risk.audit_log import verify_chain
from risk.checklists import shipped_checklist
from risk.monitor import RiskMonitor
from seeds.load import secrets_of
from tests.api.back_office import BackOffice, back_office
from tests.api.counter import Json
from tests.api.village import SEED, Village

GOOD: dict[str, Any] = {item.code: "pass" for item in shipped_checklist().items()}


@pytest.fixture
def office(settings: Settings, world: Village) -> Iterator[BackOffice]:
    monitor = RiskMonitor(shipped(), secrets_of(SEED), check_every_s=0.0)
    with back_office(settings, world, monitor=monitor) as opened:
        yield opened


def the(office: BackOffice, kind: str, point: str) -> Json:
    """Return the open case of a kind at a point."""
    found = office.get("/v1/cases", kind=kind, service_point_id=point)["items"]
    (case,) = [one for one in found if one["closed_at"] is None]
    return dict(case)


def money_audit(office: BackOffice) -> list[Finding]:
    """Return what the audit of the money finds."""
    key = office.sandbox.secrets.key
    return office.sandbox.database.read_now(lambda connection: audit(connection, key))


def test_a_whole_life(office: BackOffice, capsys: pytest.CaptureFixture[str]) -> None:
    point, made_up = office.point_of(), money_audit(office)
    assert office.code() == "00"
    card = office.counter.card() | {"pin": "000000"}
    for _ in range(3):  # somebody tries PINs: R13, high
        office.counter.do("withdrawal", **card)
    (alert,) = office.get("/v1/alerts", rule_id="R13", service_point_id=point)["items"]
    case = office.open("verification", point, alert_ids=[alert["alert_id"]])
    office.one(case, "take")
    assert office.both(case, "conclude", verdict="confirmed")["outcome"] == "confirmed"
    assert office.get(f"/v1/alerts/{alert['alert_id']}")["verdict"] == "confirmed"

    order = the(office, "rectification", point)
    assert (office.status(point), office.code()) == ("rectifying", "00")
    office.pass_time(days=40)  # nobody puts it right
    freeze = the(office, "freeze", point)
    office.both(freeze, "freeze")
    assert office.code() == "58"
    office.one(order, "submit")
    office.both(order, "accept")
    office.both(freeze, "unfreeze")
    assert (office.status(point), office.code()) == ("open", "00")

    review = the(office, "annual_review", point)
    refused = office.act(review, "submit", items={})
    assert len(refused.json()["errors"]) == len(GOOD)
    office.one(review, "submit", items=GOOD | {"no_deposits": "fail"})
    office.one(review, "fail")
    again = the(office, "rectification", point)
    office.one(again, "submit")
    office.one(again, "reject")
    leaving = the(office, "exit", point)
    for action in ("stop", "settle", "recover_terminal"):
        office.one(leaving, action)
    assert office.both(leaving, "close")["state"] == "exited"
    assert (office.status(point), office.code()) == ("exited", "03")

    for one in (case, order, freeze, review, again, leaving):
        with capsys.disabled():
            for actor, action in office.audit_log(one["case_id"]):
                print(f"\n{one['case_id']:20} {actor:16} {action}", end="")
        assert office.audit_log(one["case_id"])
    assert office.sandbox.database.read_now(verify_chain)[1] is None
    assert money_audit(office) == made_up  # what the test's world was given by hand, no more
    assert office.clock.now().date() > date(2026, 4, 1)
