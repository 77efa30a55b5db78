"""Money in whole fen, and the one place where it is rounded."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import NewType

Fen = NewType("Fen", int)
"""An amount of money in fen (分); 100 fen are one yuan."""

BasisPoints = NewType("BasisPoints", int)
"""A rate in hundredths of a percent: 50 is 0.5 %."""

ZERO = Fen(0)
LARGEST = Fen(999_999_999_999)
"""The largest amount twelve digits can hold (ISO 8583 field 4)."""


def yuan(amount: int | str) -> Fen:
    """Return ``amount`` yuan as fen; text may carry at most two decimals.

    >>> yuan("2.50"), yuan(2_000)
    (250, 200000)
    """
    try:
        fen = Decimal(amount) * 100
        whole = int(fen)
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError(f"{amount!r} is not an amount in yuan") from None
    if fen != whole:
        raise ValueError(f"{amount!r} yuan is not a whole number of fen")
    return Fen(whole)


def in_yuan(amount: int) -> str:
    """Return ``amount`` fen as people write it.

    >>> in_yuan(123456789), in_yuan(-5)
    ('1,234,567.89', '-0.05')
    """
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def share(amount: Fen, rate: BasisPoints) -> Fen:
    """Return ``rate`` of ``amount``, halves rounded up.

    >>> share(Fen(101), BasisPoints(50)), share(yuan(500), BasisPoints(50))
    (1, 250)
    """
    return Fen((amount * rate + 5_000) // 10_000)


def between(amount: Fen, floor: Fen, cap: Fen | None) -> Fen:
    """Return ``amount``, but never below ``floor`` nor above ``cap`` (None: no cap).

    >>> between(Fen(30), floor=Fen(100), cap=None)
    100
    """
    raised = max(amount, floor)
    return raised if cap is None else min(raised, cap)
