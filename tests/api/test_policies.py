"""A policy over HTTP: proposed by one, published by another, felt from its first day on."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from itertools import count
from typing import Any

import httpx2
import pytest

from api.composition import open_sandbox
from api.settings import Settings
from pos_sim.domain.calendar import business_date
from pos_sim.engine.following import follow_policies_now
from pos_sim.engine.sandbox import Sandbox
from tests.api.counter import Json
from tests.api.watched import Watched

NUMBERS = count(1)
HALF_FEN = 100_000


@pytest.fixture(autouse=True)
def _another_day(desk: Watched) -> None:
    """Let every test begin in the morning of a day of its own."""
    desk.next_morning(days=3)


def today(desk: Watched) -> date:
    return business_date(desk.clock.now())


def document(desk: Watched, days: int = 1, **changes: Any) -> Json:
    """A document that can be published: the one in force, halved limits, from some days on."""
    base = desk.ask("/v1/policies/2014-235")["document"]
    made: Json = copy.deepcopy(base)
    for row in made["limit"]:
        if row["kind"] == "withdrawal":
            row["amount_max_fen"] = HALF_FEN
    made["version"] = f"test-{next(NUMBERS)}"
    made["effective_from"] = (today(desk) + timedelta(days=days)).isoformat()
    return made | changes


def propose(desk: Watched, made: Json) -> httpx2.Response:
    return desk.send("/v1/policies", {"document": made, "note": "按新通知"})


def publish(desk: Watched, made: Json) -> None:
    proposed = propose(desk, made)
    assert proposed.status_code == 201, proposed.text
    assert desk.approve(proposed.json()["approval_id"]).status_code == 200


def drawn(desk: Watched) -> tuple[str, str]:
    """Draw more than the half; return code and policy version."""
    decided = desk.counter.do("withdrawal", amount_fen=HALF_FEN + 1_000)
    found = desk.ask(f"/v1/transactions/{decided['transaction_id']}")
    return decided["response_code"], (found.get("refusal") or {}).get("policy_version", "")


def status(desk: Watched, version: str) -> str:
    return str(desk.ask(f"/v1/policies/{version}")["status"])


def test_a_limit_is_felt_from_its_first_day_and_not_before(desk: Watched) -> None:
    made = document(desk, days=2)
    proposed = propose(desk, made)
    assert proposed.json()["status"] == "pending"
    assert proposed.json()["follows"] == "2014-235"
    assert proposed.json()["changes"] == [
        {"field": "limit[withdrawal].amount_max_fen", "before": 200_000, "after": HALF_FEN}
    ]
    assert drawn(desk) == ("00", "")
    own = desk.send(
        f"/v1/approvals/{proposed.json()['approval_id']}", {"decision": "approve", "note": "x"}
    )
    assert (own.status_code, status(desk, made["version"])) == (403, "pending")
    assert desk.approve(proposed.json()["approval_id"]).status_code == 200
    assert status(desk, made["version"]) == "published"
    desk.pass_time(days=1, hours=12)
    desk.pass_time(minutes=59)
    assert today(desk) < date.fromisoformat(made["effective_from"])
    assert drawn(desk) == ("00", "")
    desk.pass_time(minutes=1)
    assert drawn(desk) == ("61", made["version"])
    shown = desk.ask(f"/v1/policies/{made['version']}")
    assert (shown["is_in_force"], shown["maker"]) == (True, "demo-maker")


def test_a_price_is_felt_from_its_first_day_and_not_before(desk: Watched) -> None:
    made = document(desk)
    for row in made["price"]:
        if "annual_fee" in row["operations"]:
            row["tiers"] = [{"fixed_fen": 4_321}]
    publish(desk, made)
    asked = {
        "business": "annual_fee",
        "terminal_kind": "counter",
        "card_bank_id": "gyb",
        "card_product": "debit",
        "acquirer_bank_id": "gyb",
        "region": "local",
    }

    def price(day: date) -> int:
        quote = desk.send("/v1/fee-quotes", asked | {"as_of": day.isoformat()}, "demo-terminal")
        before: int = quote.json()["fee"]["before_waiver_fen"]
        return before

    first_day = date.fromisoformat(made["effective_from"])
    assert price(first_day) == 4_321
    assert price(first_day - timedelta(days=1)) != 4_321


def test_another_process_reads_it_with_its_next_look(desk: Watched, settings: Settings) -> None:
    other = open_sandbox(settings)
    try:
        before = other.policies
        follow_policies_now(other)
        assert other.policies is before
        made = document(desk)
        publish(desk, made)
        follow_policies_now(other)
        assert in_force(other, made) == made["version"]
        assert other.engine.rules.policies is other.policies
    finally:
        other.database.close_now()


def in_force(sandbox: Sandbox, made: Json) -> str:
    return sandbox.policies.on(date.fromisoformat(made["effective_from"])).version


def test_terminals_see_published_versions_only(desk: Watched) -> None:
    made = document(desk)
    proposed = propose(desk, made).json()
    path = f"/v1/policies/{made['version']}"
    assert desk.counter.get(path, "demo-terminal").status_code == 404
    assert made["version"] not in versions(desk, "demo-terminal")
    assert made["version"] in versions(desk, "demo-auditor")
    assert desk.approve(proposed["approval_id"], "reject").status_code == 200
    assert status(desk, made["version"]) == "rejected"
    desk.pass_time(days=1)
    assert drawn(desk)[1] != made["version"]


def versions(desk: Watched, key: str) -> list[str]:
    return [one["version"] for one in desk.ask("/v1/policies", key)["items"]]


def test_whoever_approves_too_late_or_second_is_told_so(desk: Watched) -> None:
    first, second, late = (document(desk, days=days) for days in (2, 2, 1))
    waiting = [propose(desk, made).json()["approval_id"] for made in (first, second, late)]
    assert desk.approve(waiting[0]).status_code == 200
    stale = desk.approve(waiting[1])
    assert (stale.status_code, stale.json()["type"]) == (409, "stale-approval")
    desk.pass_time(hours=12, minutes=56)
    assert desk.approve(waiting[2]).status_code == 409
    assert [status(desk, made["version"]) for made in (first, second, late)] == [
        "published", "pending", "pending",
    ]  # fmt: skip


def broken(what: str, made: Json) -> Json:
    """A document with one thing wrong."""
    match what:
        case "today":
            made["effective_from"] = "2026-03-02"
        case "text for a number":
            made["limit"][0]["amount_max_fen"] = "9900010000000017"
        case "unknown key":
            made["limit"][0]["surprise"] = 1
        case "no price":
            made["price"] = made["price"][1:]
        case "half a word":
            made["title"] = "\ud800"
        case "too long a name":
            made["version"] = "v" * 33
        case _:
            del made[what]
    return made


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ("today", "document.effective_from"),
        ("text for a number", "document.limit[1].amount_max_fen"),
        ("unknown key", "document.limit[1].surprise"),
        ("no price", "document.price"),
        ("too long a name", "document.version"),
        ("limit", "document.limit"),
        ("source", "document.source"),
        ("title", "document.title"),
    ],
)
def test_a_document_that_cannot_be_used_is_told_by_field(
    desk: Watched, what: str, field: str
) -> None:
    before = versions(desk, "demo-auditor")
    refused = propose(desk, broken(what, document(desk)))
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert "9900010000000017" not in refused.text
    assert versions(desk, "demo-auditor") == before


def test_half_a_character_is_no_text(desk: Watched) -> None:
    made = broken("half a word", document(desk))
    content = json.dumps({"document": made, "note": "x"}).encode()
    headers = {"Authorization": "Bearer demo-maker", "Content-Type": "application/json"}
    refused = desk.counter.http.post("/v1/policies", content=content, headers=headers)
    assert refused.status_code == 422, refused.text


@pytest.mark.parametrize("version", ["2014-235", "test-again"])
def test_a_version_is_proposed_once_and_never_changes(desk: Watched, version: str) -> None:
    if version == "test-again":
        publish(desk, document(desk, days=3, version=version))
    again = propose(desk, document(desk, days=2, version=version))
    assert (again.status_code, again.json()["type"]) == (409, "already-there")


def test_going_back_to_the_seed_forgets_what_was_published(desk: Watched) -> None:
    publish(desk, document(desk, days=4))
    assert desk.send("/sim/reset", {}, "demo-admin").status_code == 200
    assert versions(desk, "demo-auditor") == ["2011-177", "2014-235"]
    assert desk.ask("/v1/about")["policy_versions"] == ["2011-177", "2014-235"]
