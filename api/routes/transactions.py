"""The six businesses of the counter: body in, decision, bytes out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from pydantic import ValidationError

from api.answers import first_answer
from api.auth import require_role, require_terminal
from api.desk import Desk
from api.models import transactions as bodies
from api.models.answers import TransactionAnswer
from api.openapi import REPLAYED, REQUEST_ID, documented_body, problems
from api.problems import Problem, invalid
from api.quick import Call, Endpoint, QuickRoute, Reply
from api.settings import Settings
from pos_sim.domain.decision import Decision
from pos_sim.domain.magic import Effect
from pos_sim.domain.requests import Request

TERMINAL_ONLY = frozenset({"terminal"})
DOWN = "down"


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


def transaction_routes(desk: Desk) -> list[QuickRoute]:
    """Return the routes of the six businesses."""
    return [route_of(desk, counter) for counter in COUNTERS]


def route_of(desk: Desk, counter: Counter) -> QuickRoute:
    return QuickRoute(
        counter.path,
        endpoint_of(desk, counter.business),
        methods=["POST"],
        name=counter.business,
        operation_id=counter.business,
        tags=["交易 Transactions"],
        summary=counter.summary,
        description=DESCRIPTION,
        response_model=TransactionAnswer,
        responses={200: DECIDED, **problems(401, 403, 405, 409, 413, 415, 422, 500, 503)},
        openapi_extra=documented_body(counter.body, counter.example),
    )


DECIDED: dict[str, Any] = {
    "description": "Decided: approved, held or declined",
    "headers": {**REQUEST_ID, **REPLAYED},
}
DESCRIPTION = (
    "Role `terminal`. A refusal is an answer: 200 with its `response_code`. The same key with the"
    " same content gives the first answer again, byte for byte, with the header"
    " `Idempotent-Replayed: true`. Amounts in fen."
)


def endpoint_of(desk: Desk, business: str) -> Endpoint:
    """Return what performs one business."""
    reader = bodies.READERS[business]

    async def perform(call: Call) -> Reply:
        key = await desk.keyring.find(call.authorization)
        require_role(key, TERMINAL_ONLY)
        request = read(reader, await call.content(), desk.sandbox.clock.now())
        require_terminal(key, request.key.terminal_id)
        line = desk.cut_lines.get(request.key.terminal_id)
        if line == DOWN:
            await nothing_comes(call, desk.settings)
        decision = await desk.sandbox.engine.perform(request)
        if line is not None:
            await nothing_comes(call, desk.settings)
        if decision.effect is not None:
            await bend(decision.effect, call, desk.settings)
        return reply_of(decision, desk)

    return perform


def read(reader: bodies.Reader, content: bytes, now: datetime) -> Request:
    """Return the request that a body is; 422 for one that is none."""
    try:
        return bodies.request_of(reader, content, now)
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False)) from None


def reply_of(decision: Decision, desk: Desk) -> Reply:
    """Count a decision and return its answer, which follows from what is stored."""
    transaction, is_replay = decision.transaction, decision.is_replay
    assert transaction is not None
    desk.metrics.count_transaction(transaction.business, transaction.response_code, is_replay)
    return Reply(first_answer(transaction, desk.sandbox.policies), is_replay)


async def bend(effect: Effect, call: Call, settings: Settings) -> None:
    """Let a magic card's answer come late, or not at all: the money has moved either way."""
    if effect is Effect.SLOW:
        await asyncio.sleep(settings.slow_answer_s)
    elif effect is Effect.SILENT:
        await nothing_comes(call, settings)


async def nothing_comes(call: Call, settings: Settings) -> NoReturn:
    """Hold the connection until the client leaves; whoever stays too long knows nothing."""
    await until_gone(call, settings.silent_answer_s)
    raise Problem("outcome-unknown")


async def until_gone(call: Call, longest_s: float) -> None:
    """Wait until the client hangs up, but no longer than ``longest_s``."""
    with suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            while (await call.receive())["type"] != "http.disconnect":
                pass
