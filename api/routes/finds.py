"""Finding transactions again: by id, by key, by what they have in common."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.responses import Response

from api.answers import current_answer
from api.auth import STAFF, AnyKey, require_terminal
from api.desk import InSandbox
from api.json_answers import json_answer
from api.models.answers import TransactionAnswer, TransactionPage
from api.models.fields import BatchNo, TerminalId, TraceNo
from api.models.risk_alerts import hits_shown
from api.openapi import problems
from api.paging import CURSOR, LIMIT, cursor_of, position_of
from api.problems import Problem
from pos_sim.domain.transactions import Status, Transaction
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store import queries
from pos_sim.store.keys import ApiKey
from pos_sim.store.queries import Page, TransactionFilter
from risk.store.read_alerts import hits_of

router = APIRouter(prefix="/v1/transactions", tags=["交易 Transactions"])


Hits: TypeAlias = dict[str, list[Any]] | None


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
    """Newest first. A bound terminal key sees its own only. Staff see `alerts` and `hits` too."""
    if wanted.terminal_id is not None:
        require_terminal(key, wanted.terminal_id)
    filters = wanted.filters(key)
    after = position_of(wanted.cursor, int, str)
    page, hits = await sandbox.database.read(
        partial(page_with_hits, wanted=filters, limit=wanted.limit, after=after, key=key)
    )
    items = [shown(transaction, sandbox, hits) for transaction in page.items]
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
    """The answer with its current status. Another terminal's is not found with a bound key.

    Staff see `alerts` and `hits` too: what each rule said and why.
    """
    transaction, hits = await sandbox.database.read(
        partial(one_with_hits, transaction_id=transaction_id, key=key)
    )
    if transaction is None or not may_see(key, transaction):
        raise Problem("not-found")
    return json_answer(shown(transaction, sandbox, hits))


def page_with_hits(
    connection: Connection,
    wanted: TransactionFilter,
    limit: int,
    after: tuple[int, str] | None,
    key: ApiKey,
) -> tuple[Page[Transaction], Hits]:
    page = queries.list_transactions(connection, wanted, limit, after)
    return page, hits_for(key, connection, [one.transaction_id for one in page.items])


def one_with_hits(
    connection: Connection, transaction_id: str, key: ApiKey
) -> tuple[Transaction | None, Hits]:
    found = queries.find_transaction(connection, transaction_id)
    return found, hits_for(key, connection, [transaction_id])


def hits_for(key: ApiKey, connection: Connection, transaction_ids: list[str]) -> Hits:
    """Return what rules said of each transaction; None: that is not for this key."""
    return hits_of(connection, transaction_ids) if key.role in STAFF else None


def shown(transaction: Transaction, sandbox: Sandbox, hits: Hits) -> dict[str, Any]:
    answer = current_answer(transaction, sandbox.policies)
    if hits is not None:
        answer |= hits_shown(hits.get(transaction.transaction_id, ()))
    return answer


def may_see(key: ApiKey, transaction: Transaction) -> bool:
    return key.terminal_id is None or key.terminal_id == transaction.terminal_id
