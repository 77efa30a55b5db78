"""What windows remember of a decided request: a frozen row with keys, amount, flags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
SHANGHAI_AND_CUT_OFF_US = 9 * HOUR_US
"""Eight hours east of Greenwich, and one more: from 23:00 on it is the next business date."""

BIG_SHARE = 8_000
"""From 0.8 L on a withdrawal is a big one (R06, R14), in basis points of the limit."""
OFF_HOURS_SLACK_MIN, OFF_HOURS_AMOUNT_FEN = 30, 50_000
"""What counts as an off-hours event (R10); other values are another metric with its own history."""
ELDER_AGE = 60
TINY_FEN = 1_000


class Flag:
    """What is true of an event and cannot be seen in its keys: bits of one stored number.

    Plain numbers and no enum: its operators would cost more than a rule.
    """

    OWN = 1  # card or payee is one of the point's own people
    FROM_OWN = 2  # the money comes from the point's own people: their card, or a cash remittance
    LIMIT_DECLINED = 4  # refused for amount or count of the day
    PIN_FAILED = 8
    NON_LOCAL = 16  # the card comes from another city
    ELDER = 32  # the payer is 60 or older
    OFF_HOURS = 64
    DRAINED = 128  # a big withdrawal after an inquiry of the same card here within 30 min
    UNDOES = 256  # the first reversal of something that had moved money
    JUMPED = 512  # R19 spoke


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One decided request as windows see it.

    ``settles_us`` is when its money stands: at once, at the release of a held one, never (None)
    for a refusal. ``undoes`` is the original that a reversal took back.
    """

    event_id: str
    at_us: int
    day: int
    business: str
    moved: bool = True
    settles_us: int | None = None
    amount: int = 0
    limit_share: int = 0
    point: str | None = None
    terminal: str | None = None
    card: int | None = None
    account: int | None = None
    payee: int | None = None
    payer: str | None = None
    biller: str | None = None
    bill: str | None = None
    serial: str | None = None
    reading: tuple[float, float] | None = None
    flags: int = 0
    undoes: Event | None = None

    @property
    def undone(self) -> Event | None:
        """The negative entry of a reversal: the original's keys, in the reversal's own moment."""
        original = self.undoes
        if original is None:
            return None
        return replace(original, at_us=self.at_us, day=self.day, amount=-original.amount)


def day_of(moment_us: int) -> int:
    """Return the business date of a moment as an ordinal, without the zone database.

    >>> date.fromordinal(day_of(1_772_416_800_000_000)).isoformat()
    '2026-03-02'
    """
    return (moment_us + SHANGHAI_AND_CUT_OFF_US) // DAY_US + EPOCH_ORDINAL


def hour_of(moment_us: int) -> int:
    """Return the hour since 1970 in which a moment lies."""
    return moment_us // HOUR_US
