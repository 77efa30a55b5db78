"""Cases over HTTP: what may be done now, who must agree, and what bad input gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.settings import Settings
from tests.api.back_office import CHECKER, MAKER, OTHER, BackOffice, back_office
from tests.api.counter import Json
from tests.api.village import FROZEN, GRCU_POS, OTHER_POS, POS, Village


@pytest.fixture(scope="module")
def office(settings: Settings, world: Village) -> Iterator[BackOffice]:
    with back_office(settings, world) as opened:
        yield opened


def test_a_freeze_from_proposal_to_release(office: BackOffice) -> None:
    point = office.point_of(POS)
    case = office.open("freeze", point)
    assert (case["state"], office.code()) == ("proposed", "00")
    assert case["available_actions"][0] == {
        "action": "freeze",
        "title": "冻结",
        "title_en": "Freeze",
        "needs_approval": True,
    }
    asked = office.act(case, "freeze").json()
    assert (asked["state"], asked["pending_approval"]["maker"]) == ("proposed", MAKER)
    assert office.decide(asked["approval_id"], api_key=MAKER).json()["type"] == "own-approval"
    assert office.code() == "00"
    assert office.decide(asked["approval_id"]).json()["title"] == "冻结"
    assert (office.status(point), office.code()) == ("frozen", "58")
    assert office.code(business="balance_inquiry") == "58"
    assert office.both(case, "unfreeze")["state"] == "lifted"
    assert (office.status(point), office.code()) == ("open", "00")
    closed = office.one(case, "close")
    assert (closed["available_actions"], closed["closed_at"] is None) == ([], False)
    assert [line["action"] for line in closed["history"]] == [
        "open", "freeze", "freeze", "unfreeze", "unfreeze", "close",
    ]  # fmt: skip


def test_a_reversal_goes_on_at_a_frozen_point(office: BackOffice) -> None:
    drawn = office.counter.do("withdrawal", terminal_id=OTHER_POS)
    case = office.open("freeze", office.point_of(OTHER_POS))
    office.one(case, "emergency_freeze")
    assert office.code(OTHER_POS) == "58"
    undone = office.counter.reverse(drawn)
    assert undone["response_code"] == "00"
    office.both(case, "unfreeze")
    office.one(case, "close")


def test_an_emergency_freeze_lapses_on_the_clock(office: BackOffice) -> None:
    case = office.open("freeze", office.point_of(GRCU_POS))
    frozen = office.one(case, "emergency_freeze")
    assert (frozen["due_at"], office.code(GRCU_POS)) == (office.hence(hours=24), "58")
    office.pass_time(hours=23)
    assert office.code(GRCU_POS) == "58"
    office.pass_time(hours=1)
    assert (office.case(case)["state"], office.code(GRCU_POS)) == ("lapsed", "00")
    office.one(case, "close")


def test_what_is_not_possible_says_what_is(office: BackOffice) -> None:
    case = office.open("freeze", office.point_of(POS))
    before = office.case(case)
    for action in ("unfreeze", "thaw", "lapse"):
        refused = office.act(case, action)
        assert (refused.status_code, refused.json()["type"]) == (409, "illegal-action")
        available = ["freeze", "emergency_freeze", "close"]
        assert refused.json()["available_actions"] == available
    assert office.case(case) == before
    office.one(case, "close")


def test_a_proposal_that_was_overtaken_is_stale(office: BackOffice) -> None:
    case = office.open("freeze", office.point_of(POS))
    asked = office.act(case, "freeze").json()["approval_id"]
    office.one(case, "close")
    late = office.decide(asked)
    assert (late.status_code, late.json()["type"]) == (409, "stale-approval")
    assert office.code() == "00"


def test_one_open_case_a_kind_and_point(office: BackOffice) -> None:
    point = office.point_of(POS)
    case = office.open("freeze", point)
    body = {"kind": "freeze", "service_point_id": point, "reason": "再报一次"}
    again = office.post("/v1/cases", body, OTHER)
    assert (again.status_code, again.json()["type"]) == (409, "already-there")
    assert again.json()["case_id"] == case["case_id"]
    office.one(case, "close")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"service_point_id": "SP-none"}, "service_point_id"),
        ({"service_point_id": "一号"}, "service_point_id"),
        ({"reason": ""}, "reason"),
        ({"alert_ids": ["R01-none-1"]}, "alert_ids"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_case_that_cannot_be_opened(office: BackOffice, changes: Json, field: str) -> None:
    body = {"kind": "verification", "service_point_id": office.point_of(POS), "reason": "看一看"}
    refused = office.post("/v1/cases", body | changes)
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert office.get("/v1/cases", kind="verification")["items"] == []


def test_cases_are_listed_and_filtered(office: BackOffice) -> None:
    point = office.point_of(FROZEN)
    case = office.open("freeze", point)
    assert case["state"] == "frozen"  # the seed froze it; the case takes it over
    found = office.get("/v1/cases", service_point_id=point, kind="freeze", state="frozen")
    assert [one["case_id"] for one in found["items"]] == [case["case_id"]]
    assert office.get("/v1/cases", service_point_id=point, overdue=True)["items"] == []
    everything = office.get("/v1/cases", limit=1)
    assert len(everything["items"]) == 1
    assert everything["next_cursor"]
    assert office.both(case, "unfreeze")["state"] == "lifted"
    assert office.code(FROZEN) == "00"


def test_a_verification_keeps_its_date_when_somebody_takes_it(office: BackOffice) -> None:
    case = office.open("verification", office.point_of(POS))
    assert case["due_at"] is not None
    assert office.one(case, "take")["due_at"] == case["due_at"]
    late: Json = {"kind": "verification", "overdue": True}
    assert office.get("/v1/cases", **late)["items"] == []
    office.pass_time(days=6)
    (found,) = office.get("/v1/cases", **late)["items"]
    assert (found["case_id"], found["is_overdue"]) == (case["case_id"], True)


def test_every_case_has_a_sheet_to_print(office: BackOffice) -> None:
    case = office.open("idle_visit", office.point_of(POS))
    sheet = office.counter.get(f"/v1/cases/{case['case_id']}/documents/0", "demo-auditor")
    assert sheet.headers["content-type"].startswith("text/plain")
    assert case["case_id"] in sheet.text
    assert "闲置走访核查单" in sheet.text
    missing = office.counter.get(f"/v1/cases/{case['case_id']}/documents/9", "demo-auditor")
    assert missing.status_code == 404
    office.one(case, "report", outcome="resume")


def test_everything_stands_in_the_audit_log(office: BackOffice) -> None:
    case = office.open("freeze", office.point_of(POS))
    office.both(case, "freeze")
    office.both(case, "unfreeze")
    assert office.audit_log(case["case_id"]) == [
        (MAKER, "open"),
        (MAKER, "freeze: proposed"),
        (CHECKER, "freeze"),
        (MAKER, "unfreeze: proposed"),
        (CHECKER, "unfreeze"),
    ]
