"""The frame of the map: how degrees become places on it. Standard library only: the build needs it.

An equirectangular picture of Guizhou. The grid is 0.004 degree (about 440 m), and both sides of a
border are snapped to it alike, so neighbors stay closed. One unit is a grid step north to south;
east to west it is shrunk by the cosine of the province's middle latitude.
"""

from __future__ import annotations

WEST, NORTH = 103.56, 29.26
EAST, SOUTH = 109.62, 24.58
GRID = 0.004
SHRINK = 0.8927
"""cos 26.9°."""

WIDTH = round((EAST - WEST) / GRID * SHRINK)
HEIGHT = round((NORTH - SOUTH) / GRID)


def on_grid(longitude: float, latitude: float) -> tuple[int, int]:
    """Return the nearest grid point; before the shrinking.

    >>> on_grid(WEST, NORTH), on_grid(WEST + 0.009, NORTH - 0.005)
    ((0, 0), (2, 1))
    """
    return round((longitude - WEST) / GRID), round((NORTH - latitude) / GRID)


def on_map(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the place on the map, to a tenth of a unit (about 45 m)."""
    across = (longitude - WEST) / GRID * SHRINK
    down = (NORTH - latitude) / GRID
    return round(across, 1), round(down, 1)


def is_on_map(longitude: float, latitude: float) -> bool:
    """Say whether a place lies within the frame: the points outside the province do not."""
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH
