"""缴费与收款人 What a terminal asks before it pays: billers, bills, payees."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path

from api.auth import AnyKey
from api.desk import InSandbox
from api.models.cards import BillerList, BillerShown, BillShown, PayeeShown
from api.models.fields import AccountNo, BillerId, BillNo
from api.openapi import problems
from api.problems import Problem
from pos_sim.domain.accounts import masked_name
from pos_sim.store import query_cards

router = APIRouter(prefix="/v1", tags=["交易 Transactions"])


@router.get(
    "/billers", summary="缴费项目 Billers", responses=problems(401, 403, 405, 422, 500, 503)
)
async def list_billers(_key: AnyKey, sandbox: InSandbox) -> BillerList:
    """All billers; one of them takes any bill number and any amount."""
    found = await sandbox.database.read(query_cards.list_billers)
    return BillerList(items=[BillerShown.of(biller) for biller in found])


@router.get(
    "/billers/{biller_id}/bills/{bill_no}",
    summary="缴费查询 One bill",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_bill(
    _key: AnyKey,
    sandbox: InSandbox,
    biller_id: Annotated[BillerId, Path()],
    bill_no: Annotated[BillNo, Path()],
) -> BillShown:
    """What it asks for, and whether it has been paid. Looking writes nothing."""
    look = partial(query_cards.find_bill, biller_id=biller_id, bill_no=bill_no)
    found = await sandbox.database.read(look)
    if found is None:
        raise Problem("not-found")
    return BillShown.of(found, masked_name(found.payer_name) if found.payer_name else "")


@router.get(
    "/payees/{account_no}",
    summary="户名查询 Payee check",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_payee(
    _key: AnyKey, sandbox: InSandbox, account_no: Annotated[AccountNo, Path()]
) -> PayeeShown:
    """The masked name behind an account number, before money goes there."""
    found = await sandbox.database.read(partial(query_cards.find_payee, account_no=account_no))
    if found is None:
        raise Problem("not-found")
    return PayeeShown.of(found, masked_name(found.name))
