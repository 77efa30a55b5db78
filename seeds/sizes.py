"""The four sizes of a world: how many points of which bank and kind, and how many cards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos_sim.domain.service_points import PointKind

TOWNSHIP, VILLAGE = PointKind.TOWNSHIP, PointKind.VILLAGE
SUBURB, COUNTY_SEAT = PointKind.SUBURB, PointKind.COUNTY_SEAT
RESETTLEMENT = PointKind.RESETTLEMENT

Quotas = dict[str, dict[PointKind, int]]
"""How many points of each kind a bank has, by bank id."""


class Size(StrEnum):
    """How large a world is."""

    VILLAGE = "village"
    COUNTY = "county"
    BANK = "bank"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Extent:
    """What one size means; ``*_step``: among so many points one is of each unusual status."""

    quotas: Quotas
    cards: int
    outside_points: int
    status_step: int
    bills_each: int
    county_codes: str = "52"
    """Only counties whose code begins with this one."""
    towns_each: int | None = None
    """At most so many 镇 and 乡, and half as many 街道, of each county; None: all of them."""


GYB_NETWORK = {TOWNSHIP: 886, VILLAGE: 756, SUBURB: 64, COUNTY_SEAT: 184}
"""农金服务点 of Bank of Guiyang at the end of 2025, 1,890 together (transcript ``30:10``)."""

EXTENTS: dict[Size, Extent] = {
    Size.VILLAGE: Extent(
        quotas={
            "gyb": {TOWNSHIP: 2, VILLAGE: 4, SUBURB: 1, COUNTY_SEAT: 1},
            "grcu": {TOWNSHIP: 1, VILLAGE: 2, RESETTLEMENT: 1},
            "ccb": {COUNTY_SEAT: 1},
            "abc": {TOWNSHIP: 1},
            "psbc": {VILLAGE: 1},
            "gzb": {VILLAGE: 1},
        },
        cards=320,
        outside_points=1,
        status_step=16,
        bills_each=20,
        county_codes="520121",
        towns_each=2,
    ),
    Size.COUNTY: Extent(
        quotas={
            "gyb": {TOWNSHIP: 42, VILLAGE: 38, SUBURB: 8, COUNTY_SEAT: 12},
            "grcu": {TOWNSHIP: 24, VILLAGE: 46, SUBURB: 2, COUNTY_SEAT: 4, RESETTLEMENT: 4},
            "ccb": {TOWNSHIP: 6, VILLAGE: 4, COUNTY_SEAT: 1, RESETTLEMENT: 1},
            "abc": {TOWNSHIP: 10, VILLAGE: 8, COUNTY_SEAT: 1, RESETTLEMENT: 1},
            "psbc": {TOWNSHIP: 8, VILLAGE: 10, SUBURB: 1, RESETTLEMENT: 1},
            "gzb": {TOWNSHIP: 4, VILLAGE: 3, COUNTY_SEAT: 1},
        },
        cards=6_000,
        outside_points=4,
        status_step=60,
        bills_each=300,
        county_codes="5201",
        towns_each=4,
    ),
    Size.BANK: Extent(
        quotas={"gyb": GYB_NETWORK},
        cards=105_000,
        outside_points=1,
        status_step=150,
        bills_each=3_000,
    ),
    Size.PROVINCE: Extent(
        quotas={
            "gyb": GYB_NETWORK,
            # 1.34 万 村村通 points, 351 of them at resettlement sites (transcript 25:41).
            "grcu": {
                TOWNSHIP: 3_300,
                VILLAGE: 9_000,
                SUBURB: 300,
                COUNTY_SEAT: 449,
                RESETTLEMENT: 351,
            },
            "ccb": {TOWNSHIP: 260, VILLAGE: 250, SUBURB: 20, COUNTY_SEAT: 50, RESETTLEMENT: 120},
            "abc": {TOWNSHIP: 600, VILLAGE: 550, SUBURB: 30, COUNTY_SEAT: 70, RESETTLEMENT: 250},
            "psbc": {TOWNSHIP: 500, VILLAGE: 520, SUBURB: 30, COUNTY_SEAT: 50, RESETTLEMENT: 200},
            "gzb": {TOWNSHIP: 150, VILLAGE: 130, SUBURB: 15, COUNTY_SEAT: 25, RESETTLEMENT: 80},
        },
        cards=1_020_000,
        outside_points=12,
        status_step=150,
        bills_each=8_000,
    ),
}
"""About 1.9 万 points of six banks (transcript ``10:08``); the split of the other banks is ours."""
