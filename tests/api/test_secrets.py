"""No card number and no PIN in any answer, log line or database, wherever a client puts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import make_url

from api.problems import field_of
from pos_sim.domain.cards import Pan, Pin, pin_block_of
from tests.api.counter import PATHS, Counter, bearer

WRONG_PIN = "830571946283"


@pytest.fixture(scope="module")
def kind() -> str:
    """The bytes of a SQLite file are easy to search."""
    return "sqlite"


@pytest.fixture(scope="module")
def card(counter: Counter) -> dict[str, str]:
    """A card whose holder keys in a PIN that stands out."""
    return {"card_no": counter.new_card()["card_no"], "pin": WRONG_PIN}


def sayings(counter: Counter, card: dict[str, str]) -> list[httpx2.Response]:
    """Requests that carry number and PIN where they belong and where they don't."""
    pan, pin = card["card_no"], card["pin"]
    block = {"pin": ..., "pin_block": pin_block_of(Pin(pin), Pan(pan))}
    answers = [counter.send(business, counter.body(business, **card)) for business in PATHS]
    for change in (
        block,
        {"amount_fen": pan},
        {"trace_no": pan},
        {pan: 1},
        {pin: pan},
        {"position": {"latitude": pan}},
        {"pin": [pin]},
        {"card_no": f"{pan}{pin}"},
        {"occurred_at": pan},
        {"entry_mode": f"{pan} {pin}"},
    ):
        answers.append(counter.send("withdrawal", counter.body("withdrawal", **{**card, **change})))
    answers.append(counter.send("bill_payment", counter.body("bill_payment", funding=pan)))
    answers.append(counter.send("reversal", {**counter.body("reversal"), "reason": pan}))
    for body in ({"card_no": pan}, {"card_no": pan, pin: 1}, {"card_no": [pan]}):
        answers.append(counter.post("/v1/card-lookups", body, "demo-maker"))
    for path in (f"/v1/transactions/{pan}", f"/v1/cards/{pan}", f"/v1/{pan}", f"/v1/payees/{pan}"):
        answers.append(counter.get(path, "demo-auditor"))
    answers.append(counter.get("/v1/transactions", cursor=pan, card_id=pan, **{pan: pin}))
    answers.append(counter.get("/v1/about", pan))
    broken: Any = f'{{"card_no": "{pan}", "pin": "{pin}"'
    headers = {**bearer("demo-terminal"), "Content-Type": "application/json"}
    for path in ("/v1/withdrawals", "/v1/fee-quotes"):
        answers.append(counter.http.post(path, content=broken, headers=headers))
    return answers


def test_nothing_that_was_said_is_repeated(
    counter: Counter,
    card: dict[str, str],
    database_url: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    answers = sayings(counter, card)
    assert {answer.status_code for answer in answers} >= {200, 401, 404, 422}
    told = "".join(f"{answer.headers} {answer.text}" for answer in answers)
    logged = "".join(capfd.readouterr())
    path = Path(make_url(database_url).database or "")
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert len(kept) > 100_000
    for secret in (card["card_no"], WRONG_PIN):
        assert secret not in told
        assert secret not in logged
        assert secret.encode() not in kept


def test_an_unknown_field_that_is_a_number_is_not_named() -> None:
    assert field_of({"loc": ("body", "original", "batch_no")}) == "original.batch_no"
    assert "0000" not in field_of({"loc": ("body", "9900010000000017")})
    assert len(field_of({"loc": ("body", "x" * 500)})) <= 80
