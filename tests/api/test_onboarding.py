"""A new point over HTTP: registered, equipped, trained, opened by two, and felt at every step."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.models.onboarding import POINT_EXAMPLE
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from risk.audit_log import Entry, Wanted, list_entries, verify_chain
from seeds.load import secrets_of
from tests.api.new_points import code, equip, look, point_of, register, step, train
from tests.api.village import OTHER_POS, SEED, UNBOUND
from tests.api.watched import Watched


def entries(url: str, subject_id: str) -> Sequence[Entry]:
    """Return what the audit log holds about a subject, the newest first."""
    database = Database(url)
    try:
        wanted = Wanted(subject_id=subject_id)
        return database.read_now(lambda c: list_entries(c, wanted, 50, None)).items
    finally:
        database.close_now()


def test_a_point_from_its_registration_to_its_opening(desk: Watched, database_url: str) -> None:
    point = register(desk)
    assert (point["status"], point["tier"], point["opened_on"]) == ("trial", "B", None)
    assert (point["till"]["balance_fen"], point["operator"]["balance_fen"]) == (
        2_000_000,
        5_000_000,
    )
    assert point["operator"]["is_trained"] is False
    terminal = equip(desk, point)
    assert code(desk, terminal) == "03"
    trained = train(desk, point)["operator"]
    assert (trained["is_trained"], trained["trained_on"]) == (True, "2026-03-02")
    assert code(desk, terminal) == "00"
    asked = step(desk, point, "opening", {"note": "试营业合格"})
    assert asked.status_code == 201, asked.text
    assert all(condition["is_met"] for condition in asked.json()["conditions"])
    approval = f"/v1/approvals/{asked.json()['approval_id']}"
    own = desk.send(approval, {"decision": "approve", "note": "x"}, "demo-maker")
    assert (own.status_code, look(desk, point)["status"]) == (403, "trial")
    assert desk.approve(asked.json()["approval_id"]).status_code == 200
    opened = look(desk, point)
    assert (opened["status"], opened["opened_on"]) == ("open", "2026-03-02")
    assert code(desk, terminal) == "00"
    after = look(desk, point)
    assert after["till"]["balance_fen"] == 2_000_000 - 2 * 50_000
    assert after["operator"]["balance_fen"] == 5_000_000 + 2 * 50_000
    assert step(desk, point, "opening", {"note": "x"}).status_code == 409
    log = entries(database_url, point["service_point_id"])
    assert [(entry.action, entry.actor) for entry in log] == [
        ("status", "demo-checker"),
        ("create", "demo-maker"),
    ]


@pytest.mark.parametrize(
    ("prepared", "missing"),
    [((), ["trained", "terminal"]), ((equip,), ["trained"]), ((train,), ["terminal"])],
)
def test_what_is_missing_is_named_and_nothing_is_proposed(
    desk: Watched, prepared: tuple[Any, ...], missing: list[str]
) -> None:
    point = register(desk)
    for prepare in prepared:
        prepare(desk, point)
    refused = step(desk, point, "opening", {"note": "x"})
    assert (refused.status_code, refused.json()["type"]) == (409, "illegal-action")
    assert refused.json()["missing"] == missing
    assert refused.json()["available_actions"] == ["terminals", "operators", "training-results"]
    pending = desk.ask("/v1/approvals", state="pending")["items"]
    assert point["service_point_id"] not in {one["subject_id"] for one in pending}


def test_an_approval_looks_at_the_point_as_it_is_now(desk: Watched) -> None:
    point = register(desk)
    equip(desk, point)
    train(desk, point)
    asked = step(desk, point, "opening", {"note": "x"}).json()
    train(desk, point, score=10)
    stale = desk.approve(asked["approval_id"])
    assert (stale.status_code, stale.json()["type"]) == (409, "stale-approval")
    assert look(desk, point)["status"] == "trial"
    assert desk.approve(asked["approval_id"], "reject").status_code == 200


def test_a_new_operator_puts_an_open_point_on_trial_until_trained(desk: Watched) -> None:
    point = point_of(desk, OTHER_POS)
    answer = step(desk, point, "operators", {"name": "龙秀英", "deposit_fen": 100_000})
    assert answer.status_code == 201, answer.text
    changed = answer.json()
    assert (changed["status"], changed["operator"]["is_trained"]) == ("trial", False)
    assert changed["operator"]["operator_id"] != point["operator"]["operator_id"]
    assert changed["operator"]["account_no"] != point["operator"]["account_no"]
    assert code(desk, OTHER_POS) == "03"
    train(desk, point)
    assert code(desk, OTHER_POS) == "00"


def test_the_watch_knows_new_relations_at_once(desk: Watched) -> None:
    point = register(desk)
    terminal = equip(desk, point)
    train(desk, point)
    card = desk.counter.new_card(name="田大满")
    used = {"card_no": card["card_no"], "pin": card["pin"]}
    assert code(desk, terminal, **used) == "00"
    sent = {
        "operator_id": point["operator"]["operator_id"],
        "name": "田小满",
        "relations": [{"relation": "spouse", "name": "田大满", "card_id": card["card_id"]}],
    }
    updated = step(desk, point, "operators", sent)
    assert updated.status_code == 201, updated.text
    relations = updated.json()["operator"]["relations"]
    assert [(one["relation"], one["card_id"]) for one in relations] == [
        ("self", None),
        ("spouse", card["card_id"]),
    ]
    assert relations[0]["account_no"] == point["operator"]["account_no"]
    assert relations[1]["card_no_masked"].startswith("990001****")
    assert updated.json()["operator"]["is_trained"] is True
    for _ in range(4):
        code(desk, terminal, **used)
    hit = {one["rule_id"] for one in desk.alerts(service_point_id=point["service_point_id"])}
    assert hit & {"R02", "R03"}


def test_a_machine_from_the_store_room_is_bound_once(desk: Watched) -> None:
    point = register(desk)
    assert code(desk, UNBOUND) == "97"
    assert equip(desk, point, terminal_id=UNBOUND, kind=None, serial=None) == UNBOUND
    assert code(desk, UNBOUND) == "03"
    again = step(desk, register(desk), "terminals", {"terminal_id": UNBOUND})
    assert (again.status_code, again.json()["type"]) == (409, "already-there")


def test_an_atm_has_cassettes_of_its_own(desk: Watched) -> None:
    point = register(desk)
    atm = desk.ask(f"/v1/terminals/{equip(desk, point, kind='atm', cassettes_fen=900_000)}")
    assert atm["till"]["balance_fen"] == 900_000
    assert atm["till"]["account_no"] != point["till"]["account_no"]


def test_the_example_of_the_document_can_be_registered(desk: Watched) -> None:
    assert desk.send("/v1/service-points", POINT_EXAMPLE).status_code == 201


def test_two_makers_at_once_get_numbers_of_their_own(desk: Watched) -> None:
    with ThreadPoolExecutor(8) as makers:
        made = list(makers.map(lambda _: register(desk), range(16)))
        bound = list(makers.map(lambda point: equip(desk, point), made))
    assert len({point["service_point_id"] for point in made}) == 16
    assert len({point["till"]["account_no"] for point in made}) == 16
    assert len(set(bound)) == 16


def test_the_books_and_the_chain_hold_after_all_this(desk: Watched, database_url: str) -> None:
    assert look(desk, register(desk))["status"] == "trial"
    database = Database(database_url)
    try:
        findings = database.read_now(lambda c: audit(c, secrets_of(SEED).key))
        assert findings == []
        head, broken = database.read_now(verify_chain)
        assert broken is None
        assert head.seq > 50
    finally:
        database.close_now()
