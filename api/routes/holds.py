"""撤销 A held transfer is cancelled by a checker: money and fee return."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import current_answer
from api.auth import CheckerKey
from api.desk import InSandbox
from api.json_answers import json_answer
from api.models.answers import TransactionAnswer
from api.openapi import problems
from api.problems import Problem
from api.routes.finds import TransactionId
from pos_sim.engine.holds import NotHeld, cancel

router = APIRouter(prefix="/v1/transactions", tags=["交易 Transactions"])


@router.post(
    "/{transaction_id}/cancel",
    summary="撤销 Cancel a held transfer",
    response_model=TransactionAnswer,
    responses=problems(401, 403, 404, 405, 409, 422, 500, 503),
)
async def cancel_held(
    key: CheckerKey, sandbox: InSandbox, transaction_id: TransactionId
) -> Response:
    """Role `checker`. What is not held, or not any more, is 409."""
    try:
        cancelled = await cancel(sandbox, transaction_id, key.name)
    except LookupError:
        raise Problem("not-found") from None
    except NotHeld:
        raise Problem("illegal-action", more={"available_actions": []}) from None
    return json_answer(current_answer(cancelled, sandbox.policies))
