"""The record of a decision: from facts and outcome to what is stored."""

from __future__ import annotations

from typing import Any

from pos_sim.domain.authorize import Facts
from pos_sim.domain.book import Book
from pos_sim.domain.fees import Fee
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
    Transfer,
)
from pos_sim.domain.transactions import Refusal, Status, Transaction


def approved(facts: Facts, fingerprint: str, book: Book, **more: Any) -> Transaction:
    """Return the record of an approval; ``more`` overrides."""
    account = book.accounts[facts.account.account_id] if facts.account else None
    fields = {
        "balance": account.balance if account else None,
        "limit_kind": facts.usage_key[1].value if facts.usage_key else None,
        **fee_fields(facts.fee),
        **more,
    }
    return decided(facts, fingerprint, fields.pop("status", Status.APPROVED), "00", fields)


def declined(facts: Facts, fingerprint: str, refusal: Refusal, **more: Any) -> Transaction:
    """Return the record of a refusal."""
    return decided(facts, fingerprint, Status.DECLINED, refusal.code, {"refusal": refusal, **more})


def decided(
    facts: Facts, fingerprint: str, status: Status, code: str, more: dict[str, Any]
) -> Transaction:
    """Return the record of a decision; ``more`` is what only its outcome knows."""
    request, key = facts.request, facts.request.key
    fields: dict[str, Any] = {
        "transaction_id": key.transaction_id,
        "terminal_id": key.terminal_id,
        "batch_no": key.batch_no,
        "trace_no": key.trace_no if key.terminal_id else "",  # a charge has a number of its own
        "business": request.business.value,
        "first_status": status,
        "status": status,
        "response_code": code,
        "fingerprint": fingerprint,
        "business_date": facts.business_date,
        "decided_at": request.received_at,
        "policy_version": facts.policy.version,
        "service_point_id": facts.point.service_point_id if facts.point else None,
        "card_id": facts.card.card_id if facts.card else None,
        "card_masked": str(request.pan) if isinstance(request, CardRequest) else None,
        "region": facts.region.value if facts.region else None,
        "amount": facts.amount or None,
        "payee_account_id": facts.payee.account_id if facts.payee else None,
        "details": details_of(request),
    }
    if isinstance(request, Transfer | CashRemittance):
        fields["payee_account_no"] = request.payee_account_no
    elif isinstance(request, CardBillPayment | CashBillPayment):
        fields["biller_id"] = request.biller_id
        fields["bill_no"] = request.bill_no
        fields["funding"] = FUNDINGS[type(request)]
    fields.update(more)
    return Transaction(**fields)


FUNDINGS: dict[type[Request], str] = {
    CardBillPayment: Funding.CARD.value,
    CashBillPayment: Funding.CASH.value,
}


def fee_fields(fee: Fee | None) -> dict[str, Any]:
    if fee is None:
        return {}
    return {
        "fee_before": fee.before_waiver,
        "fee_waived": fee.waived,
        "fee_charged": fee.charged,
        "waiver_id": fee.waiver_id,
        "fee_bearer": fee.bearer.value if fee.bearer else None,
    }


def details_of(request: Request) -> dict[str, Any] | None:
    """Return what is kept for the reader only: names, and what the terminal reported."""
    details: dict[str, Any] = {}
    if isinstance(request, Transfer | CashRemittance):
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
