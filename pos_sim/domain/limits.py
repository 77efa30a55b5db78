"""Limits of a business date: what was used, what is allowed, what is the first breach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import ZERO, Fen


class LimitKind(StrEnum):
    """What is counted together on one business date."""

    WITHDRAWAL = "withdrawal"  # 助农取款, per card
    ATM_WITHDRAWAL = "atm_withdrawal"  # ATM 取款, per card
    CASH_REMITTANCE = "cash_remittance"  # 现金汇款, per payee account
    TRANSFER = "transfer"  # 转账汇款, per card
    BILL_PAYMENT = "bill_payment"  # 代理缴费, per card


@hot_dataclass(frozen=True, slots=True)
class Usage:
    """What one business date has used already: fen and transactions."""

    amount: Fen
    count: int


UNUSED = Usage(ZERO, 0)


UsageKey = tuple[int, LimitKind, date]
"""A card (a payee account for cash remittances), what is counted, and the business date."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What one business date may use; None: no cap. Zero: the business is not offered."""

    amount_max: Fen | None
    count_max: int | None


@dataclass(frozen=True, slots=True)
class Breach:
    """The limit that would be passed, and what was used of it before (fen or transactions)."""

    check: Literal["amount_limit", "count_limit"]
    limit: int
    used: int


@dataclass(frozen=True, slots=True)
class Granularity:
    """The smallest amount that can be paid out, and the step in which it grows."""

    minimum: Fen
    step: Fen

    def fits(self, amount: Fen) -> bool:
        """Say whether ``amount`` can be paid out in notes (10 yuan at a point, 银发〔2011〕177号).

        >>> notes = Granularity(minimum=Fen(1_000), step=Fen(1_000))
        >>> notes.fits(Fen(1_000)), notes.fits(Fen(1_500)), notes.fits(Fen(0))
        (True, False, False)
        """
        return amount >= self.minimum and amount % self.step == 0


def first_breach(limit: Limit, used: Usage, amount: Fen) -> Breach | None:
    """Return what ``amount`` would breach, the amount before the count; None if it fits.

    The sum of the day counts, not the single amount, and the limit itself is still allowed
    (银发〔2014〕235号: 2,000 yuan included).

    >>> first_breach(Limit(Fen(200_000), None), Usage(Fen(190_000), 3), Fen(10_000)) is None
    True
    >>> first_breach(Limit(Fen(200_000), None), Usage(Fen(190_000), 3), Fen(11_000))
    Breach(check='amount_limit', limit=200000, used=190000)
    """
    if limit.amount_max is not None and used.amount + amount > limit.amount_max:
        return Breach("amount_limit", limit=limit.amount_max, used=used.amount)
    if limit.count_max is not None and used.count + 1 > limit.count_max:
        return Breach("count_limit", limit=limit.count_max, used=used.count)
    return None
