"""Rules over HTTP: what is in force, proposals, the second person, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from risk.rulebook import shipped
from tests.api.counter import Counter, Json, bearer

TODAY, TOMORROW, LATER = "2026-03-02", "2026-03-03", "2026-04-01"
R01 = "/v1/risk/rules/R01"


def proposal(**changes: Any) -> Json:
    """A proposal that would be taken, with changes."""
    body = {
        "params": {"days_near_limit": {"each_of_limit": 8_500, "band": [{"from": 3}]}},
        "mode": "shadow",
        "effective_from": TOMORROW,
        "note": "试行一周",
    }
    return body | changes


def proposed(counter: Counter, rule_id: str = "R01", **changes: Any) -> Json:
    path = f"/v1/risk/rules/{rule_id}/versions"
    answer = counter.post(path, proposal(**changes), "demo-maker")
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def decided(
    counter: Counter, approval_id: str, decision: str = "approve", api_key: str = "demo-checker"
) -> Any:
    body = {"decision": decision, "note": "已核对"}
    return counter.post(f"/v1/approvals/{approval_id}", body, api_key)


def rule(counter: Counter, rule_id: str = "R01") -> Json:
    found: Json = counter.get(f"/v1/risk/rules/{rule_id}", "demo-auditor").json()
    return found


def statuses(counter: Counter, rule_id: str) -> dict[int, str]:
    return {one["version"]: one["status"] for one in rule(counter, rule_id)["versions"]}


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


# The second person --------------------------------------------------------------------------------


def test_nobody_approves_the_own_proposal(counter: Counter) -> None:
    made = proposed(counter, "R20", params={})
    answer = decided(counter, made["approval_id"], api_key="demo-maker")
    assert (answer.status_code, answer.json()["type"]) == (403, "own-approval")
    assert statuses(counter, "R20")[made["version"]] == "pending"


@pytest.mark.parametrize(
    ("api_key", "day"),
    [("demo-maker-2", "2027-01-01"), ("demo-checker", "2027-01-02"), ("demo-checker-2", LATER)],
)
def test_any_other_maker_or_checker_may_approve(counter: Counter, api_key: str, day: str) -> None:
    made = proposed(counter, "R18", params={}, effective_from=day)
    assert decided(counter, made["approval_id"], api_key=api_key).status_code == 200


def test_what_is_decided_stays_decided(counter: Counter) -> None:
    made = proposed(counter, "R22", params={})
    assert decided(counter, made["approval_id"]).status_code == 200
    for decision in ("approve", "reject"):
        answer = decided(counter, made["approval_id"], decision, "demo-checker-2")
        assert (answer.status_code, answer.json()["type"]) == (409, "stale-approval")
    assert statuses(counter, "R22")[made["version"]] == "upcoming"


def test_of_two_proposals_for_one_day_the_first_approved_one_wins(counter: Counter) -> None:
    first = proposed(counter, "R23", params={})
    second = proposed(counter, "R23", params={}, mode="alert_only")
    assert decided(counter, second["approval_id"]).status_code == 200
    answer = decided(counter, first["approval_id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "stale-approval")
    assert decided(counter, first["approval_id"], "reject").status_code == 200


def test_an_approval_that_never_was_is_not_found(counter: Counter) -> None:
    assert decided(counter, "AP-none").status_code == 404


@pytest.mark.parametrize("body", [{}, {"decision": "maybe", "note": "x"}, {"decision": "approve"}])
def test_a_malformed_decision_is_refused(counter: Counter, body: Json) -> None:
    answer = counter.post("/v1/approvals/AP-none", body, "demo-checker")
    assert answer.status_code == 422


def test_what_waits_is_listed_the_newest_first(counter: Counter) -> None:
    made = [proposed(counter, "R13", params={}, effective_from=f"2026-06-0{n}") for n in (1, 2, 3)]
    ids = [one["approval_id"] for one in made]
    listed = pages(counter, state="pending", limit=2)
    assert [item["approval_id"] for item in listed][:3] == ids[::-1]
    assert {item["state"] for item in listed} == {"pending"}
    newest = listed[0]
    assert (newest["title"], newest["maker"]) == ("启用规则版本", "demo-maker")
    assert (newest["subject_id"], newest["payload"]["rule_id"]) == (
        f"R13-{made[-1]['version']}",
        "R13",
    )
    assert newest["note"] == "试行一周"
    decided(counter, ids[0])
    assert ids[0] not in {item["approval_id"] for item in pages(counter, state="pending")}
    assert ids[0] in {item["approval_id"] for item in pages(counter, state="approved")}
    assert len(pages(counter)) == sum(
        len(pages(counter, state=state)) for state in ("pending", "approved", "rejected")
    )


def test_who_may_decide_is_told(counter: Counter) -> None:
    made = proposed(counter, "R19", params={})
    for api_key, may in (
        ("demo-maker", False),
        ("demo-maker-2", True),
        ("demo-checker", True),
        ("demo-auditor", False),
        ("demo-admin", False),
    ):
        items = counter.get("/v1/approvals", api_key, state="pending", limit=200).json()["items"]
        told = {item["approval_id"]: item["may_decide"] for item in items}
        assert told[made["approval_id"]] is may


def pages(counter: Counter, **asked: Any) -> list[Json]:
    """Return a whole list, page by page."""
    items: list[Json] = []
    cursor = None
    while True:
        more: Json = {"cursor": cursor} if cursor else {}
        page = counter.get("/v1/approvals", "demo-auditor", **asked, **more).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
