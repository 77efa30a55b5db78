"""Distances on the earth, opening hours, market days: what a point's place says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt

from risk.vocabulary import Tier

EARTH_M = 6_371_000
A_DAY_MIN = 1_440
MARKET_CYCLE = 5
PENSION_DAY = 10
"""养老金发放日, the day of the month; an assumption of this project. Traffic follows it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointProfile:
    """What the watch knows of a point beside what a decision needs; kept per worker by version.

    ``own_cards`` and ``own_accounts`` are those of operator, household and staff. It is market
    day when the ordinal of the date leaves ``market_residue``; None: no market here.
    """

    point: str
    latitude: float
    longitude: float
    opens_minute: int = 0
    closes_minute: int = A_DAY_MIN - 1
    market_residue: int | None = None
    opened_on: date | None = None
    tier: Tier = Tier.B
    own_cards: frozenset[int] = frozenset()
    own_accounts: frozenset[int] = frozenset()

    def is_busy(self, day: int) -> bool:
        """Say whether a business date is market day 赶集 or pension day here."""
        is_market = self.market_residue is not None and day % MARKET_CYCLE == self.market_residue
        return is_market or date.fromordinal(day).day == PENSION_DAY

    def minutes_outside(self, minute: int) -> int:
        """Return how far a minute of the day is from the nearer end of the opening hours.

        >>> shop = PointProfile(point="", latitude=0, longitude=0, opens_minute=480,
        ...                     closes_minute=1_140)
        >>> [shop.minutes_outside(minute) for minute in (480, 1_140, 1_171, 30, 450)]
        [0, 0, 31, 330, 30]
        """
        if self.opens_minute <= minute <= self.closes_minute:
            return 0
        return min(
            (self.opens_minute - minute) % A_DAY_MIN, (minute - self.closes_minute) % A_DAY_MIN
        )

    def meters_to(self, latitude: float, longitude: float) -> float:
        """Return the distance from the registered place."""
        return meters_between(self.latitude, self.longitude, latitude, longitude)


@dataclass(frozen=True, slots=True)
class Place:
    """A point with its profile and who answers for it."""

    profile: PointProfile
    operator_id: str


def meters_between(latitude: float, longitude: float, to_lat: float, to_lon: float) -> float:
    """Return the great-circle distance of two places in metres.

    >>> round(meters_between(26.0, 106.0, 27.0, 106.0))
    111195
    """
    north, east = radians(to_lat - latitude), radians(to_lon - longitude)
    part = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(to_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(min(part, 1)))
