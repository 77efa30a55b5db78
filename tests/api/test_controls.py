"""Controls over HTTP: felt by the next request, also in another process."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from api.composition import open_sandbox
from api.settings import Settings
from tests.api.back_office import MAKER, OTHER, BackOffice, back_office
from tests.api.counter import Counter, Json
from tests.api.serving import serving
from tests.api.village import OTHER_POS, POS, Village


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village) -> Iterator[BackOffice]:
    with back_office(settings, world) as opened:
        yield opened


def body(office: BackOffice, **changes: object) -> Json:
    asked: Json = {"business": "withdrawal", "allowed": False, "reason": "整改期间暂停"}
    return asked | {"until": office.hence(days=30)} | changes


def path(office: BackOffice, terminal_id: str = POS) -> str:
    return f"/v1/service-points/{office.point_of(terminal_id)}/controls"


def test_one_tightens_and_two_loosen(office: BackOffice) -> None:
    made = office.done(path(office), body(office))
    assert (made["approval_id"], made["control"]["maker"]) == (None, MAKER)
    assert (office.code(), office.code(business="balance_inquiry")) == ("12", "00")
    shown = office.get(f"/v1/service-points/{office.point_of()}")["controls"]
    assert [(one["business"], one["allowed"]) for one in shown] == [("withdrawal", False)]
    asked = office.done(path(office), body(office, allowed=True))
    assert asked["control"]["control_id"] == made["control"]["control_id"]
    assert office.decide(asked["approval_id"], api_key=MAKER).status_code == 403
    assert office.code() == "12"
    waits = office.post(path(office), body(office, allowed=True), OTHER)
    assert (waits.status_code, waits.json()["type"]) == (409, "illegal-action")
    assert office.decide(asked["approval_id"]).json()["title"] == "放宽业务控制"
    assert office.code() == "00"
    assert office.get(path(office))["items"] == []


def test_a_lower_limit_and_its_end(office: BackOffice) -> None:
    asked = body(office, allowed=True, limit_fen=20_000, until=office.hence(hours=3))
    office.done(path(office, OTHER_POS), asked)
    card = office.counter.card()
    big = office.counter.do("withdrawal", terminal_id=OTHER_POS, amount_fen=30_000, **card)
    assert (big["response_code"], big["refusal"]["limit_fen"]) == ("61", 20_000)
    office.pass_time(hours=3)
    again = office.counter.do("withdrawal", terminal_id=OTHER_POS, amount_fen=30_000, **card)
    assert again["response_code"] == "00"
    assert office.get(path(office, OTHER_POS))["items"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"business": "reversal"}, "business"),
        ({"business": "bill_payment", "limit_fen": 5}, "limit_fen"),
        ({"until": "2026-01-01T00:00:00+08:00"}, "until"),
        ({"until": "2026-04-01"}, "until"),
        ({"limit_fen": -1}, "limit_fen"),
        ({"allowed": True}, "allowed"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_control_that_cannot_be(office: BackOffice, changes: Json, field: str) -> None:
    refused = office.post(path(office), body(office, **changes))
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert office.code() == "00"


def test_a_point_that_does_not_exist(office: BackOffice) -> None:
    answer = office.post("/v1/service-points/SP-none/controls", body(office))
    assert (answer.status_code, answer.json()["type"]) == (404, "not-found")


def test_another_process_feels_control_and_freeze_with_its_next_request(
    office: BackOffice, settings: Settings, world: Village
) -> None:
    """Two servers on one database; on SQLite they take turns writing."""
    other = open_sandbox(settings, clock=office.clock)
    with serving(settings, other) as address, httpx2.Client(base_url=address) as client:
        there = Counter(client, world, first_trace=500_001)

        def code() -> str:
            return str(there.do("withdrawal")["response_code"])

        assert code() == "00"
        office.done(path(office), body(office))
        assert code() == "12"
        case = office.open("freeze", office.point_of())
        office.one(case, "emergency_freeze")
        assert code() == "58"
        office.both(case, "unfreeze")
        assert code() == "12"
