"""What the machine can do at most over HTTP: the server of the bank, and nothing behind it."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from api.models.answers import TransactionAnswer
from api.models.transactions import WithdrawalBody
from pos_sim.domain.codes import CODES

ANSWER: dict[str, Any] = {
    "transaction_id": "52010001000001000042",
    "business": "withdrawal",
    "status": "approved",
    "response_code": "00",
    "response_text": CODES["00"].text,
    "response_text_en": CODES["00"].text_en,
    "terminal_id": "52010001",
    "batch_no": "000001",
    "trace_no": "000042",
    "service_point_id": "SP520102001",
    "card_no_masked": "990001******0017",
    "card_id": "1",
    "amount_fen": 10_000,
    "fee": {"charged_fen": 0, "before_waiver_fen": 0, "waived_fen": 0, "waiver": None},
    "balance_fen": 949_750,
    "retrieval_reference_no": "606112345678",
    "authorization_code": "ABCDEF",
    "business_date": "2026-03-02",
    "decided_at": "2026-03-02T10:15:00.123+08:00",
    "refusal": None,
}
"""A plain approval, as the bank gives it."""


def no_work() -> FastAPI:
    """Return FastAPI with the models of a withdrawal, which answers and does nothing else."""
    app = FastAPI()

    @app.post("/v1/withdrawals", response_model=TransactionAnswer)
    async def withdraw(body: WithdrawalBody) -> dict[str, Any]:
        return ANSWER | {"terminal_id": body.terminal_id, "trace_no": body.trace_no}

    return app


CONTENT = orjson.dumps(ANSWER)
START: dict[str, Any] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(CONTENT)).encode()),
    ],
}


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer ready bytes: what the HTTP server itself costs."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(START)
    await send({"type": "http.response.body", "body": CONTENT})
