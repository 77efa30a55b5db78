"""Names of counties and towns by their codes, and distances."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from api.problems import invalid_field
from seeds.geography import EARTH_RADIUS_M, OUTSIDE, County, Town, counties, distance_m

NEAR_TOWN_M = 20_000
"""A point stands at most so far from its town's place on the map."""


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


def meters_from(spot: Spot) -> Callable[[float, float], float]:
    """Return what measures from one place to very many: as `meters_between`, several times faster.

    >>> far = Spot(27.5, 107.9)
    >>> meters_from(Spot(26.58, 106.71))(*far) == meters_between(Spot(26.58, 106.71), far)
    True
    """
    north, east = math.radians(spot.latitude), math.radians(spot.longitude)
    radians, sin, cos, slant = math.radians, math.sin, math.cos, math.cos(north)

    def meters(latitude: float, longitude: float) -> float:
        there = radians(latitude)
        rise, turn = sin((there - north) / 2), sin((radians(longitude) - east) / 2)
        haversine = rise * rise + slant * cos(there) * turn * turn
        return float(round(2 * EARTH_RADIUS_M * math.asin(math.sqrt(haversine))))

    return meters


def check_place(county: str, town: str, latitude: float, longitude: float) -> None:
    """422 unless county and town are on the list, and the position is near the town."""
    found = next((one for one in counties() if one.code == county), None)
    if found is None:
        raise invalid_field("county", "不在贵州省县级区划表内 · No county of Guizhou")
    within = town_of(found, town)
    if within is None:
        raise invalid_field("town", "不属于该县 · No town of this county")
    far = meters_between(Spot(latitude, longitude), Spot(within.latitude, within.longitude))
    if far > NEAR_TOWN_M:
        message = f"距{within.name} {far / 1000:.0f} 公里 · That far in km from the town"
        raise invalid_field("position", message)


def town_of(county: County, code: str) -> Town | None:
    return next((town for town in county.towns if town.code == code), None)
