"""New points as a test registers, equips and trains them, each in a village of its own."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx2

from pos_sim.domain.training import Subject
from seeds.geography import Town, counties
from tests.api.counter import Json
from tests.api.watched import Watched

COUNTY = next(county for county in counties() if county.code == "520121")
VILLAGES = count(1)


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
