"""Names of counties and towns by their codes, and distances."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from seeds.geography import OUTSIDE, counties, distance_m


class Spot(NamedTuple):
    """A place in degrees."""

    latitude: float
    longitude: float


@cache
def names() -> dict[str, str]:
    """Return the name of every county (6 digits) and town (9 digits)."""
    found: dict[str, str] = {}
    for county in (*counties(), OUTSIDE):
        found[county.code] = county.name
        found |= {town.code: town.name for town in county.towns}
    return found


def name_of(code: str) -> str:
    """Return a county's or town's name; the code itself where we have none."""
    return names().get(code, code)


def meters_between(a: Spot, b: Spot) -> float:
    """Return the great-circle distance in whole meters.

    >>> meters_between(Spot(26.58, 106.71), Spot(26.58, 106.71))
    0.0
    """
    return float(round(distance_m(a, b)))
