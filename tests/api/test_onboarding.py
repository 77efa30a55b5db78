"""A new point over HTTP: registered, equipped, trained, opened by two, and felt at every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx2
import pytest

from api.models.onboarding import POINT_EXAMPLE
from api.settings import Settings
from pos_sim.domain.training import Subject
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from risk.audit_log import Entry, Wanted, list_entries, verify_chain
from seeds.geography import Town, counties
from seeds.load import secrets_of
from tests.api.counter import Json
from tests.api.village import EXITED, OTHER_POS, POS, SEED, UNBOUND, UNTRAINED, Village
from tests.api.watched import Watched, watched

COUNTY = next(county for county in counties() if county.code == "520121")
OTHER_COUNTY = counties()[-1]
VILLAGES = count(1)


@pytest.fixture(scope="module")
def desk(settings: Settings, world: Village) -> Iterator[Watched]:
    with watched(settings, world) as opened:
        yield opened


def body(town: Town = COUNTY.towns[-1], **changes: Any) -> Json:
    """A point that can be registered, in a village of its own."""
    village = f"新{next(VILLAGES)}村"
    return {
        "name": f"{village}便民店",
        "bank_id": "gyb",
        "kind": "village",
        "county": town.code[:6],
        "town": town.code,
        "village": village,
        "position": {"latitude": town.latitude, "longitude": town.longitude},
        "opens": "08:00",
        "closes": "19:00",
        "till_fen": 2_000_000,
        "operator": {"name": "田小满", "deposit_fen": 5_000_000},
    } | changes


def register(desk: Watched, **changes: Any) -> Json:
    answer = desk.send("/v1/service-points", body(**changes))
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def step(desk: Watched, point: Json, what: str, sent: Json) -> httpx2.Response:
    return desk.send(f"/v1/service-points/{point['service_point_id']}/{what}", sent)


def equip(desk: Watched, point: Json, **sent: Any) -> str:
    serial = f"SN-{point['service_point_id']}-{next(VILLAGES)}"
    answer = step(desk, point, "terminals", {"kind": "pos", "serial": serial} | sent)
    assert answer.status_code == 201, answer.text
    bound: str = answer.json()["terminal_id"]
    return bound


def train(desk: Watched, point: Json, score: int = 90, **sent: Any) -> Json:
    """Let the operator take all four examinations; return the point after the last."""
    for subject in Subject:
        result = {"subject": subject.value, "score": score, "date": "2026-03-02"} | sent
        answer = step(desk, point, "training-results", result)
        assert answer.status_code == 201, answer.text
    after: Json = answer.json()
    return after


def look(desk: Watched, point: Json) -> Json:
    return desk.ask(f"/v1/service-points/{point['service_point_id']}")


def code(desk: Watched, terminal_id: str, **changes: Any) -> str:
    return str(desk.counter.do("withdrawal", terminal_id=terminal_id, **changes)["response_code"])


def point_of(desk: Watched, terminal_id: str) -> Json:
    found = desk.ask(f"/v1/terminals/{terminal_id}")["service_point_id"]
    return desk.ask(f"/v1/service-points/{found}")


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


@pytest.mark.parametrize("field", ["deposit_fen", "account_no"])
def test_an_update_leaves_the_account_of_an_operator_alone(desk: Watched, field: str) -> None:
    point = register(desk)
    own = point["operator"]
    sent: Json = {"operator_id": own["operator_id"], "name": own["name"]}
    sent[field] = 1 if field == "deposit_fen" else own["account_no"]
    refused = step(desk, point, "operators", sent)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert look(desk, point) == point


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


ELSEWHERE = OTHER_COUNTY.towns[0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"county": "110101"}, "county"),
        ({"town": ELSEWHERE.code}, "town"),
        ({"position": {"latitude": ELSEWHERE.latitude, "longitude": 104.0}}, "position"),
        ({"position": {"latitude": 91.0, "longitude": 106.0}}, "position.latitude"),
        ({"opens": "19:00"}, "closes"),
        ({"bank_id": "none"}, "bank_id"),
        ({"bank_id": "out"}, "bank_id"),
        ({"kind": "city"}, "kind"),
        ({"till_fen": 50_000_001}, "till_fen"),
        ({"till_fen": -1}, "till_fen"),
        ({"operator": {"name": "甲", "account_no": "520010000001000"}}, "operator.account_no"),
        (
            {"operator": {"name": "甲", "relations": [
                {"relation": "spouse", "name": "乙", "card_id": "999999999999"}]}},
            "operator.relations.0.card_id",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_by_field_and_changes_nothing(
    desk: Watched, changes: Json, field: str
) -> None:
    before = len(points(desk))
    refused = desk.send("/v1/service-points", body() | changes)
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert len(points(desk)) == before


def points(desk: Watched) -> list[Json]:
    found: list[Json] = desk.ask("/v1/service-points", limit=200, county="520121")["items"]
    return found


def test_the_same_point_and_the_same_operator_are_registered_once(desk: Watched) -> None:
    sent = body()
    point = desk.send("/v1/service-points", sent).json()
    again = desk.send("/v1/service-points", sent)
    assert (again.status_code, again.json()["type"]) == (409, "already-there")
    operator = {"name": point["operator"]["name"]}
    assert step(desk, point, "operators", operator).status_code == 409
    assert look(desk, point) == point


def test_the_example_of_the_document_can_be_registered(desk: Watched) -> None:
    assert desk.send("/v1/service-points", POINT_EXAMPLE).status_code == 201


def test_a_village_has_three_points_at_most(desk: Watched) -> None:
    first = register(desk)
    with ThreadPoolExecutor(4) as makers:
        sent = [body(village=first["village"]) for _ in range(4)]
        answers = list(makers.map(lambda one: desk.send("/v1/service-points", one), sent))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 422, 422]
    fourth = desk.send("/v1/service-points", body(village=first["village"]))
    assert (fourth.status_code, fourth.json()["errors"][0]["field"]) == (422, "village")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"score": 101}, "score"),
        ({"pass_mark": 59}, "pass_mark"),
        ({"date": "2026-03-03"}, "date"),
        ({"subject": "dancing"}, "subject"),
    ],
)
def test_a_training_result_that_cannot_be_changes_nothing(
    desk: Watched, sent: Json, field: str
) -> None:
    point = point_of(desk, UNTRAINED)
    result = {"subject": "safe_card_use", "score": 90, "date": "2026-03-02"} | sent
    refused = step(desk, point, "training-results", result)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert look(desk, point)["operator"] == point["operator"]


BODIES: dict[str, Json] = {
    "terminals": {"kind": "pos", "serial": "SN-X"},
    "operators": {"name": "某人"},
    "training-results": {"subject": "safe_card_use", "score": 90, "date": "2026-03-02"},
    "opening": {"note": "x"},
}


@pytest.mark.parametrize("what", BODIES)
def test_nothing_is_changed_at_a_point_that_exited(desk: Watched, what: str) -> None:
    point = point_of(desk, EXITED)
    refused = step(desk, point, what, BODIES[what])
    assert (refused.status_code, refused.json()["available_actions"]) == (409, [])
    assert look(desk, point) == point


def test_a_serial_number_belongs_to_one_machine(desk: Watched) -> None:
    serial = desk.ask(f"/v1/terminals/{POS}")["serial"]
    refused = step(desk, register(desk), "terminals", {"kind": "pos", "serial": serial})
    assert (refused.status_code, refused.json()["type"]) == (409, "already-there")


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


# Who is near --------------------------------------------------------------------------------------


def test_the_nearest_come_first_page_by_page(desk: Watched) -> None:
    here = COUNTY.towns[0]
    asked: Json = {"near": f"{here.latitude},{here.longitude}", "limit": 5}
    found: list[Json] = []
    cursor: Json = {}
    while True:
        page = desk.ask("/v1/service-points", **asked, **cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    distances = [point["distance_m"] for point in found]
    assert distances == sorted(distances)
    ids = [point["service_point_id"] for point in found]
    assert len(ids) == len(set(ids)) > 12


@pytest.mark.parametrize("near", ["91,106", "26,181", "26", "26,106,1", "a,b", "nan,106", ""])
def test_a_place_that_is_none_is_refused(desk: Watched, near: str) -> None:
    refused = desk.counter.get("/v1/service-points", "demo-auditor", near=near)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "near")
