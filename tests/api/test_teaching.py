"""What a trainer does to a class: patterns through the real engine, and lines that are cut."""

from __future__ import annotations

from datetime import datetime

import httpx2
import pytest

from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from seeds.load import secrets_of
from tests.api.counter import Json
from tests.api.village import OTHER_POS, POS, SEED
from tests.api.watched import Watched

POINT = "SP520121-0002"


@pytest.fixture(
    scope="module", params=("sqlite", pytest.param("postgresql", marks=pytest.mark.long))
)
def kind(request: pytest.FixtureRequest) -> str:
    """What is planted goes the way of every request, which others try on both databases."""
    chosen: str = request.param
    return chosen


def plant(desk: Watched, pattern: str, point: str = POINT) -> httpx2.Response:
    body = {"pattern": pattern, "service_point_id": point}
    return desk.send("/sim/patterns", body, "demo-admin")


def planted(desk: Watched, pattern: str, point: str = POINT) -> Json:
    answer = plant(desk, pattern, point)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def switch(desk: Watched, line: str, terminal_id: str = POS) -> Json:
    answer = desk.send("/sim/lines", {"terminal_id": terminal_id, "line": line}, "demo-admin")
    assert answer.status_code == 200, answer.text
    shown: Json = answer.json()
    return shown


def test_every_pattern_has_a_word_and_a_label(desk: Watched) -> None:
    items = desk.ask("/sim/patterns", "demo-terminal")["items"]
    assert {item["rule_id"] for item in items} == {f"R{n:02}" for n in range(1, 25)}
    assert {item["kind"] for item in items} == {"planted", "innocent"}
    assert all(item["says"] and item["teaches_en"] for item in items)


@pytest.mark.parametrize(
    "pattern",
    ["R06-crew", "R12-cloned", "R15-large_to_stranger", "R24-listed_card"],
)
def test_a_planted_pattern_makes_its_rule_speak(desk: Watched, pattern: str) -> None:
    before = datetime.fromisoformat(desk.ask("/sim/clock")["now"])
    made = planted(desk, pattern)
    assert made["as_expected"] is True
    rule_id = pattern[:3]
    alert = next(one for one in made["heard"] if one["rule_id"] == rule_id)
    shown = desk.ask(f"/v1/alerts/{alert['alert_id']}")
    assert set(shown["transaction_ids"]) & set(made["transaction_ids"])
    for transaction_id in made["transaction_ids"]:
        found = desk.ask(f"/v1/transactions/{transaction_id}")
        assert datetime.fromisoformat(found["decided_at"]) > before
    assert desk.ask("/sim/clock")["now"] >= made["until"]
    assert desk.ask(f"/sim/episodes/{made['episode_id']}") == made
    assert desk.ask("/sim/episodes", limit=1)["items"] == [made]


@pytest.mark.parametrize(
    "pattern",
    ["R06-one_card_less", "R12-reinstalled", "R24-expired"],
)
def test_a_look_alike_raises_nothing(desk: Watched, pattern: str) -> None:
    made = planted(desk, pattern, "SP520121-0004")
    assert made["as_expected"] is True
    assert pattern[:3] not in {one["rule_id"] for one in made["heard"] if one["alert_id"]}


def test_the_evening_patrol_has_its_say(desk: Watched) -> None:
    made = planted(desk, "R21-a_month", "SP520121-0003")
    assert made["as_expected"] is True
    assert {"rule_id": "R21", "alert_id": None} in [
        {name: one[name] for name in ("rule_id", "alert_id")} for one in made["heard"]
    ]


def test_what_was_played_balances_and_stands_in_the_log(desk: Watched, database_url: str) -> None:
    made = planted(desk, "R05-pass_through")
    database = Database(database_url)
    assert database.read_now(lambda c: audit(c, secrets_of(SEED).key)) == []
    database.close_now()
    entries = desk.ask("/v1/audit-log", subject_id=POINT)["items"]
    assert any(one["action"] == "plant" and one["actor"] == "demo-admin" for one in entries)
    assert len(made["transaction_ids"]) >= 4


@pytest.mark.parametrize(
    ("pattern", "point", "field"),
    [
        ("R99-nobody", POINT, "pattern"),
        ("R06-crew", "SP-NOBODY", "service_point_id"),
        ("R06-crew", "SP520121-0011", "service_point_id"),
        ("R07-next_door<b>", POINT, "pattern"),
    ],
)
def test_what_cannot_be_played(desk: Watched, pattern: str, point: str, field: str) -> None:
    before = desk.ask("/sim/episodes")["items"][:1]
    answer = plant(desk, pattern, point)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert desk.ask("/sim/episodes")["items"][:1] == before


def test_a_lost_answer_has_moved_the_money_and_comes_when_the_line_is_mended(
    desk: Watched,
) -> None:
    assert switch(desk, "answer_lost")["line"] == "answer_lost"
    assert [one["terminal_id"] for one in desk.ask("/sim/lines", "demo-maker")["items"]] == [POS]
    body = desk.counter.body("withdrawal")
    lost = desk.counter.send("withdrawal", body)
    assert (lost.status_code, lost.json()["type"]) == (503, "outcome-unknown")
    assert desk.counter.truth(body)["status"] == "approved"
    assert desk.counter.do("withdrawal", terminal_id=OTHER_POS)["status"] == "approved"
    assert desk.counter.get(f"/v1/terminals/{POS}").status_code == 200
    assert switch(desk, "up") == {"terminal_id": POS, "line": "up", "cut_by": None, "since": None}
    again = desk.counter.send("withdrawal", body)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")


def test_a_line_that_is_down_carries_nothing(desk: Watched) -> None:
    switch(desk, "down")
    body = desk.counter.body("withdrawal")
    assert desk.counter.send("withdrawal", body).status_code == 503
    assert desk.counter.truth(body)["seen"] is False
    switch(desk, "up")
    assert desk.counter.send("withdrawal", body).json()["status"] == "approved"


@pytest.mark.parametrize("body", [
    {}, {"terminal_id": POS}, {"terminal_id": POS, "line": "wet"},
    {"terminal_id": "00000000", "line": "down"}, {"terminal_id": POS, "line": "up", "x": 1},
])  # fmt: skip
def test_what_is_no_line(desk: Watched, body: Json) -> None:
    assert desk.send("/sim/lines", body, "demo-admin").status_code == 422
    assert desk.ask("/sim/lines")["items"] == []
