"""What only a simulation has, and what every server says about itself."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.api.counter import PATHS, Counter
from tests.api.village import SEED


def test_the_clock_of_a_fresh_world_shows_a_monday_morning(counter: Counter) -> None:
    clock = counter.get("/sim/clock").json()
    assert clock["now"].startswith("2026-03-02T10:")
    assert clock["business_date"] == "2026-03-02"
    assert clock["next_cut_off"] == "2026-03-02T23:00:00.000+08:00"
    assert datetime.fromisoformat(clock["now"]).utcoffset()


def test_what_the_manifest_lists_works(counter: Counter) -> None:
    page = counter.get("/sim/manifest", limit=5).json()
    card = next(c for c in page["cards"] if c["balance_fen"] > 100_000)
    for terminal in page["terminals"]:
        answer = counter.do(
            "balance_inquiry",
            terminal_id=terminal["terminal_id"],
            card_no=card["card_no"],
            pin=card["pin"],
        )
        assert answer["response_code"] == "00"


def test_the_manifest_goes_on_to_its_end(counter: Counter) -> None:
    numbers: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = counter.get("/sim/manifest", limit=100, **cursor).json()
        numbers += [card["card_no"] for card in page["cards"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(numbers) == len(set(numbers)) > 200


def test_magic_cards_answer_what_the_table_says(counter: Counter) -> None:
    items = counter.get("/sim/magic").json()["items"]
    assert len({item["effect"] for item in items}) == len(items) > 10
    for item in items:
        if item["effect"] not in ("slow", "silent"):
            asked = {"card_no": item["card_no"], "pin": item["pin"], "amount_fen": 10_000}
            assert counter.do("withdrawal", **asked)["response_code"] == item["response_code"]


def test_the_truth_about_a_withdrawal(counter: Counter) -> None:
    body = counter.body("withdrawal")
    before = counter.truth(body)
    assert (before["seen"], before["answered"], before["status"]) == (False, False, None)
    counter.send("withdrawal", body)
    after = counter.truth(body)
    assert (after["seen"], after["answered"], after["status"]) == (True, True, "approved")
    assert after["till_delta_fen"] == -50_000
    debits, credits = (
        sum(leg["amount_fen"] for leg in after["postings"] if leg["side"] == side)
        for side in ("debit", "credit")
    )
    assert debits == credits > 0
    assert after["advice"] != before["advice"]


def test_a_made_card_works_as_wished(counter: Counter) -> None:
    card = counter.new_card(
        product="social_security", bank_id="grcu", balance_fen=12_345, name="李雷",
        birth_date="1950-05-05", county="520302", gets_subsidies=True,
    )  # fmt: skip
    assert card["name"] == "李雷"
    answer = counter.do("balance_inquiry", card_no=card["card_no"], pin=card["pin"])
    assert (answer["balance_fen"], answer["card_id"]) == (12_345, card["card_id"])


def test_a_pension_arrives_and_makes_the_months_first_withdrawal_free(counter: Counter) -> None:
    card = counter.new_card(bank_id="abc", balance_fen=0)
    credit = {"card_no": card["card_no"], "kind": "pension", "amount_fen": 300_000}
    made = counter.post("/sim/credits", credit)
    assert (made.status_code, made.json()["balance_fen"]) == (201, 300_000)
    asked = {"card_no": card["card_no"], "pin": card["pin"]}
    first = counter.do("withdrawal", **asked)
    assert first["fee"]["waiver"] is not None


def test_made_bills_can_be_paid_and_a_number_is_used_once(counter: Counter) -> None:
    wish = {"biller_id": "water", "amount_fen": 777, "bill_no": "W-1", "payer_name": "王小明"}
    assert counter.post("/sim/bills", wish).status_code == 201
    again = counter.post("/sim/bills", wish)
    assert (again.status_code, again.json()["type"]) == (409, "already-there")
    paid = counter.do("bill_payment", biller_id="water", bill_no="W-1", amount_fen=777)
    assert paid["response_code"] == "00"
    many = counter.post("/sim/bills", {"biller_id": "gas", "amount_fen": 500, "count": 5})
    assert len(many.json()["items"]) == 5


@pytest.mark.parametrize(
    ("path", "wish", "field"),
    [
        ("/sim/cards", {"bank_id": "nobody"}, "bank_id"),
        ("/sim/cards", {"product": "rural_revitalization", "bank_id": "abc"}, "product"),
        ("/sim/cards", {"birth_date": "2200-01-01"}, "birth_date"),
        ("/sim/cards", {"balance_fen": -1}, "balance_fen"),
        ("/sim/credits", {"card_id": "999999", "kind": "salary", "amount_fen": 1}, "card_id"),
        ("/sim/bills", {"biller_id": "nobody", "amount_fen": 1}, "biller_id"),
        ("/sim/pin-unlocks", {"card_no": "9900010000000017"}, "card_no"),
        ("/sim/pin-unlocks", {}, "card_id"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_says_why(
    counter: Counter, path: str, wish: dict[str, object], field: str
) -> None:
    answer = counter.post(path, wish)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_health_metrics_and_about(counter: Counter, kind: str) -> None:
    assert counter.get("/health/live").json() == {"status": "live"}
    assert counter.get("/health/ready").json() == {"status": "ready", "database": kind}
    counter.do("balance_inquiry")
    page = counter.get("/metrics").text
    assert 'pos_sim_transactions_total{business="balance_inquiry"' in page
    assert 'pos_sim_http_request_seconds_bucket{le="+Inf",route="/v1/balance-inquiries"' in page
    assert "pos_sim_queue_length 0.0" in page
    about = counter.get("/v1/about").json()
    assert about["world"]["size"] == "village"
    assert about["world"]["seed"] == SEED
    assert about["policy_version"] == "2014-235"


def test_a_reset_returns_the_world_to_its_seed(counter: Counter) -> None:
    body = counter.body("withdrawal")
    counter.send("withdrawal", body)
    answer = counter.post("/sim/reset")
    assert answer.status_code == 200, answer.text
    assert counter.truth(body)["seen"] is False
    assert counter.get("/v1/transactions").json()["items"] == []
    assert all(counter.send(b, {}).status_code == 422 for b in PATHS)
    assert counter.get("/sim/clock").json()["now"].startswith("2026-03-02T10:00")
