"""What may be wanted of one business at a point, and whether that lets more pass than before.

Nothing is read here; `risk/controls.py` puts a wish where the engine feels it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import AT_THE_COUNTER, Control
from pos_sim.store.rows import from_us
from risk.case_mistakes import Mistakes

LONGEST = timedelta(days=366)

SWITCHED = AT_THE_COUNTER - {Business.REVERSAL}
"""What can be switched off; a reversal never is."""

LIMITED = frozenset({Business.WITHDRAWAL, Business.CASH_REMITTANCE, Business.TRANSFER})
"""What has a daily limit that can be lowered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of one business at a point. Allowed without a limit: no control."""

    business: Business
    allowed: bool
    limit: Fen | None
    reason: str
    until: datetime

    @property
    def control(self) -> Control:
        return Control(self.business, self.allowed, self.limit, self.until)

    @property
    def lifts(self) -> bool:
        return self.allowed and self.limit is None


def check(wish: Wish, at: datetime) -> None:
    if wish.business not in SWITCHED:
        raise Mistakes({"business": "此业务不能控制 · This business cannot be controlled"})
    if wish.limit is not None and wish.business not in LIMITED:
        raise Mistakes({"limit_fen": "此业务没有限额 · This business has no limit"})
    if not at < wish.until <= at + LONGEST:
        raise Mistakes({"until": "须在一年之内的将来 · Must lie ahead, within a year"})


def is_looser(before: Control | None, then: Control) -> bool:
    """Say whether a control lets anything pass that the one before does not.

    >>> off = Control(Business.TRANSFER, False, None, None)
    >>> is_looser(off, Control(Business.TRANSFER, True, Fen(100), None)), is_looser(None, off)
    (True, False)
    """
    if before is None:
        return False
    if not before.allowed:
        return then.allowed or ends(then) < ends(before)
    lets_more = then.allowed and most(then) > most(before)
    return lets_more or ends(then) < ends(before)


def ends(control: Control) -> datetime:
    """Return when a control ends; one for good ends at the end of time."""
    return control.until or datetime.max.replace(tzinfo=SHANGHAI)


def most(control: Control) -> float:
    """Return the limit, endless where there is none."""
    return float("inf") if control.limit is None else control.limit


def wish_of(payload: Any) -> Wish:
    """Return the wish of a proposal."""
    limit = payload["limit_fen"]
    return Wish(
        business=Business(payload["business"]),
        allowed=payload["allowed"],
        limit=None if limit is None else Fen(limit),
        reason=payload["note"],
        until=from_us(payload["until_us"]),
    )
