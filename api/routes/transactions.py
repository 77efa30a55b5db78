"""The six businesses of the counter: body in, decision, bytes out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from api.answers import first_answer
from api.auth import require_role, require_terminal
from api.desk import Desk
from api.models import transactions as bodies
from api.models.answers import TransactionAnswer
from api.openapi import documented_body, problems
from api.problems import Problem, invalid
from api.quick import QuickEndpoint, QuickRoute, require_json
from pos_sim.domain.decide import Decision
from pos_sim.domain.magic import Effect

TERMINAL_ONLY = frozenset({"terminal"})
REPLAYED = {"Idempotent-Replayed": "true"}


@dataclass(frozen=True, slots=True)
class Counter:
    """One business as a route: where it is, what its body is, and what to say about it."""

    path: str
    business: str
    body: Any
    summary: str
    example: dict[str, Any]


KEY = {"terminal_id": "52010001", "batch_no": "000001", "trace_no": "000042"}
CARD = {"card_no": "9900010000000017", "pin": "123456"}
PAYEE = {"payee_account_no": "520010000001000", "payee_name": "王小明"}
BILL = {"biller_id": "any", "bill_no": "20260001"}

COUNTERS: tuple[Counter, ...] = (
    Counter(
        "/v1/withdrawals",
        "withdrawal",
        bodies.WithdrawalBody,
        "助农取款 Withdrawal",
        {**KEY, **CARD, "amount_fen": 50_000},
    ),
    Counter(
        "/v1/cash-remittances",
        "cash_remittance",
        bodies.CashRemittanceBody,
        "现金汇款 Cash remittance",
        {**KEY, "amount_fen": 50_000, "payer_name": "李雷", **PAYEE},
    ),
    Counter(
        "/v1/transfers",
        "transfer",
        bodies.TransferBody,
        "转账汇款 Transfer",
        {**KEY, **CARD, "amount_fen": 50_000, **PAYEE},
    ),
    Counter(
        "/v1/bill-payments",
        "bill_payment",
        bodies.BillPaymentBody,
        "代理缴费 Bill payment",
        {**KEY, **CARD, "amount_fen": 12_000, **BILL, "funding": "card"},
    ),
    Counter(
        "/v1/balance-inquiries",
        "balance_inquiry",
        bodies.BalanceInquiryBody,
        "余额查询 Balance inquiry",
        {**KEY, **CARD},
    ),
    Counter(
        "/v1/reversals",
        "reversal",
        bodies.ReversalBody,
        "冲正 Reversal",
        {**KEY, "original": {"batch_no": "000001", "trace_no": "000041"}, "reason": "timeout"},
    ),
)


def transaction_routes(desk: Desk) -> Iterator[QuickRoute]:
    """Return the routes of the six businesses."""
    for counter in COUNTERS:
        yield QuickRoute(
            counter.path,
            endpoint_of(desk, counter),
            methods=["POST"],
            name=counter.business,
            operation_id=counter.business,
            tags=["交易 Transactions"],
            summary=counter.summary,
            description=description_of(counter),
            response_model=TransactionAnswer,
            response_description="Decided: approved, held or declined",
            responses=problems(401, 403, 405, 409, 413, 415, 422, 500, 503),
            openapi_extra=documented_body(counter.body, counter.example),
        )


def description_of(counter: Counter) -> str:
    return (
        "Role `terminal`. A refusal is an answer: 200 with its `response_code`. The same key with"
        " the same content gives the first answer again, byte for byte, with the header"
        " `Idempotent-Replayed: true`. Amounts in fen."
    )


def endpoint_of(desk: Desk, counter: Counter) -> QuickEndpoint:
    """Return the endpoint of one business."""
    reader = bodies.READERS[counter.business]
    sandbox, keyring, metrics = desk.sandbox, desk.keyring, desk.metrics

    async def perform(http: Request) -> Response:
        key = await keyring.find(http.headers.get("authorization"))
        require_role(key, TERMINAL_ONLY)
        require_json(http.scope)
        content = await http.body()
        try:
            request = bodies.request_of(reader, content, sandbox.clock.now())
        except ValidationError as error:
            raise invalid(error.errors(include_url=False, include_input=False)) from None
        require_terminal(key, request.key.terminal_id)
        decision = await sandbox.engine.perform(request)
        transaction = decision.transaction
        assert transaction is not None
        metrics.count_transaction(
            transaction.business, transaction.response_code, decision.is_replay
        )
        if decision.effect is not None:
            await bend(decision, http, desk)
        answer = first_answer(transaction, sandbox.policies)
        headers = REPLAYED if decision.is_replay else None
        return Response(answer, headers=headers, media_type="application/json")

    perform.__name__ = counter.business
    return perform


async def bend(decision: Decision, http: Request, desk: Desk) -> None:
    """Let a magic card's answer come late, or not at all: the money has moved either way."""
    if decision.effect is Effect.SLOW:
        await asyncio.sleep(desk.settings.slow_answer_s)
    elif decision.effect is Effect.SILENT:
        await until_gone(http, desk.settings.silent_answer_s)
        raise Problem("outcome-unknown")


async def until_gone(http: Request, longest_s: float) -> None:
    """Wait until the client hangs up, but no longer than ``longest_s``."""
    try:
        async with asyncio.timeout(longest_s):
            while (await http.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass
