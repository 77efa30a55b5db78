"""What the machine can do at most over HTTP: the server of the bank, and nothing behind it."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from api.models.answers import EXAMPLE, TransactionAnswer
from api.models.transactions import WithdrawalBody
from api.serve import collect_garbage_calmly


def no_work() -> FastAPI:
    """Return FastAPI with the models of a withdrawal, which answers and does nothing else."""
    collect_garbage_calmly()  # as the bank does: the reference has the same advantage
    app = FastAPI()

    @app.post("/v1/withdrawals", response_model=TransactionAnswer)
    async def withdraw(body: WithdrawalBody) -> dict[str, Any]:
        return EXAMPLE | {"terminal_id": body.terminal_id, "trace_no": body.trace_no}

    return app


CONTENT = orjson.dumps(EXAMPLE)
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
