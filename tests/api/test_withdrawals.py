"""A withdrawal over real HTTP: decided, replayed, found, refused."""

from __future__ import annotations

import pytest

from api.models.answers import TransactionAnswer
from tests.api.counter import Counter


def test_a_withdrawal_is_approved(counter: Counter) -> None:
    answer = counter.do("withdrawal")
    assert answer["status"] == "approved"
    assert answer["response_code"] == "00"
    assert answer["balance_fen"] == 950_000
    assert answer["refusal"] is None
    assert len(answer["retrieval_reference_no"]) == 12
    assert len(answer["authorization_code"]) == 6
    TransactionAnswer.model_validate(answer, extra="forbid")


def test_a_replay_is_the_first_answer_byte_for_byte(counter: Counter) -> None:
    body = counter.body("withdrawal")
    first, again = counter.send("withdrawal", body), counter.send("withdrawal", body)
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


def test_the_same_key_with_other_content_is_a_conflict(counter: Counter) -> None:
    body = counter.body("withdrawal")
    counter.send("withdrawal", body)
    other = counter.send("withdrawal", {**body, "amount_fen": 60_000})
    assert other.status_code == 409
    assert other.headers["Content-Type"] == "application/problem+json"
    assert other.json()["type"] == "key-reused"


@pytest.mark.parametrize(
    "amount", ["50000", 50_000.0, 50_000.5, True, None, 0, -1, 10**12, [50_000]]
)
def test_an_amount_is_a_whole_positive_number(counter: Counter, amount: object) -> None:
    answer = counter.send("withdrawal", counter.body("withdrawal", amount_fen=amount))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["amount_fen"]


def test_a_find_by_key_gives_the_same_answer(counter: Counter) -> None:
    answer = counter.do("withdrawal")
    named = {name: answer[name] for name in ("terminal_id", "batch_no", "trace_no")}
    found = counter.get("/v1/transactions", **named).json()
    assert found == {"items": [answer], "next_cursor": None}


@pytest.mark.parametrize(
    ("api_key", "status"),
    [
        ("", 401),
        ("nobody", 401),
        ("revoked-terminal", 401),
        ("demo-maker", 403),
        ("demo-admin", 403),
    ],
)
def test_only_a_terminal_key_may_withdraw(counter: Counter, api_key: str, status: int) -> None:
    answer = counter.send("withdrawal", counter.body("withdrawal"), api_key)
    assert answer.status_code == status
    assert answer.json()["status"] == status
