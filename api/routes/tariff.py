"""资费 Fee quotes, charges, policies and answer codes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from api.answers import fee_shown, first_answer
from api.auth import STAFF, AdminKey, AnyKey
from api.desk import AtDesk, InSandbox
from api.models.answers import FeeShown, TransactionAnswer
from api.models.tariff import (
    ChargeBody,
    CodeList,
    CodeShown,
    FeeQuote,
    FeeQuoteBody,
    Listed,
    PolicyBody,
    PolicyList,
    PolicyShown,
    PolicySummary,
)
from api.openapi import problems
from api.problems import Problem
from api.quick import JsonRoute
from api.routes.risk_work import ActingKey, doing
from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import Pan
from pos_sim.domain.codes import CODES
from pos_sim.domain.fees import fee_for
from pos_sim.domain.policy import Policy, PolicySet, read_policy
from pos_sim.domain.requests import Charge, Key
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.policy_store import all_policies
from pos_sim.store.query_cards import card_by_hash, card_by_id
from risk import policy_drafts
from risk.policy_drafts import propose_policy
from risk.store.approval_rows import pending_of

router = APIRouter(prefix="/v1", tags=["资费 Tariff"], route_class=JsonRoute)


@router.post(
    "/fee-quotes",
    summary="费用试算 Fee quote",
    responses=problems(401, 403, 405, 413, 415, 422, 500, 503),
)
async def quote_fee(_key: AnyKey, sandbox: InSandbox, body: FeeQuoteBody) -> FeeQuote:
    """Price, waiver and who bears it, as of a date. Posts nothing."""
    day = body.as_of or business_date(sandbox.clock.now())
    policy = sandbox.policies.on(day)
    fee = fee_shown(fee_for(policy, body.question(), day), policy)
    return FeeQuote(fee=FeeShown.model_validate(fee), policy_version=policy.version)


@router.post(
    "/charges",
    summary="账户收费 Post a charge",
    response_model=TransactionAnswer,
    responses=problems(401, 403, 404, 405, 409, 413, 415, 422, 500, 503),
)
async def post_charge(_key: AdminKey, desk: AtDesk, body: ChargeBody) -> Response:
    """Post one of the charges of the fee quote to a card. The same `charge_no` charges once."""
    sandbox = desk.sandbox
    card_id = await sandbox.database.read(partial(card_to_charge, body=body, sandbox=sandbox))
    charge_no = body.charge_no or uuid4().hex[:20].upper()
    decision = await sandbox.engine.perform(
        Charge(
            key=Key("", "", f"CHG-{charge_no}"),
            received_at=sandbox.clock.now(),
            operation=body.business,
            card_id=card_id,
        )
    )
    assert decision.transaction is not None
    desk.metrics.count_transaction(
        decision.transaction.business, decision.transaction.response_code, decision.is_replay
    )
    headers = {"Idempotent-Replayed": "true"} if decision.is_replay else None
    content = first_answer(decision.transaction, sandbox.policies)
    return Response(content, headers=headers, media_type="application/json")


def card_to_charge(connection: Connection, body: ChargeBody, sandbox: Sandbox) -> int:
    """Return the id of the card; 404 when there is none."""
    today = business_date(sandbox.clock.now())
    if body.card_id is not None:
        card = card_by_id(connection, int(body.card_id), today)
    else:
        assert body.card_no is not None
        card = card_by_hash(connection, sandbox.secrets.pan_hash(Pan(body.card_no)), today)
    if card is None:
        raise Problem("not-found")
    return card.card_id


@router.get("/policies", summary="政策版本 Policies", responses=problems(401, 403, 405, 500, 503))
async def list_policies(key: AnyKey, sandbox: InSandbox) -> PolicyList:
    """All versions, the oldest first. Staff see what is pending or was rejected, too."""
    look = partial(listed_policies, sandbox=sandbox, to_staff=key.role in STAFF)
    return PolicyList(items=[PolicySummary.of(one) for one in await sandbox.database.read(look)])


@router.post(
    "/policies",
    status_code=201,
    summary="新政策版本 Propose a policy",
    responses=problems(401, 403, 405, 409, 413, 415, 422, 500, 503),
)
async def propose_a_policy(key: ActingKey, sandbox: InSandbox, body: PolicyBody) -> PolicyShown:
    """Roles `maker` and `checker`. A draft that counts from its first business date on, once
    another person approved it at least five minutes before. It is checked like
    `pos-sim policy check` does; a version that was ever proposed is 409. Published versions
    never change.
    """
    work = partial(
        propose_policy,
        document=body.document,
        note=body.note,
        base=sandbox.base_policies,
        by=key.name,
        at=sandbox.clock.now(),
    )
    made = await doing(sandbox, work)
    follows = followed_by(made.policy, sandbox.policies)
    return PolicyShown.of(Listed(made.policy, False, follows, made.row, made.approval.approval_id))


@router.get(
    "/policies/{version}",
    summary="政策版本 One policy",
    responses=problems(401, 403, 404, 405, 422, 500, 503),
)
async def find_policy(
    key: AnyKey,
    sandbox: InSandbox,
    version: Annotated[str, Path(pattern="^[0-9A-Za-z._-]{1,32}$")],
) -> PolicyShown:
    """The whole document: every limit, price and waiver with its source."""
    look = partial(listed_policies, sandbox=sandbox, to_staff=key.role in STAFF)
    for one in await sandbox.database.read(look):
        if one.policy.version == version:
            return PolicyShown.of(one)
    raise Problem("not-found")


def listed_policies(connection: Connection, sandbox: Sandbox, *, to_staff: bool) -> list[Listed]:
    """Return the versions that a caller may see, the oldest first."""
    rows = {row.version: row for row in all_policies(connection)}
    waiting = pending_of(connection, policy_drafts.KIND, list(rows))
    current = sandbox.policies.on(business_date(sandbox.clock.now()))
    known = {policy.version: policy for policy in sandbox.policies.policies}
    if to_staff:
        drafts = {name: read_policy(row.canonical, name) for name, row in rows.items()
                  if name not in known}  # fmt: skip
        known |= drafts
    return [
        Listed(
            policy,
            policy is current,
            followed_by(policy, sandbox.policies),
            rows.get(name),
            waiting.get(name),
        )
        for name, policy in sorted(known.items(), key=lambda item: item[1].effective_from)
    ]


def followed_by(policy: Policy, published: PolicySet) -> Policy | None:
    """Return the published version in force on the day before a version begins."""
    earlier = published.on(policy.effective_from - timedelta(days=1))
    return earlier if earlier.effective_from < policy.effective_from else None


@router.get(
    "/response-codes", summary="应答码 Answer codes", responses=problems(401, 403, 405, 500, 503)
)
async def list_codes(_key: AnyKey) -> CodeList:
    """What each code means, what the POS shows, and whether to try again."""
    return CodeList(
        items=[
            CodeShown(
                code=code.code,
                meaning=code.meaning,
                category=code.category,
                text=code.text,
                text_en=code.text_en,
                may_retry=code.may_retry,
            )
            for code in CODES.values()
        ]
    )
