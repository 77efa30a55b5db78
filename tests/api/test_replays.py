"""One key, one answer: replays, conflicts, and finding it again."""

from __future__ import annotations

import pytest

from tests.api.counter import PATHS, Counter


@pytest.mark.parametrize("business", PATHS)
def test_a_replay_is_the_first_answer_byte_for_byte(counter: Counter, business: str) -> None:
    body = counter.body(business)
    first, again = counter.send(business, body), counter.send(business, body)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_replay_stays_what_it_was_after_a_reversal(counter: Counter) -> None:
    body = counter.body("withdrawal")
    first = counter.send("withdrawal", body)
    counter.reverse(first.json())
    assert counter.send("withdrawal", body).content == first.content
    found = counter.get(f"/v1/transactions/{first.json()['transaction_id']}").json()
    assert found == {**first.json(), "status": "reversed"}


@pytest.mark.parametrize(
    "changed",
    [
        {"pin": "000000"},
        {"entry_mode": "chip"},
        {"terminal_serial": "SN1"},
        {"occurred_at": "2026-03-02T10:00:00+08:00"},
        {"position": {"latitude": 26.5, "longitude": 106.7, "accuracy_m": 5}},
    ],
)
def test_what_is_no_content_may_differ_in_a_replay(counter: Counter, changed: object) -> None:
    assert isinstance(changed, dict)
    body = counter.body("withdrawal")
    first = counter.send("withdrawal", body)
    again = counter.send("withdrawal", {**body, **changed})
    assert again.content == first.content


def test_the_same_key_with_other_content_is_a_conflict(counter: Counter) -> None:
    body = counter.body("withdrawal")
    counter.send("withdrawal", body)
    other = counter.send("withdrawal", {**body, "amount_fen": 60_000})
    assert other.status_code == 409
    assert other.headers["Content-Type"] == "application/problem+json"
    assert other.json()["type"] == "key-reused"


def test_one_key_space_serves_all_businesses(counter: Counter) -> None:
    body = counter.body("withdrawal")
    counter.send("withdrawal", body)
    del body["amount_fen"]
    assert counter.send("balance_inquiry", body).status_code == 409


def test_a_find_by_key_gives_the_same_answer(counter: Counter) -> None:
    answer = counter.do("withdrawal")
    named = {name: answer[name] for name in ("terminal_id", "batch_no", "trace_no")}
    found = counter.get("/v1/transactions", **named).json()
    assert found == {"items": [answer], "next_cursor": None}


def test_pages_go_on_where_they_ended(counter: Counter) -> None:
    card = counter.card()
    made = [counter.do("balance_inquiry", **card)["transaction_id"] for _ in range(5)]
    card_id = counter.get(f"/v1/transactions/{made[0]}").json()["card_id"]
    listed = counter.pages("/v1/transactions", "demo-terminal", card_id=card_id, limit=2)
    assert [item["transaction_id"] for item in listed] == made[::-1]


@pytest.mark.parametrize(
    "asked",
    [
        {"terminal_id": "52010001"},
        {"business_date": "2026-03-02"},
        {"response_code": "00"},
        {"service_point_id": "SP520121-0001"},
        {},
    ],
)
def test_a_list_keeps_its_order_and_its_filter(counter: Counter, asked: dict[str, str]) -> None:
    for _ in range(3):
        counter.do("balance_inquiry")
    seen = []
    page = counter.get("/v1/transactions", limit=2, **asked).json()
    seen += page["items"]
    while page["next_cursor"] and len(seen) < 8:
        page = counter.get("/v1/transactions", limit=2, cursor=page["next_cursor"], **asked).json()
        seen += page["items"]
    moments = [item["decided_at"] for item in seen]
    assert moments == sorted(moments, reverse=True)
    assert len({item["transaction_id"] for item in seen}) == len(seen) > 2
    assert all(item[name] == value for item in seen for name, value in asked.items())
