"""卡 Cards, for staff; a whole card number never stands in an address."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path

from api.auth import StaffKey
from api.desk import InSandbox
from api.models.cards import CardLookup, CardShown
from api.openapi import problems
from api.problems import Problem
from api.quick import JsonRoute
from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import Pan
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.query_cards import CardRecord, card_by_hash, card_by_id

router = APIRouter(prefix="/v1", tags=["卡 Cards"], route_class=JsonRoute)


@router.get(
    "/cards/{card_id}",
    summary="卡 One card",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_card(
    _key: StaffKey, sandbox: InSandbox, card_id: Annotated[str, Path(pattern="^[0-9]{1,12}$")]
) -> CardShown:
    """Status, balance, and what today used of the daily limits. Staff only."""
    today = business_date(sandbox.clock.now())
    look = partial(card_by_id, card_id=int(card_id), day=today)
    return shown(await sandbox.database.read(look), sandbox, today)


@router.post(
    "/card-lookups",
    summary="按卡号查卡 Find a card by its number",
    responses=problems(401, 403, 404, 405, 413, 415, 422, 500, 503),
)
async def look_up_card(_key: StaffKey, sandbox: InSandbox, body: CardLookup) -> CardShown:
    """The same card, found by its number. Staff only."""
    today = business_date(sandbox.clock.now())
    pan_hash = sandbox.secrets.pan_hash(Pan(body.card_no))
    look = partial(card_by_hash, pan_hash=pan_hash, day=today)
    return shown(await sandbox.database.read(look), sandbox, today)


def shown(card: CardRecord | None, sandbox: Sandbox, today: date) -> CardShown:
    """Return the card as it is shown; 404 without one."""
    if card is None:
        raise Problem("not-found")
    return CardShown.of(card, sandbox.policies.on(today), today)
