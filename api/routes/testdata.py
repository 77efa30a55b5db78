"""Test data on request, and the way back to the seed. Admin keys only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from fastapi import APIRouter
from sqlalchemy import Connection

from api.auth import AdminKey
from api.clock import clock_shown
from api.composition import own_secret
from api.desk import AtDesk, InSandbox
from api.models.sim import (
    Credit,
    CreditBody,
    Fresh,
    NewBills,
    NewBillsBody,
    NewCard,
    NewCardBody,
    OneCard,
    Unlocked,
)
from api.openapi import problems
from api.problems import Problem, invalid_field
from api.quick import JsonRoute
from pos_sim.engine.following import follow_policies
from pos_sim.engine.sandbox import Sandbox, SandboxClock
from risk.monitor import RiskMonitor
from seeds import testdata, wishes
from seeds.mistakes import AlreadyThere, Mistake
from seeds.reset import reset_world

T = TypeVar("T")

router = APIRouter(prefix="/sim", tags=["模拟 Simulation"], route_class=JsonRoute)

REFUSALS = problems(401, 403, 405, 413, 415, 422, 500, 503)


@router.post("/cards", status_code=201, summary="造卡 Make a card", responses=REFUSALS)
async def make_card(_key: AdminKey, sandbox: InSandbox, body: NewCardBody) -> NewCard:
    """Make a card with holder, account and opening balance."""
    wish = wishes.NewCard(**body.model_dump())
    made = await doing(
        sandbox,
        partial(
            testdata.make_card,
            facts=sandbox.world,
            secrets=sandbox.secrets,
            wish=wish,
            now=sandbox.clock.now(),
        ),
    )
    return NewCard.model_validate(with_text_id(made))


@router.post("/credits", status_code=201, summary="入账 Let money arrive", responses=REFUSALS)
async def credit_card(_key: AdminKey, sandbox: InSandbox, body: CreditBody) -> Credit:
    """A pension, subsidy or salary arrives; the first two make first withdrawals free."""
    credit = partial(
        testdata.credit_card,
        secrets=sandbox.secrets,
        kind=body.kind.value,
        amount_fen=body.amount_fen,
        now=sandbox.clock.now(),
        **body.named(),
    )
    return Credit.model_validate(with_text_id(await doing(sandbox, credit)))


@router.post(
    "/bills",
    status_code=201,
    summary="造账单 Make bills",
    responses=problems(401, 403, 405, 409, 413, 415, 422, 500, 503),
)
async def make_bills(_key: AdminKey, sandbox: InSandbox, body: NewBillsBody) -> NewBills:
    """Unpaid bills; a number that the biller has used before is 409."""
    wish = wishes.NewBills(
        biller_id=body.biller_id,
        amount_fen=body.amount_fen,
        bill_no=body.bill_no,
        payer_name=body.payer_name or "",
        count=body.count,
    )
    made = await doing(sandbox, partial(testdata.make_bills, secrets=sandbox.secrets, wish=wish))
    return NewBills.model_validate({"items": made})


@router.post("/pin-unlocks", summary="密码解锁 Unlock a PIN", responses=REFUSALS)
async def unlock_pin(_key: AdminKey, sandbox: InSandbox, body: OneCard) -> Unlocked:
    """Give a card all its PIN tries back."""
    unlock = partial(testdata.unlock_pin, secrets=sandbox.secrets, **body.named())
    return Unlocked.model_validate(with_text_id(await doing(sandbox, unlock)))


@router.post("/reset", summary="重置 Back to the seed", responses=problems(401, 403, 405, 500, 503))
async def reset(key: AdminKey, desk: AtDesk) -> Fresh:
    """Forget everything that happened; the same world stands again. API keys stay."""
    sandbox = desk.sandbox
    secret = None if sandbox.world.is_demo else own_secret(desk.settings)
    work = partial(reset_world, sandbox.database, now=datetime.now(UTC), secret=secret, by=key.name)
    sandbox.world = await asyncio.to_thread(work)
    await follow_policies(sandbox)
    if isinstance(sandbox.monitor, RiskMonitor):
        sandbox.monitor.look_again()
    if isinstance(sandbox.clock, SandboxClock):
        sandbox.clock.offset = sandbox.world.clock_offset
    return Fresh(
        size=sandbox.world.size,
        seed=sandbox.world.seed,
        clock=clock_shown(sandbox.clock.now()),
    )


async def doing(sandbox: Sandbox, work: Callable[[Connection], T]) -> T:
    """Do the work in one transaction; a wish that cannot be fulfilled is 422, or 409."""
    try:
        return await sandbox.database.run(work)
    except AlreadyThere as mistake:
        raise Problem("already-there", mistake.message) from None
    except Mistake as mistake:
        raise invalid_field(mistake.field, mistake.message) from None


def with_text_id(made: dict[str, Any]) -> dict[str, Any]:
    """Return what was made, its card id as text, as everywhere."""
    return {**made, "card_id": str(made["card_id"])}
