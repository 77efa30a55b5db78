"""Rules over HTTP: what is in force, proposals, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from risk.rulebook import shipped
from tests.api.counter import Counter, Json, bearer
from tests.api.proposals import LATER, TODAY, TOMORROW, decided, proposal, proposed, rule, statuses

R01 = "/v1/risk/rules/R01"


def test_all_rules_of_the_catalogue_are_in_force(counter: Counter) -> None:
    items = counter.get("/v1/risk/rules", "demo-auditor").json()["items"]
    assert [item["rule_id"] for item in items] == [f"R{number:02d}" for number in range(1, 25)]
    assert {(item["version"], item["mode"]) for item in items} == {(1, "enforce")}
    assert {item["is_dropped"] for item in items} == {False}


def test_a_rule_shows_what_a_form_needs(counter: Counter) -> None:
    days, split = rule(counter)["clauses"]
    assert (days["template_title"], days["unit"], days["scope"]) == ("计数", "count", "card")
    share = next(one for one in days["parameters"] if one["name"] == "each_of_limit")
    assert (share["unit"], share["value"], share["high"]) == ("bp", 9_000, 10_000)
    assert share["label"] == "单项占限额比例"
    assert [(band["from"], band["to"]) for band in days["bands"]] == [(4, None)]
    assert split["guards"] == ["card_withdrawals_today >= 3", "card_withdrawal_points_today >= 2"]


def test_an_unknown_rule_is_not_found(counter: Counter) -> None:
    assert counter.get("/v1/risk/rules/R99", "demo-maker").status_code == 404
    answer = counter.post("/v1/risk/rules/R99/versions", proposal(), "demo-maker")
    assert answer.status_code == 404


def test_a_proposal_is_a_draft_and_changes_nothing_until_another_person_approves(
    counter: Counter,
) -> None:
    made = proposed(counter, "R09", params={"day": {"band": [{"from": 2}]}})
    assert (made["version"], made["status"], made["maker"]) == (2, "pending", "demo-maker")
    assert statuses(counter, "R09") == {2: "pending", 1: "in_force"}
    answer = decided(counter, made["approval_id"])
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    assert statuses(counter, "R09") == {2: "upcoming", 1: "in_force"}
    approved = rule(counter, "R09")["versions"][0]
    assert (approved["checker"], approved["approval_id"]) == ("demo-checker", None)


def test_a_version_of_today_is_in_force_at_once(counter: Counter) -> None:
    made = proposed(counter, "R14", params={}, mode="alert_only", effective_from=TODAY)
    assert rule(counter, "R14")["mode"] == "enforce"
    decided(counter, made["approval_id"])
    found = rule(counter, "R14")
    assert (found["version"], found["mode"]) == (2, "alert_only")
    assert statuses(counter, "R14") == {2: "in_force", 1: "superseded"}


def test_the_server_says_which_rules_are_in_force(counter: Counter) -> None:
    before = about(counter)["rulebook"]
    assert len(before) == len(shipped().on(date.fromisoformat(TODAY)).checksum)
    made = proposed(counter, "R12", params={}, mode="alert_only", effective_from=TODAY)
    assert about(counter)["rulebook"] == before
    decided(counter, made["approval_id"])
    assert about(counter)["rulebook"] not in (before, None)


def about(counter: Counter) -> Json:
    found: Json = counter.get("/v1/about", "demo-auditor").json()
    return found


def test_a_rejected_version_is_kept_and_its_number_is_not_used_again(counter: Counter) -> None:
    first = proposed(counter, "R17", params={})
    answer = decided(counter, first["approval_id"], "reject")
    assert answer.json()["state"] == "rejected"
    second = proposed(counter, "R17", params={})
    assert second["version"] == first["version"] + 1
    found = statuses(counter, "R17")
    assert (found[first["version"]], found[second["version"]]) == ("rejected", "pending")


@pytest.mark.parametrize("rule_id", [f"R{number:02d}" for number in range(1, 25)])
def test_the_params_of_any_version_can_be_sent_as_they_are_shown(
    counter: Counter, rule_id: str
) -> None:
    shown = rule(counter, rule_id)["versions"][-1]["params"]
    made = proposed(counter, rule_id, params=shown, effective_from=LATER)
    assert made["params"] == shown


def test_only_what_is_named_changes(counter: Counter) -> None:
    before = rule(counter)["versions"][-1]["params"]
    after = proposed(counter)["params"]
    assert after["split_in_a_day"] == before["split_in_a_day"]
    assert after["days_near_limit"]["each_of_limit"] == 8_500
    band, was = after["days_near_limit"]["band"][0], before["days_near_limit"]["band"][0]
    assert band == was | {"from": 3}


DAYS = "days_near_limit"


@pytest.mark.parametrize(
    ("params", "field", "says"),
    [
        ({"wish": {}}, "params.wish", "none of days_near_limit"),
        ({DAYS: 3}, f"params.{DAYS}", "expected a table"),
        ({DAYS: {"wish": 1}}, f"params.{DAYS}.wish", "unknown key"),
        ({DAYS: {"each_of_limit": 10_001}}, f"params.{DAYS}.each_of_limit", "not between"),
        ({DAYS: {"each_of_limit": 0.9}}, f"params.{DAYS}.each_of_limit", "whole number"),
        ({DAYS: {"template": "sum"}}, f"params.{DAYS}.template", "belongs to the rule"),
        ({DAYS: {"fact": "card_pionts"}}, f"params.{DAYS}.fact", "unknown fact"),
        ({DAYS: {"fact": "amount"}}, f"params.{DAYS}.fact", "in fen"),
        ({DAYS: {"fact": "point_txns_30d"}}, f"params.{DAYS}", "not known in this lane"),
        ({DAYS: {"band": [{"to": 3}]}}, f"params.{DAYS}.band[1].to", "not above"),
        ({DAYS: {"band": [{"to": 9}]}}, f"params.{DAYS}.band[1].to", "a gap"),
        ({DAYS: {"band": [{"decision": "decline"}]}}, f"params.{DAYS}.band[1].decision",
         "not possible"),
        ({DAYS: {"band": [{}, {"from": 9}]}}, f"params.{DAYS}.band[2].severity", "missing"),
        ({DAYS: {"band": [{"reason": "{wish}"}]}}, f"params.{DAYS}.band[1].reason", "unknown"),
        ({DAYS: {"band": [{"reason": "a\u0000b"}]}}, f"params.{DAYS}.band[1].reason", "shown"),
        ({DAYS: {"band": []}}, f"params.{DAYS}.band", "an empty list"),
        ({DAYS: {"guard": [{"fact": "amount", "op": "~", "value": 1}]}},
         f"params.{DAYS}.guard[1].op", "none of"),
        ({"tiers": {"A": 1, "B": 2, "C": 3, "D": 4}}, "params.tiers.A", "not between"),
        ({"on_error": "hold"}, "params.on_error", "not possible"),
        ({"9900010000000017": {}}, "params.****", "none of"),
    ],
)  # fmt: skip
def test_a_version_that_cannot_be_used_is_refused_by_rule_and_field(
    counter: Counter, params: Json, field: str, says: str
) -> None:
    before = rule(counter)
    answer = counter.post(f"{R01}/versions", proposal(params=params), "demo-maker")
    assert (answer.status_code, answer.json()["type"]) == (422, "invalid")
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert "rule R01" in error["message"]
    assert says in error["message"]
    assert "9900010000000017" not in answer.text
    assert rule(counter) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "quietly"}, "mode"),
        ({"effective_from": "soon"}, "effective_from"),
        ({"effective_from": "2026-03-01"}, "effective_from"),
        ({"note": ""}, "note"),
        ({"note": "a\u202eb"}, "note"),
        ({"params": []}, "params"),
        ({"wish": 1}, "wish"),
    ],
)
def test_a_malformed_proposal_is_refused(counter: Counter, changes: Json, field: str) -> None:
    answer = counter.post(f"{R01}/versions", proposal(**changes), "demo-maker")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_strange_json_in_params_is_refused_too(counter: Counter) -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    for params in ({"a": deep}, {"a": {"\u0000": 1}}, {"a": "长" * 2_000}):
        answer = counter.post(f"{R01}/versions", proposal(params=params), "demo-maker")
        assert answer.status_code == 422, answer.text
    half = b'{"params": {"a": "\\ud800"}, "mode": "shadow", "note": "x", "effective_from": "%s"}'
    headers = {**bearer("demo-maker"), "Content-Type": "application/json"}
    sent = counter.http.post(f"{R01}/versions", content=half % TOMORROW.encode(), headers=headers)
    assert sent.status_code == 422, sent.text


def test_a_first_day_that_is_taken_is_refused(counter: Counter) -> None:
    made = proposed(counter, "R05", params={}, effective_from="2026-05-05")
    decided(counter, made["approval_id"])
    body = proposal(params={}, effective_from="2026-05-05")
    answer = counter.post("/v1/risk/rules/R05/versions", body, "demo-maker")
    assert [error["field"] for error in answer.json()["errors"]] == ["effective_from"]
