"""Billers and their bills."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from pos_sim.domain.accounts import Account
from pos_sim.domain.money import Fen


@dataclass(frozen=True, slots=True)
class Biller:
    """缴费收款单位; ``takes_any_bill``: a bill is born when somebody asks for it."""

    biller_id: str
    name: str
    name_en: str
    category: str
    account: Account
    takes_any_bill: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill; ``paid_by`` is the transaction that paid it."""

    biller_id: str
    bill_no: str
    amount: Fen
    payer_name: str
    paid_by: str | None


def born_amount(biller_id: str, bill_no: str) -> Fen:
    """Return what a bill that nobody has seen before asks for: 10 to 400 yuan, always the same.

    >>> born_amount("any", "20260001") == born_amount("any", "20260001")
    True
    """
    digest = blake2b(f"{biller_id}|{bill_no}".encode(), digest_size=4).digest()
    return Fen(1_000 + int.from_bytes(digest, "big") % 39_001)


def seal_of_bill(bill: Bill, key: bytes) -> str:
    """Return the keyed check value over what a bill asks for (16 hex digits)."""
    text = f"{bill.biller_id}|{bill.bill_no}|{bill.amount}".encode()
    return blake2b(text, digest_size=8, key=key, person=b"bill").hexdigest()
