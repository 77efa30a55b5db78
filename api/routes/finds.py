"""Finding transactions again: by id, by key, by what they have in common."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.answers import current_answer
from api.auth import AnyKey, require_terminal
from api.desk import InSandbox
from api.json_answers import json_answer
from api.models.answers import TransactionAnswer, TransactionPage
from api.models.fields import BatchNo, TerminalId, TraceNo
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.problems import Problem
from pos_sim.domain.transactions import Status, Transaction
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store import queries
from pos_sim.store.keys import ApiKey
from pos_sim.store.queries import TransactionFilter

router = APIRouter(prefix="/v1/transactions", tags=["交易 Transactions"])


class Wanted(BaseModel):
    """What may be asked of the list; all of it together."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    terminal_id: TerminalId | None = None
    batch_no: BatchNo | None = None
    trace_no: TraceNo | None = None
    service_point_id: Annotated[str | None, Field(pattern="^[0-9A-Za-z-]{1,16}$")] = None
    card_id: Annotated[str | None, Field(pattern="^[0-9]{1,12}$")] = None
    business_date: date | None = Field(default=None, description="会计日期")
    response_code: Annotated[str | None, Field(pattern="^[0-9A-Z]{2}$")] = None
    business: Annotated[str | None, Field(pattern="^[a-z_]{1,24}$")] = None
    status: Status | None = None
    limit: LIMIT = 50
    cursor: CURSOR = None

    def filters(self, key: ApiKey) -> TransactionFilter:
        """Return the filter for this key: a bound one gets its own terminal's only."""
        asked = self.model_dump(exclude={"limit", "cursor", "card_id"})
        card_id = None if self.card_id is None else int(self.card_id)
        asked["terminal_id"] = self.terminal_id or key.terminal_id
        return TransactionFilter(card_id=card_id, **asked)


TransactionId = Annotated[
    str,
    Path(pattern="^[0-9A-Z-]{1,32}$", description="终端号 + 批次号 + 流水号, or `CHG-…`"),
]


@router.get(
    "",
    summary="交易查找 Find transactions",
    response_model=TransactionPage,
    responses=problems(401, 403, 405, 422, 500, 503),
)
async def find_transactions(
    key: AnyKey,
    sandbox: InSandbox,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    """Newest first. A bound terminal key sees its own only. Staff see `alerts` with each."""
    if wanted.terminal_id is not None:
        require_terminal(key, wanted.terminal_id)
    filters = wanted.filters(key)
    after = position_of(wanted.cursor, int, str)
    page = await sandbox.database.read(
        partial(queries.list_transactions, wanted=filters, limit=wanted.limit, after=after)
    )
    items = [shown(transaction, sandbox) for transaction in page.items]
    return json_answer({"items": items, "next_cursor": cursor_of(page.after)})


@router.get(
    "/{transaction_id}",
    summary="交易查找 Find one transaction",
    response_model=TransactionAnswer,
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_transaction(
    key: AnyKey, sandbox: InSandbox, transaction_id: TransactionId
) -> Response:
    """The answer with its current status. Another terminal's is not found with a bound key."""
    transaction = await sandbox.database.read(
        partial(queries.find_transaction, transaction_id=transaction_id)
    )
    if transaction is None or not may_see(key, transaction):
        raise Problem("not-found")
    return json_answer(shown(transaction, sandbox))


def shown(transaction: Transaction, sandbox: Sandbox) -> dict[str, Any]:
    return current_answer(transaction, sandbox.policies)


def may_see(key: ApiKey, transaction: Transaction) -> bool:
    return key.terminal_id is None or key.terminal_id == transaction.terminal_id
