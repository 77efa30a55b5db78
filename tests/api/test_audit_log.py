"""What staff and deadlines do, each with its entry: who, when, from, to, why."""

from __future__ import annotations

from typing import Any

from api.settings import Settings
from pos_sim.store.database import Database
from risk.audit_log import verify_chain
from tests.api.counter import Json
from tests.api.watched import Watched


def entries(desk: Watched, **asked: Any) -> list[Json]:
    """Return what the log says, the oldest first."""
    return desk.counter.pages("/v1/audit-log", limit=3, **asked)[::-1]


def told(desk: Watched, kind: str, subject_id: str) -> list[tuple[str, str]]:
    found = entries(desk, subject_kind=kind, subject_id=subject_id)
    return [(one["actor"], one["action"]) for one in found]


def test_work_on_an_alert_and_who_closed_it(desk: Watched) -> None:
    desk.guess()
    alert = desk.alerts(rule_id="R13")[0]["alert_id"]
    path = f"/v1/alerts/{alert}/actions"
    assert desk.send(path, {"action": "assign", "note": "先核实"}).status_code == 200
    assert desk.send(path, {"action": "investigate", "note": "电话核实"}).status_code == 200
    closing = {"action": "close", "note": "本人操作", "verdict": "false_alarm"}
    approval = desk.send(path, closing).json()["approval_id"]
    desk.approve(approval)
    assert told(desk, "alert", alert) == [
        ("demo-maker", "assign"),
        ("demo-maker", "investigate"),
        ("demo-checker", "close"),
    ]
    last = entries(desk, subject_kind="alert", subject_id=alert)[-1]
    assert (last["before"]["state"], last["after"]["state"]) == ("investigating", "closed")
    assert last["after"]["verdict"] == "false_alarm"
    assert told(desk, "approval", approval) == [
        ("demo-maker", "propose"),
        ("demo-checker", "approve"),
    ]


def test_a_list_entry_from_its_first_hand_to_its_end(desk: Watched) -> None:
    card = desk.counter.new_card()
    body = {"value": card["card_id"], "until": desk.hence(hours=72), "reason": "涉案"}
    entry = desk.send("/v1/risk/lists/blocked-cards/entries", body).json()
    desk.approve(entry["approval_id"])
    desk.pass_time(hours=73)
    wanted = [("demo-maker", "add"), ("demo-checker", "confirm"), ("clock", "expire")]
    assert wait_for(desk, "list_entry", entry["entry_id"], 3) == wanted


def test_what_nobody_confirmed_lapses_by_the_clock(desk: Watched) -> None:
    card = desk.counter.new_card()
    body = {"value": card["card_id"], "until": desk.hence(hours=72), "reason": "涉案"}
    entry = desk.send("/v1/risk/lists/blocked-cards/entries", body).json()
    desk.pass_time(hours=24)
    lapsed = [("demo-maker", "add"), ("clock", "lapse")]
    assert wait_for(desk, "list_entry", entry["entry_id"], 2) == lapsed
    refused = [("demo-maker", "propose"), ("clock", "reject")]
    assert told(desk, "approval", entry["approval_id"]) == refused


def test_a_suppression_and_its_end(desk: Watched) -> None:
    body = {
        "rule_id": "R09",
        "scope": {"kind": "card", "value": "1"},
        "until": desk.hence(hours=2),
        "reason": "赶集日",
    }
    made = desk.send("/v1/risk/suppressions", body).json()
    desk.pass_time(hours=3)
    told_of_it = wait_for(desk, "suppression", made["suppression_id"], 2)
    assert told_of_it == [("demo-maker", "suppress"), ("clock", "expire")]


def test_a_rule_version_in_two_hands(desk: Watched) -> None:
    body = {
        "params": {"day": {"band": [{"from": 4}]}},
        "mode": "enforce",
        "effective_from": "2026-12-01",
        "note": "收紧",
    }
    made = desk.send("/v1/risk/rules/R09/versions", body).json()
    desk.approve(made["approval_id"])
    version = f"R09-{made['version']}"
    assert told(desk, "rule_version", version) == [
        ("demo-maker", "draft"),
        ("demo-checker", "activate"),
    ]


def test_who_moved_the_clock(desk: Watched) -> None:
    assert desk.send("/sim/clock", {"advance_by": "PT1H"}, "demo-admin").status_code == 200
    last = entries(desk, subject_kind="clock")[-1]
    assert (last["actor"], last["action"]) == ("demo-admin", "advance")
    assert last["before"]["now"] < last["after"]["now"]


def test_the_chain_holds_and_its_pages_lead_through_it(desk: Watched, settings: Settings) -> None:
    found = entries(desk)
    assert [one["seq"] for one in found] == list(range(1, len(found) + 1))
    database = Database(settings.database_url)
    head, broken = database.read_now(verify_chain)
    database.close_now()
    assert broken is None
    assert head.hash == found[-1]["hash"] or head.seq > len(found)
    assert {one["actor"] for one in entries(desk, actor="clock")} == {"clock"}


def wait_for(desk: Watched, kind: str, subject_id: str, count: int) -> list[tuple[str, str]]:
    """Return what the log says of a subject once it says so much: the clock works in between."""
    answer = desk.send("/sim/clock", {"advance_by": "PT1S"}, "demo-admin")
    assert answer.status_code == 200
    found = told(desk, kind, subject_id)
    assert len(found) == count, found
    return found
