"""The second person over HTTP: who may approve a version of a rule, and what stays decided."""

from __future__ import annotations

import pytest

from tests.api.counter import Counter, Json
from tests.api.proposals import LATER, decided, proposed, statuses


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
    waiting = counter.pages("/v1/approvals", state="pending", limit=2)
    assert [item["approval_id"] for item in waiting][:3] == ids[::-1]
    assert {item["state"] for item in waiting} == {"pending"}
    newest = waiting[0]
    assert (newest["title"], newest["maker"]) == ("启用规则版本", "demo-maker")
    assert (newest["subject_id"], newest["payload"]["rule_id"]) == (
        f"R13-{made[-1]['version']}",
        "R13",
    )
    assert newest["note"] == "试行一周"
    decided(counter, ids[0])
    by_state = {state: listed(counter, state) for state in ("pending", "approved", "rejected")}
    assert ids[0] not in by_state["pending"]
    assert ids[0] in by_state["approved"]
    assert len(counter.pages("/v1/approvals")) == sum(map(len, by_state.values()))


def listed(counter: Counter, state: str) -> list[str]:
    return [one["approval_id"] for one in counter.pages("/v1/approvals", state=state)]


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
