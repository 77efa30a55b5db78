"""What cannot be at a point, over HTTP: it is told by field or action, and nothing changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from seeds.geography import counties
from tests.api.counter import Json
from tests.api.new_points import body, look, point_of, register, step
from tests.api.village import EXITED, POS, UNTRAINED
from tests.api.watched import Watched

ELSEWHERE = counties()[-1].towns[0]


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


def test_a_village_has_three_points_at_most(desk: Watched) -> None:
    first = register(desk)
    with ThreadPoolExecutor(4) as makers:
        sent = [body(village=first["village"]) for _ in range(4)]
        answers = list(makers.map(lambda one: desk.send("/v1/service-points", one), sent))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 422, 422]
    fourth = desk.send("/v1/service-points", body(village=first["village"]))
    assert (fourth.status_code, fourth.json()["errors"][0]["field"]) == (422, "village")


@pytest.mark.parametrize("field", ["deposit_fen", "account_no"])
def test_an_update_leaves_the_account_of_an_operator_alone(desk: Watched, field: str) -> None:
    point = register(desk)
    own = point["operator"]
    sent: Json = {"operator_id": own["operator_id"], "name": own["name"]}
    sent[field] = 1 if field == "deposit_fen" else own["account_no"]
    refused = step(desk, point, "operators", sent)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert look(desk, point) == point


def test_a_serial_number_belongs_to_one_machine(desk: Watched) -> None:
    serial = desk.ask(f"/v1/terminals/{POS}")["serial"]
    refused = step(desk, register(desk), "terminals", {"kind": "pos", "serial": serial})
    assert (refused.status_code, refused.json()["type"]) == (409, "already-there")


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
