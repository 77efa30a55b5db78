"""What a group remembers of decided requests: rows of a table, small and in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from pos_sim.domain.requests import Business
from risk.events import DAY_US, EPOCH_ORDINAL, SHANGHAI_AND_CUT_OFF_US

APPROVED = "00"
PIN_CODES = frozenset({"55", "75"})
LIMIT_CODES = frozenset({"61", "65"})
NO_MONEY = "51"

NAMES: dict[Business, str] = {business: business.value for business in Business}
WITHDRAWAL, INQUIRY = Business.WITHDRAWAL.value, Business.BALANCE_INQUIRY.value
REMITTANCE, REVERSAL = Business.CASH_REMITTANCE.value, Business.REVERSAL.value
TRANSFER, BILL_PAYMENT = Business.TRANSFER.value, Business.BILL_PAYMENT.value

PAYS_OUT = frozenset({WITHDRAWAL, TRANSFER, BILL_PAYMENT})
PAYS_IN = frozenset({TRANSFER, REMITTANCE})
MOVES_MONEY = PAYS_OUT | PAYS_IN
DEALINGS = frozenset({WITHDRAWAL, TRANSFER, REMITTANCE})
WITH_CARD = PAYS_OUT | {INQUIRY}


class Seen(NamedTuple):
    """A request of one card. A reversal that took money back names what it undid."""

    at_us: int
    event_id: str
    card: int
    business: str
    code: str
    amount: int | None
    point: str | None
    biller: str | None
    undoes_id: str | None
    undoes_business: str | None


class Original(NamedTuple):
    """What a reversal names; ``stands``: its money has not been taken back yet."""

    event_id: str
    at_us: int
    business: str
    moved: bool
    stands: bool
    amount: int
    point: str | None
    card: int | None
    payee: int | None
    settles_us: int | None

    @property
    def can_be_undone(self) -> bool:
        return self.stands and self.business in MOVES_MONEY


class Paid(NamedTuple):
    """A payment to one payee; ``undone_us``: when a reversal took it back."""

    at_us: int
    event_id: str
    payee: int
    business: str
    code: str
    amount: int
    point: str | None
    card: int | None
    payer: str | None
    is_elder: bool
    settles_us: int | None
    undone_us: int | None


IS_WITHDRAWAL, IS_BIG, IS_INQUIRY, IS_PIN_FAILURE, TAKES_MOST = 1, 2, 4, 8, 16


class Spot(NamedTuple):
    """A request at one point, as far as the windows of the last two hours care."""

    at_us: int
    event_id: str
    card: int
    marks: int


class Since(NamedTuple):
    """A request at one point that another process decided; ``spot`` where the windows care."""

    at_us: int
    event_id: str
    code: str
    spot: Spot | None


class Drawn(NamedTuple):
    """A withdrawal at one point from the account of somebody who is paid in this group."""

    at_us: int
    event_id: str
    amount: int


@dataclass(slots=True)
class DayRow:
    """What a point did on one business date; the stamp follows from all that happened."""

    point: str
    day: int
    requests: int = 0
    withdrawals: int = 0
    withdrawn: int = 0
    cash_outs: int = 0
    non_local: int = 0
    moves: int = 0
    moved: int = 0
    jumped: bool = False
    stamp: str = ""


def start_us_of(day: int) -> int:
    """Return the first microsecond of a business date.

    >>> from risk.events import day_of
    >>> day_of(start_us_of(739_677)), day_of(start_us_of(739_677) - 1)
    (739677, 739676)
    """
    return (day - EPOCH_ORDINAL) * DAY_US - SHANGHAI_AND_CUT_OFF_US


@lru_cache(maxsize=1_024)
def date_text(day: int) -> str:
    """Return a business date as both databases take it."""
    return date.fromordinal(day).isoformat()
