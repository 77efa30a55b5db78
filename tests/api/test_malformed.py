"""Malformed requests: 422, the field named, nothing repeated, nothing done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.counter import PATHS, Counter, bearer

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def kind() -> str:
    """What is wrong before a database is asked is wrong with any of them."""
    return "sqlite"


@pytest.mark.parametrize(
    "amount", ["50000", 50_000.0, 50_000.5, True, None, 0, -1, 10**12, 10**30, [50_000], {}]
)
def test_an_amount_is_a_whole_positive_number(counter: Counter, amount: object) -> None:
    body = counter.body("withdrawal", amount_fen=amount)
    answer = counter.send("withdrawal", body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == PROBLEM
    assert [error["field"] for error in answer.json()["errors"]] == ["amount_fen"]
    assert counter.truth(body)["seen"] is False


@pytest.mark.parametrize(
    ("business", "changes", "field"),
    [
        ("withdrawal", {"terminal_id": "5201000"}, "terminal_id"),
        ("withdrawal", {"terminal_id": "5201000a"}, "terminal_id"),
        ("withdrawal", {"terminal_id": 52010001}, "terminal_id"),
        ("withdrawal", {"batch_no": "1"}, "batch_no"),
        ("withdrawal", {"trace_no": "00000１"}, "trace_no"),
        ("withdrawal", {"trace_no": "000001\n"}, "trace_no"),
        ("withdrawal", {"trace_no": ...}, "trace_no"),
        ("withdrawal", {"card_no": "990001000000"}, "card_no"),
        ("withdrawal", {"card_no": "99000100000000000000"}, "card_no"),
        ("withdrawal", {"card_no": "9900 0100 0000 0017"}, "card_no"),
        ("withdrawal", {"pin": "123"}, "pin"),
        ("withdrawal", {"pin": "1234567890123"}, "pin"),
        ("withdrawal", {"pin": "12345x"}, "pin"),
        ("withdrawal", {"pin": ...}, "pin"),
        ("withdrawal", {"pin_block": "0612713176FEDCBA"}, "pin"),
        ("withdrawal", {"pin": ..., "pin_block": "0612713176FEDCB"}, "pin_block"),
        ("withdrawal", {"colour": "red"}, "colour"),
        ("withdrawal", {"payee_name": "王小明"}, "payee_name"),
        ("withdrawal", {"position": {"latitude": 91, "longitude": 0, "accuracy_m": 1}},
         "position.latitude"),
        ("withdrawal", {"position": {"latitude": 1}}, "position.longitude"),
        ("withdrawal", {"occurred_at": "yesterday"}, "occurred_at"),
        ("withdrawal", {"occurred_at": "2026-03-02T10:00:00"}, "occurred_at"),
        ("withdrawal", {"occurred_at": 1}, "occurred_at"),
        ("withdrawal", {"entry_mode": "a b"}, "entry_mode"),
        ("balance_inquiry", {"amount_fen": 1}, "amount_fen"),
        ("transfer", {"payee_name": "王\x00小明"}, "payee_name"),
        ("transfer", {"payee_name": "王\u202e小明"}, "payee_name"),
        ("transfer", {"payee_name": "王" * 81}, "payee_name"),
        ("transfer", {"payee_name": ""}, "payee_name"),
        ("transfer", {"payee_account_no": "x"}, "payee_account_no"),
        ("cash_remittance", {"card_no": "9900010000000017"}, "card_no"),
        ("cash_remittance", {"payer_name": ...}, "payer_name"),
        ("bill_payment", {"funding": "cash", "card_no": "9900010000000017"}, "card_no"),
        ("bill_payment", {"funding": "cash", "pin": None}, "pin"),
        ("bill_payment", {"funding": "gold"}, "funding"),
        ("bill_payment", {"funding": ...}, "funding"),
        ("bill_payment", {"bill_no": "ü"}, "bill_no"),
        ("reversal", {"original": {"batch_no": "000001"}}, "original.trace_no"),
        ("reversal", {"reason": "boredom"}, "reason"),
        ("reversal", {"amount_fen": 1}, "amount_fen"),
    ],
)  # fmt: skip
def test_the_field_that_is_wrong_is_named(
    counter: Counter, business: str, changes: dict[str, Any], field: str
) -> None:
    answer = counter.send(business, counter.body(business, **changes))
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["type"] == "invalid"
    assert field in [error["field"] for error in problem["errors"]]
    assert all(" · " in error["message"] for error in problem["errors"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"a":NaN}',
        b"[" * 5_000,
        b'{"a":"\\ud800"}',
    ],
)
@pytest.mark.parametrize("path", [PATHS["withdrawal"], "/v1/fee-quotes"])
def test_a_body_that_is_no_json_object(counter: Counter, path: str, content: bytes) -> None:
    headers = {**bearer("demo-terminal"), "Content-Type": "application/json"}
    answer = counter.http.post(path, content=content, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.json()["errors"]


@pytest.mark.parametrize("path", [PATHS["withdrawal"], "/v1/fee-quotes", "/sim/cards"])
@pytest.mark.parametrize("content_type", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_a_body_that_does_not_say_json(counter: Counter, path: str, content_type: str) -> None:
    key = "demo-admin" if path == "/sim/cards" else "demo-terminal"
    headers = {**bearer(key), "Content-Type": content_type}
    answer = counter.http.post(path, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "unsupported-media-type")


def test_json_by_another_name_is_json(counter: Counter) -> None:
    headers = {**bearer("demo-terminal"), "Content-Type": "application/json; charset=utf-8"}
    body = counter.body("withdrawal")
    answer = counter.http.post("/v1/withdrawals", json=body, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", [PATHS["withdrawal"], "/v1/fee-quotes"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_has_a_largest_size(counter: Counter, path: str, is_chunked: bool) -> None:
    headers = {**bearer("demo-terminal"), "Content-Type": "application/json"}
    content = b'{"a":"' + b"x" * 70_000 + b'"}'
    sent: Any = iter([content[:40_000], content[40_000:]]) if is_chunked else content
    answer = counter.http.post(path, content=sent, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("method", "path", "status", "problem"),
    [
        ("GET", "/v1/withdrawals", 405, "method-not-allowed"),
        ("DELETE", "/v1/fee-quotes", 405, "method-not-allowed"),
        ("GET", "/v1/nothing", 404, "not-found"),
        ("POST", "/v1/withdrawals/", 404, "not-found"),
        ("GET", "/v1/transactions/NONE", 404, "not-found"),
        ("GET", "/v1/transactions/no-such-thing", 422, "invalid"),
        ("GET", "/v1/transactions?limit=201", 422, "invalid"),
        ("GET", "/v1/transactions?limit=0", 422, "invalid"),
        ("GET", "/v1/transactions?cursor=x", 422, "invalid"),
        ("GET", "/v1/transactions?cursor=WzEsMl0", 422, "invalid"),
        ("GET", "/v1/transactions?colour=red", 422, "invalid"),
        ("GET", "/v1/service-points?near=91,0", 422, "invalid"),
        ("GET", "/sim/manifest?cursor=x", 422, "invalid"),
    ],
)
def test_other_mistakes_are_problems_too(
    counter: Counter, method: str, path: str, status: int, problem: str
) -> None:
    answer = counter.http.request(method, path, headers=bearer("demo-terminal"))
    assert (answer.status_code, answer.json()["type"]) == (status, problem)
    assert answer.headers["Content-Type"] == PROBLEM
    assert len(answer.headers["X-Request-Id"]) == 16
