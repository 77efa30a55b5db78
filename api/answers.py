"""A transaction as its answer: one pure function for first answers, replays and finds.

The order of the fields is fixed and every value comes from what is stored, so a replay is byte
for byte the first answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson

from pos_sim.domain.calendar import SHANGHAI, in_local_time
from pos_sim.domain.codes import CODES, REFUSALS
from pos_sim.domain.fees import Fee
from pos_sim.domain.money import in_yuan
from pos_sim.domain.policy import Policy, PolicySet
from pos_sim.domain.requests import Business
from pos_sim.domain.transactions import Refusal, Status, Transaction

Answer: TypeAlias = dict[str, Any]


def first_answer(transaction: Transaction, policies: PolicySet) -> bytes:
    """Return the answer as it was, or would have been, given first."""
    return orjson.dumps(answer_of(transaction, policies, transaction.first_status))


def current_answer(transaction: Transaction, policies: PolicySet) -> Answer:
    """Return the answer with today's status, for whoever finds it later."""
    return answer_of(transaction, policies, transaction.status)


def answer_of(transaction: Transaction, policies: PolicySet, status: Status) -> Answer:
    """Return the answer's fields, in their order."""
    t = transaction
    code = CODES[t.response_code]
    return {
        "transaction_id": t.transaction_id,
        "business": t.business,
        "status": status.value,
        "response_code": t.response_code,
        "response_text": code.text,
        "response_text_en": code.text_en,
        "terminal_id": t.terminal_id,
        "batch_no": t.batch_no,
        "trace_no": t.trace_no,
        "service_point_id": t.service_point_id,
        "card_no_masked": t.card_masked,
        "card_id": None if t.card_id is None else str(t.card_id),
        "amount_fen": t.amount,
        "fee": fee_shown(
            Fee(t.fee_before, t.fee_waived, t.fee_charged, t.waiver_id, None),
            policies.version(t.policy_version),
        ),
        "balance_fen": t.balance,
        "retrieval_reference_no": retrieval_reference_no(t.transaction_id, t.decided_at),
        "authorization_code": authorization_code(t.transaction_id) if t.moved_money else None,
        "business_date": t.business_date.isoformat(),
        "decided_at": in_local_time(t.decided_at),
        "refusal": refusal_shown(t.refusal, t.policy_version) if t.refusal else None,
        **EXTRAS.get(t.business, no_extras)(t),
    }


def no_extras(_transaction: Transaction) -> Answer:
    return {}


def payee_extras(t: Transaction) -> Answer:
    available_at = in_local_time(t.available_at) if t.available_at else None
    return {"payee_account_no": t.payee_account_no, "available_at": available_at}


def bill_extras(t: Transaction) -> Answer:
    return {"biller_id": t.biller_id, "bill_no": t.bill_no, "funding": t.funding}


def reversal_extras(t: Transaction) -> Answer:
    return {"original_transaction_id": t.original_id, "fee_returned_fen": t.fee_charged}


EXTRAS: dict[str, Callable[[Transaction], Answer]] = {
    Business.TRANSFER.value: payee_extras,
    Business.CASH_REMITTANCE.value: payee_extras,
    Business.BILL_PAYMENT.value: bill_extras,
    Business.REVERSAL.value: reversal_extras,
}
"""What an answer carries beyond the common fields, by business."""


def fee_shown(fee: Fee, policy: Policy | None) -> Answer:
    """Return a fee with its story; ``policy`` is the version that priced it."""
    has_waiver = fee.waiver_id is not None and policy is not None
    return {
        "charged_fen": fee.charged,
        "before_waiver_fen": fee.before_waiver,
        "waived_fen": fee.waived,
        "waiver": waiver_shown(policy, fee.waiver_id) if has_waiver else None,  # type: ignore[arg-type]
    }


def waiver_shown(policy: Policy, waiver_id: str) -> Answer:
    """Return who waived a fee, since when, and where that is written."""
    waiver = policy.waiver(waiver_id)
    return {
        "policy_id": waiver.waiver_id,
        "title": waiver.title,
        "title_en": waiver.title_en,
        "granted_by": waiver.granted_by,
        "granted_by_en": waiver.granted_by_en,
        "since": waiver.since.isoformat(),
        "since_certainty": waiver.since_certainty.value,
        "borne_by": waiver.bearer.value,
        "source": waiver.origin.source,
        "source_en": waiver.origin.source_en,
    }


def refusal_shown(refusal: Refusal, policy_version: str) -> Answer:
    """Return why it was refused: the sentence, and the figures that belong to the check."""
    words = REFUSALS[refusal.check]
    figures = FIGURES.get(refusal.check, no_figures)(refusal)
    text, text_en = words.text, words.text_en
    if figures:
        text, text_en = (f"{text}{figures.pop('text')}", f"{text_en} {figures.pop('text_en')}")
    if refusal.check in FROM_THE_POLICY:
        figures["policy_version"] = policy_version
    return {"check": refusal.check, "text": text, "text_en": text_en, **figures}


def no_figures(_refusal: Refusal) -> Answer:
    return {}


def amount_figures(refusal: Refusal) -> Answer:
    limit, used = refusal.limit or 0, refusal.used or 0
    return {
        "text": f"每日限额{in_yuan(limit)}元，已办{in_yuan(used)}元。",
        "text_en": f"The day's limit is {in_yuan(limit)} yuan, {in_yuan(used)} are used.",
        "limit_fen": limit,
        "used_fen": used,
        "resets_at": in_local_time(refusal.resets_at) if refusal.resets_at else None,
    }


def count_figures(refusal: Refusal) -> Answer:
    limit, used = refusal.limit or 0, refusal.used or 0
    return {
        "text": f"每日限{limit}笔，已办{used}笔。",
        "text_en": f"The day's limit is {limit}, {used} are done.",
        "limit_count": limit,
        "used_count": used,
        "resets_at": in_local_time(refusal.resets_at) if refusal.resets_at else None,
    }


def granularity_figures(refusal: Refusal) -> Answer:
    least = refusal.limit or 0
    return {
        "text": f"起取金额{in_yuan(least)}元。",
        "text_en": f"The smallest amount is {in_yuan(least)} yuan.",
        "limit_fen": least,
    }


def bill_figures(refusal: Refusal) -> Answer:
    asked = refusal.limit or 0
    return {
        "text": f"应缴{in_yuan(asked)}元。",
        "text_en": f"The bill asks for {in_yuan(asked)} yuan.",
        "limit_fen": asked,
    }


FIGURES: Mapping[str, Callable[[Refusal], Answer]] = {
    "amount_limit": amount_figures,
    "count_limit": count_figures,
    "amount_granularity": granularity_figures,
    "bill_amount": bill_figures,
}
"""Which refusals have figures."""

FROM_THE_POLICY = frozenset({"amount_limit", "count_limit", "amount_granularity"})


def retrieval_reference_no(transaction_id: str, decided_at: datetime) -> str:
    """Return 检索参考号: last digit of the year, day of the year, 8 digits of a hash.

    >>> retrieval_reference_no("52010001000001000042", datetime(2026, 3, 2, tzinfo=SHANGHAI))[:4]
    '6061'
    """
    local = decided_at.astimezone(SHANGHAI)
    day_of_year = local.toordinal() - date(local.year, 1, 1).toordinal() + 1
    serial = int.from_bytes(digest(transaction_id, b"reference"), "big") % 100_000_000
    return f"{local.year % 10}{day_of_year:03d}{serial:08d}"


def authorization_code(transaction_id: str) -> str:
    """Return 授权码: six characters that follow from the transaction.

    >>> len(authorization_code("52010001000001000042"))
    6
    """
    number = int.from_bytes(digest(transaction_id, b"authorization"), "big") >> 10  # 30 bits left
    return PAIRS[number >> 20] + PAIRS[number >> 10 & 1_023] + PAIRS[number & 1_023]


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PAIRS = [first + second for first in LETTERS for second in LETTERS]
"""Ten bits as two characters of Base32."""


def digest(text: str, purpose: bytes) -> bytes:
    return blake2b(text.encode(), digest_size=5, person=purpose).digest()
