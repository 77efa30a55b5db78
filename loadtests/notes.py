"""What a terminal holds in its hand after an answer: the evidence that the auditor compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPARED = (
    "business",
    "response_code",
    "service_point_id",
    "card_id",
    "amount_fen",
    "balance_fen",
    "retrieval_reference_no",
    "authorization_code",
    "business_date",
    "decided_at",
    "payee_account_no",
    "bill_no",
    "available_at",
)
"""Fields of an answer that never change; ``fee`` beside them, and ``status`` unless reversed."""


def note_of(
    answer: Mapping[str, Any], account_no: str | None = None, original: str | None = None
) -> dict[str, Any]:
    """Return the note of an answer. ``original`` is the transaction that a reversal undid.

    It has no card number and no PIN, and nothing else that must not travel.
    """
    fee = answer["fee"]
    return {
        "id": answer["transaction_id"],
        "key": [answer["terminal_id"], answer["batch_no"], answer["trace_no"]],
        "status": answer["status"],
        "fields": {name: answer.get(name) for name in COMPARED},
        "fee": [fee["charged_fen"], fee["before_waiver_fen"], fee["waived_fen"]],
        "account_no": account_no,
        "original": original,
    }
