"""Alerts over HTTP: what real traffic raises, and what people do about it."""

from __future__ import annotations

import time

import pytest

from tests.api.counter import Json
from tests.api.village import POS
from tests.api.watched import Watched


@pytest.fixture(autouse=True)
def _another_day(desk: Watched) -> None:
    """Let every test begin in the morning of a day of its own."""
    desk.next_morning()


def medium(desk: Watched) -> Json:
    return with_case(desk, desk.alert("R09", desk.spread()["card_id"]))


def high(desk: Watched) -> Json:
    return desk.alert("R13", desk.guess()["card_id"])


def with_case(desk: Watched, alert: Json) -> Json:
    """Return the alert as it is once the clock has opened the case that it feeds."""
    for _ in range(200):
        found = again(desk, alert)
        if found["case_id"] is not None:
            return found
        time.sleep(0.02)
    raise AssertionError(f"no case of {alert['alert_id']}")


def act(desk: Watched, alert: Json, action: str, api_key: str = "demo-maker", **more: str) -> Json:
    """Do what must be possible and return the alert."""
    body = {"action": action, "note": "已核实", **more}
    answer = desk.send(f"/v1/alerts/{alert['alert_id']}/actions", body, api_key)
    assert answer.status_code == 200, answer.text
    after: Json = answer.json()
    return after


def again(desk: Watched, alert: Json) -> Json:
    return desk.ask(f"/v1/alerts/{alert['alert_id']}")


# What they say -----------------------------------------------------------------------------------


def test_an_alert_explains_itself(desk: Watched) -> None:
    last = desk.spread()
    alert = with_case(desk, desk.alert("R09", last["card_id"]))
    assert (alert["state"], alert["severity"], alert["rule_version"]) == ("new", "medium", 1)
    assert alert["scope"] == {"kind": "card", "value": last["card_id"]}
    assert (alert["observed"], alert["threshold"], alert["unit"]) == (3, 3, "count")
    assert "3" in alert["explanation"]
    assert alert["transaction_ids"] == [last["transaction_id"]]
    assert alert["service_point_id"] == last["service_point_id"]
    assert (alert["hit_count"], alert["feeds"]) == (1, ["FV"])
    assert alert["case_id"].startswith("VF-")
    assert alert["first_seen_at"] == alert["last_seen_at"] == last["decided_at"]
    assert alert["available_actions"] == ["assign", "investigate", "escalate"]
    assert again(desk, alert) == alert


def test_a_second_hit_raises_the_open_alert(desk: Watched) -> None:
    card = desk.counter.card()
    first = desk.spread(card)
    before = with_case(desk, desk.alert("R09", first["card_id"]))
    act(desk, before, "assign", assignee="李核查")
    second = desk.counter.do("withdrawal", **card)
    after = again(desk, before)
    assert after["transaction_ids"] == [first["transaction_id"], second["transaction_id"]]
    assert (after["hit_count"], after["last_seen_at"]) == (2, second["decided_at"])
    assert (after["state"], after["assignee"]) == ("assigned", "李核查")


def test_how_late_an_alert_is(desk: Watched) -> None:
    alert = high(desk)
    seen = []
    for hours in (0, 18, 8, 24, 72):
        desk.pass_time(hours=hours)
        seen.append(again(desk, alert)["stage"])
    assert seen[0] == "on_time"
    assert seen[-1] == "province"
    assert seen == sorted(seen, key=["on_time", "warned", "parent_branch", "province"].index)


# Lists -------------------------------------------------------------------------------------------


def test_the_list_is_paged_the_latest_seen_first(desk: Watched) -> None:
    for _ in range(3):
        high(desk)
        desk.pass_time(minutes=1)
    whole, in_pages = (
        [(one["last_seen_at"], one["alert_id"]) for one in desk.alerts(**asked)]
        for asked in ({}, {"limit": 2})
    )
    assert in_pages == whole
    assert whole == sorted(whole, reverse=True)


def test_filters_go_together(desk: Watched) -> None:
    alert = medium(desk)
    act(desk, alert, "assign")
    asked = {
        "state": "assigned",
        "severity": "medium",
        "rule_id": "R09",
        "service_point_id": alert["service_point_id"],
    }
    ids = [one["alert_id"] for one in desk.alerts(**asked)]
    assert alert["alert_id"] in ids
    for name, other in (
        ("state", "closed"),
        ("severity", "low"),
        ("rule_id", "R13"),
        ("service_point_id", "SP-none"),
    ):
        others = [one["alert_id"] for one in desk.alerts(**(asked | {name: other}))]
        assert alert["alert_id"] not in others


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"state": "lost"}, "state"),
        ({"severity": "grim"}, "severity"),
        ({"rule_id": "R 1"}, "rule_id"),
        ({"limit": 201}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"wish": 1}, "wish"),
    ],
)
def test_a_malformed_question_is_refused(desk: Watched, asked: Json, field: str) -> None:
    answer = desk.counter.get("/v1/alerts", "demo-auditor", **asked)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_an_alert_that_never_was_is_not_found(desk: Watched) -> None:
    assert desk.counter.get("/v1/alerts/R01-none-1", "demo-auditor").status_code == 404
    body = {"action": "assign", "note": "x"}
    assert desk.send("/v1/alerts/R01-none-1/actions", body).status_code == 404


# Work --------------------------------------------------------------------------------------------


def test_a_medium_alert_is_worked_off_by_one_person(desk: Watched) -> None:
    alert = medium(desk)
    after = act(desk, alert, "assign", assignee="李核查")
    assert (after["state"], after["assignee"], after["note"]) == ("assigned", "李核查", "已核实")
    after = act(desk, alert, "investigate", "demo-checker")
    assert after["state"] == "investigating"
    assert after["available_actions"] == ["assign", "close", "escalate"]
    after = act(desk, alert, "close", verdict="false_alarm")
    assert (after["state"], after["verdict"], after["approval_id"]) == (
        "closed",
        "false_alarm",
        None,
    )
    assert after["closed_at"] is not None
    assert again(desk, alert) == after
    statistics = desk.ask("/v1/risk/rules/R09")["statistics"]["alerts"]
    assert statistics["false_alarm"] >= 1


def test_a_high_alert_is_closed_by_two(desk: Watched) -> None:
    alert = high(desk)
    act(desk, alert, "investigate")
    waiting = act(desk, alert, "close", verdict="confirmed")
    assert (waiting["state"], waiting["verdict"]) == ("investigating", None)
    assert waiting["approval_id"] is not None
    assert "close" not in waiting["available_actions"]
    assert again(desk, alert) == waiting
    own = desk.send(f"/v1/approvals/{waiting['approval_id']}", {"decision": "approve", "note": "x"})
    assert (own.status_code, own.json()["type"]) == (403, "own-approval")
    assert desk.approve(waiting["approval_id"]).status_code == 200
    after = again(desk, alert)
    assert (after["state"], after["verdict"], after["approval_id"]) == ("closed", "confirmed", None)
    assert (after["note"], after["available_actions"]) == ("已核实", [])


def test_closing_that_is_rejected_leaves_the_alert_open(desk: Watched) -> None:
    alert = high(desk)
    act(desk, alert, "investigate")
    waiting = act(desk, alert, "close", verdict="undetermined")
    assert desk.approve(waiting["approval_id"], "reject").status_code == 200
    after = again(desk, alert)
    assert (after["state"], after["approval_id"]) == ("investigating", None)
    assert "close" in after["available_actions"]


def test_an_alert_that_moved_on_is_not_closed_by_an_old_proposal(desk: Watched) -> None:
    alert = high(desk)
    act(desk, alert, "investigate")
    waiting = act(desk, alert, "close", verdict="confirmed")
    act(desk, alert, "assign", "demo-checker-2")
    answer = desk.approve(waiting["approval_id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "stale-approval")
    assert again(desk, alert)["state"] == "assigned"


@pytest.mark.parametrize("action", ["assign", "investigate", "close", "escalate"])
def test_a_closed_alert_knows_no_action(desk: Watched, action: str) -> None:
    alert = medium(desk)
    act(desk, alert, "investigate")
    closed = act(desk, alert, "close", verdict="confirmed")
    refused(desk, closed, action, [])


@pytest.mark.parametrize(
    ("first", "action", "available"),
    [
        (None, "close", ["assign", "investigate", "escalate"]),
        ("investigate", "investigate", ["assign", "close", "escalate"]),
        ("escalate", "escalate", ["assign", "investigate", "close"]),
    ],
)
def test_what_a_state_does_not_know_is_refused_with_what_it_knows(
    desk: Watched, first: str | None, action: str, available: list[str]
) -> None:
    alert = medium(desk)
    if first:
        act(desk, alert, first)
    refused(desk, alert, action, available)


def refused(desk: Watched, alert: Json, action: str, available: list[str]) -> None:
    before = again(desk, alert)
    body = {"action": action, "note": "x"} | ({"verdict": "confirmed"} if action == "close" else {})
    answer = desk.send(f"/v1/alerts/{alert['alert_id']}/actions", body)
    assert (answer.status_code, answer.json()["type"]) == (409, "illegal-action")
    assert answer.json()["available_actions"] == available
    assert again(desk, alert) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "burn", "note": "x"}, "action"),
        ({"action": "suppress", "note": "x"}, "action"),
        ({"action": "assign"}, "note"),
        ({"action": "close", "note": "x"}, "verdict"),
        ({"action": "assign", "note": "x", "verdict": "confirmed"}, "verdict"),
        ({"action": "close", "note": "x", "verdict": "maybe"}, "verdict"),
        ({"action": "assign", "note": "x", "wish": 1}, "wish"),
    ],
)
def test_a_malformed_action_is_refused(desk: Watched, body: Json, field: str) -> None:
    answer = desk.send("/v1/alerts/R01-none-1/actions", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


# Transactions ------------------------------------------------------------------------------------


def test_staff_see_what_rules_said_of_a_transaction_and_terminals_do_not(desk: Watched) -> None:
    last = desk.spread()
    alert = desk.alert("R09", last["card_id"])
    path = f"/v1/transactions/{last['transaction_id']}"
    found = desk.ask(path)
    assert found["alerts"] == [
        {name: alert[name] for name in ("alert_id", "rule_id", "severity", "title")}
    ]
    (hit,) = found["hits"]
    assert (hit["rule_id"], hit["outcome"], hit["decision"]) == ("R09", "hit", "alert")
    assert hit["explanation"] == alert["explanation"]
    listed = desk.ask("/v1/transactions", card_id=last["card_id"])["items"]
    assert [len(item["alerts"]) for item in listed] == [1, 0, 0]
    told = desk.ask(path, "demo-terminal")
    assert told.keys().isdisjoint({"alerts", "hits"})
    items = desk.ask("/v1/transactions", "demo-terminal", card_id=last["card_id"])["items"]
    assert all(item.keys().isdisjoint({"alerts", "hits"}) for item in items)


def test_a_quiet_transaction_has_no_alerts(desk: Watched) -> None:
    quiet = desk.counter.do("withdrawal", terminal_id=POS)
    found = desk.ask(f"/v1/transactions/{quiet['transaction_id']}")
    assert (found["alerts"], found["hits"]) == ([], [])
