"""The decided transaction: what the bank stores, finds again and answers from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import ZERO, Fen


class Status(StrEnum):
    """What became of a transaction."""

    APPROVED = "approved"
    DECLINED = "declined"
    HELD = "held"
    REVERSED = "reversed"  # taken back: by a reversal, or while it was held by a checker


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first check that said no, with what explains it to a villager."""

    check: str
    code: str
    limit: int | None = None
    used: int | None = None
    resets_at: datetime | None = None


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One decided request or charge, exactly as it is stored.

    ``status`` and ``ended_by`` are the only fields that change later; a replay is answered from
    ``first_status`` and the rest, so it repeats the first answer byte for byte.
    """

    transaction_id: str
    terminal_id: str
    batch_no: str
    trace_no: str
    business: str
    first_status: Status
    status: Status
    response_code: str
    fingerprint: str
    business_date: date
    decided_at: datetime
    policy_version: str
    service_point_id: str | None = None
    card_id: int | None = None
    card_masked: str | None = None
    region: str | None = None
    amount: Fen | None = None
    fee_before: Fen = ZERO
    fee_waived: Fen = ZERO
    fee_charged: Fen = ZERO
    waiver_id: str | None = None
    fee_bearer: str | None = None
    balance: Fen | None = None
    payee_account_id: int | None = None
    payee_account_no: str | None = None
    biller_id: str | None = None
    bill_no: str | None = None
    funding: str | None = None
    limit_kind: str | None = None
    is_first_of_month: bool = False
    original_id: str | None = None
    available_at: datetime | None = None
    ended_by: str | None = None
    refusal: Refusal | None = None
    details: dict[str, Any] | None = None

    @property
    def moved_money(self) -> bool:
        """Whether it was approved or held when it was decided."""
        return self.first_status in (Status.APPROVED, Status.HELD)

    @property
    def stands(self) -> bool:
        """Whether its money is still where it put it, or on its way there."""
        return self.status in (Status.APPROVED, Status.HELD)


def seal_of(transaction: Transaction, key: bytes) -> str:
    """Return the keyed check value over everything that must never change (16 hex digits).

    Amounts of refusals and balances of inquiries have no posting to be checked against; the seal
    is their witness.
    """
    t = transaction
    refusal = t.refusal
    parts = (
        t.transaction_id,
        t.business,
        t.first_status.value,
        t.response_code,
        t.fingerprint,
        t.business_date.isoformat(),
        t.decided_at.timestamp(),
        t.policy_version,
        t.service_point_id,
        t.card_id,
        t.card_masked,
        t.region,
        t.amount,
        t.fee_before,
        t.fee_waived,
        t.fee_charged,
        t.waiver_id,
        t.fee_bearer,
        t.balance,
        t.payee_account_id,
        t.payee_account_no,
        t.biller_id,
        t.bill_no,
        t.funding,
        t.limit_kind,
        t.is_first_of_month,
        t.original_id,
        t.available_at.timestamp() if t.available_at else None,
        (refusal.check, refusal.limit, refusal.used) if refusal else None,
        t.details,
    )
    return seal_over(parts, key)


def seal_over(parts: tuple[Any, ...], key: bytes) -> str:
    """Return the check value over the parts that `seal_of` names, in its order."""
    return blake2b(repr(parts).encode(), digest_size=8, key=key, person=b"seal").hexdigest()
