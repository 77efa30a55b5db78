"""Where the world lies: Guizhou's real divisions, with an invented place in every town.

Divisions are those of 2025-12-31. Places are 示意, not for boundary purposes: each lies in its
county, at least 600 m from the boundary, so that a village within 300 m of it does too.
``seeds/data/build_geography.py`` makes the table, NOTICE says from what.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Town:
    """One 镇, 乡 or 街道; ``code`` has nine digits, the first six are its county's."""

    code: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class County:
    """One 县, 区 or 县级市 with a place in its middle; ``prefecture`` is its 市 or 州, by code."""

    code: str
    name: str
    prefecture: str
    latitude: float
    longitude: float
    towns: tuple[Town, ...]


@dataclass(frozen=True, slots=True)
class Prefecture:
    """One 市 or 自治州."""

    code: str
    name: str
    counties: tuple[County, ...]


class Placed(Protocol):
    """Whatever has a position in degrees."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""


OUTSIDE = County(
    code="510104",
    name="锦江区",
    prefecture="510100",
    latitude=30.60464,
    longitude=104.11211,
    towns=(Town("510104017", "锦官驿街道", 30.5845, 104.13117),),
)
"""A district of 成都 in 四川: where the ATMs of the bank outside the province stand."""


@cache
def guizhou() -> tuple[Prefecture, ...]:
    """Return the nine prefectures, 88 counties and 1,510 towns, everything in order of code."""
    text = (files("seeds.data") / "guizhou.json").read_text(encoding="utf-8")
    return tuple(
        Prefecture(code, name, tuple(_county(code, *row) for row in rows))
        for code, name, rows in json.loads(text)
    )


def _county(
    prefecture: str, code: str, name: str, latitude: float, longitude: float, rows: list[Any]
) -> County:
    towns = tuple(Town(*row) for row in rows)
    return County(code, name, prefecture, latitude, longitude, towns)


def counties() -> tuple[County, ...]:
    """Return the 88 counties of Guizhou in order of code; ``OUTSIDE`` is not among them."""
    return tuple(county for prefecture in guizhou() for county in prefecture.counties)


def distance_m(a: Placed, b: Placed) -> float:
    """Return the great-circle distance in meters.

    >>> round(distance_m(OUTSIDE, OUTSIDE.towns[0]))
    2889
    """
    north, south = math.radians(a.latitude), math.radians(b.latitude)
    half_rise = (north - south) / 2
    half_turn = math.radians(a.longitude - b.longitude) / 2
    haversine = (
        math.sin(half_rise) ** 2 + math.cos(north) * math.cos(south) * math.sin(half_turn) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(haversine))
