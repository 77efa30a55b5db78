"""The record of a decision: from facts and outcome to what is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pos_sim.domain.authorize import Facts
from pos_sim.domain.book import Book
from pos_sim.domain.fees import FREE, Fee
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import (
    NOTHING_REPORTED,
    CardBillPayment,
    CardRequest,
    CashBillPayment,
    CashRemittance,
    Funding,
    Reported,
    Request,
    Reversal,
    ToPayee,
)
from pos_sim.domain.transactions import Refusal, Status, Transaction


def approved(
    facts: Facts,
    fingerprint: str,
    book: Book,
    *,
    is_first_of_month: bool = False,
) -> Transaction:
    """Return the record of an approval."""
    return decided(
        facts,
        fingerprint,
        Status.APPROVED,
        "00",
        fee=facts.fee or FREE,
        balance=book.accounts[facts.account.account_id].balance if facts.account else None,
        limit_kind=facts.usage_key[1].value if facts.usage_key else None,
        is_first_of_month=is_first_of_month,
    )


def declined(facts: Facts, fingerprint: str, refusal: Refusal, **more: Any) -> Transaction:
    """Return the record of a refusal; ``more`` overrides."""
    transaction = decided(facts, fingerprint, Status.DECLINED, refusal.code, refusal=refusal)
    return replace(transaction, **more) if more else transaction


def decided(
    facts: Facts,
    fingerprint: str,
    status: Status,
    code: str,
    *,
    refusal: Refusal | None = None,
    fee: Fee = FREE,
    balance: Fen | None = None,
    limit_kind: str | None = None,
    is_first_of_month: bool = False,
) -> Transaction:
    """Return the record of a decision, with what only its outcome knows."""
    request, key = facts.request, facts.request.key
    return Transaction(
        transaction_id=key.transaction_id,
        terminal_id=key.terminal_id,
        batch_no=key.batch_no,
        trace_no=key.trace_no if key.terminal_id else "",  # a charge has a number of its own
        business=request.business.value,
        first_status=status,
        status=status,
        response_code=code,
        fingerprint=fingerprint,
        business_date=facts.business_date,
        decided_at=request.received_at,
        policy_version=facts.policy.version,
        service_point_id=facts.point.service_point_id if facts.point else None,
        card_id=facts.card.card_id if facts.card else None,
        card_masked=str(request.pan) if isinstance(request, CardRequest) else None,
        region=facts.region.value if facts.region else None,
        amount=facts.amount or None,
        fee_before=fee.before_waiver,
        fee_waived=fee.waived,
        fee_charged=fee.charged,
        waiver_id=fee.waiver_id,
        fee_bearer=fee.bearer.value if fee.bearer else None,
        balance=balance,
        payee_account_id=facts.payee.account_id if facts.payee else None,
        payee_account_no=getattr(request, "payee_account_no", None),
        biller_id=getattr(request, "biller_id", None),
        bill_no=getattr(request, "bill_no", None),
        funding=FUNDINGS.get(type(request)),
        limit_kind=limit_kind,
        is_first_of_month=is_first_of_month,
        refusal=refusal,
        details=details_of(request),
    )


FUNDINGS: dict[type[Request], str] = {
    CardBillPayment: Funding.CARD.value,
    CashBillPayment: Funding.CASH.value,
}


def details_of(request: Request) -> dict[str, Any] | None:
    """Return what is kept for the reader only: names, and what the terminal reported."""
    details: dict[str, Any] = {}
    if isinstance(request, ToPayee):
        details["payee_name"] = request.payee_name
    if isinstance(request, CashRemittance):
        details["payer_name"] = request.payer_name
    if isinstance(request, Reversal):
        details["reason"] = request.reason.value
    if request.reported is not NOTHING_REPORTED:
        details |= reported_details(request.reported)
    return details or None


def reported_details(reported: Reported) -> dict[str, Any]:
    """Return what the terminal reported, without what it left out."""
    details: dict[str, Any] = {
        "position": list(reported.position) if reported.position else None,
        "terminal_serial": reported.terminal_serial,
        "entry_mode": reported.entry_mode,
        "occurred_at": reported.occurred_at.isoformat() if reported.occurred_at else None,
    }
    return {name: value for name, value in details.items() if value is not None}
