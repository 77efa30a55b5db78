"""Moving the clock: how far, who may, and that everything due on the way has been done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from api.settings import Settings
from tests.api.counter import Counter, Json
from tests.api.serving import serving
from tests.api.village import ATM, Village

Body = dict[str, Any]


def move(counter: Counter, body: Body, api_key: str = "demo-admin") -> httpx2.Response:
    return counter.post("/sim/clock", body, api_key)


def moved(counter: Counter, **body: Any) -> Json:
    answer = move(counter, body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def now_of(counter: Counter) -> datetime:
    return datetime.fromisoformat(counter.get("/sim/clock").json()["now"])


def test_a_day_later_held_money_has_moved_and_the_day_is_settled(counter: Counter) -> None:
    held = counter.do("transfer", terminal_id=ATM)
    assert held["status"] == "held"
    before = now_of(counter)
    done = moved(counter, advance_by="P1DT1H")
    assert timedelta(days=1) <= now_of(counter) - before < timedelta(days=1, hours=2)
    kinds = {(one["kind"], one["subject_id"]) for one in done["fired"]}
    assert ("held_transaction", held["transaction_id"]) in kinds
    assert {("settlement", "2026-03-02"), ("patrol", "2026-03-02")} <= kinds
    assert done["counts"]["settlement"] == 1
    assert [one["at"] for one in done["fired"]] == sorted(one["at"] for one in done["fired"])
    found = counter.get(f"/v1/transactions/{held['transaction_id']}").json()
    assert found["status"] == "approved"


@pytest.mark.parametrize(
    ("to", "clock_time"),
    [("cut_off", "23:00"), ("business_day", "08:00"), ("month_start", "00:00")],
)
def test_the_next_moment_of_a_kind(counter: Counter, to: str, clock_time: str) -> None:
    before = now_of(counter)
    shown = moved(counter, advance_to_next=to)["clock"]["now"]
    assert datetime.fromisoformat(shown) > before
    assert shown[11:16] == clock_time
    assert to != "month_start" or shown[8:10] == "01"


def test_to_a_moment_and_the_clock_goes_on_from_there(counter: Counter) -> None:
    wanted = (now_of(counter) + timedelta(days=3)).replace(hour=9, minute=30)
    shown = moved(counter, advance_to=wanted.isoformat())["clock"]
    assert shown["now"][:16] == wanted.isoformat()[:16]
    assert wanted <= now_of(counter) < wanted + timedelta(minutes=1)


def test_the_clock_never_goes_back(counter: Counter) -> None:
    before = now_of(counter)
    answer = move(counter, {"advance_to": (before - timedelta(seconds=1)).isoformat()})
    assert (answer.status_code, answer.json()["type"]) == (409, "clock-backwards")
    assert before <= now_of(counter) < before + timedelta(minutes=1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance_by": "P1D", "advance_to_next": "cut_off"},
        {"advance_by": "1 day"},
        {"advance_by": "P"},
        {"advance_by": "PT"},
        {"advance_by": "-P1D"},
        {"advance_by": "P9999Y"},
        {"advance_by": "P4Y"},
        {"advance_by": 86_400},
        {"advance_to": "2026-03-05T10:00:00"},
        {"advance_to": "9999-12-31T23:59:59Z"},
        {"advance_to_next": "year_end"},
        {"advance_by": "P1D", "why": "x"},
    ],
)
def test_what_is_no_way_to_go(counter: Counter, body: Body) -> None:
    before = now_of(counter)
    assert move(counter, body).status_code == 422
    assert now_of(counter) < before + timedelta(minutes=1)


@pytest.mark.parametrize("api_key", ["demo-terminal", "demo-maker", "demo-checker", "demo-auditor"])
def test_only_an_admin_moves_it(counter: Counter, api_key: str) -> None:
    assert move(counter, {"advance_by": "P1D"}, api_key).status_code == 403


def test_every_process_shows_the_new_time(
    counter: Counter, settings: Settings, world: Village
) -> None:
    if settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite serves one process")
    with serving(settings) as address, httpx2.Client(base_url=address) as client:
        other = Counter(client, world)
        moved(counter, advance_by="PT6H")
        assert abs(now_of(other) - now_of(counter)) < timedelta(seconds=10)
