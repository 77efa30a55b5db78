"""Where the points of a world stand: it follows from the size alone.

Sites come county by county and town by town, so that neighbors in a list are neighbors on the
map: a villager who walks from one to the next has not traveled an impossible way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from pos_sim.domain.banks import BANKS, Bank
from pos_sim.domain.service_points import PointKind, PointStatus, TerminalKind
from seeds.geography import OUTSIDE, County, Town, counties
from seeds.sizes import EXTENTS, Extent, Quotas, Size

OUT = BANKS["out"]

STREET = "街道"
IN_TOWN = frozenset({PointKind.SUBURB, PointKind.COUNTY_SEAT})
"""Kinds that stand in a 街道; the others stand in a 镇 or 乡."""

UNUSUAL: dict[int, tuple[PointStatus, bool]] = {
    4: (PointStatus.TRIAL, False),
    7: (PointStatus.RECTIFYING, True),
    10: (PointStatus.FROZEN, True),
    13: (PointStatus.EXITED, True),
    18: (PointStatus.TRIAL, True),
}
"""By place in every step of sites: the status, and whether the operator is trained."""

ATM_STEP, SECOND_STEP = 5, 6
"""Every so manieth site has an ATM, or a second machine on the counter."""

OUTSIDE_PREFIX = "9951"
"""Terminals outside the province come last in every list."""


@dataclass(frozen=True, slots=True)
class Place:
    """A quota's place on the map, before it has a number."""

    county: County
    town: Town
    bank: Bank
    kind: PointKind


@dataclass(frozen=True, slots=True)
class Site:
    """Where one point stands, what it is, and which machines it has."""

    number: int
    point_id: str
    place: Place
    status: PointStatus
    operator_is_trained: bool
    terminals: tuple[tuple[str, TerminalKind], ...]

    @property
    def is_outside(self) -> bool:
        """Whether it stands outside the province."""
        return self.place.bank is OUT


def sites_of(size: Size) -> list[Site]:
    """Return all sites of a world of this size, those outside the province last."""
    extent = EXTENTS[size]
    places = sorted(
        _places(extent), key=lambda p: (p.county.code, p.town.code, p.bank.number, p.kind.value)
    )
    places += [Place(OUTSIDE, OUTSIDE.towns[0], OUT, PointKind.COUNTY_SEAT)] * extent.outside_points
    machines = [_machines(number, place) for number, place in enumerate(places)]
    terminal_ids = _terminal_ids(places, machines)
    serials: Counter[str] = Counter()
    sites = []
    for number, place in enumerate(places):
        serials[place.county.code] += 1
        status, is_trained = _status(number, place, extent.status_step)
        sites.append(
            Site(
                number=number,
                point_id=f"SP{place.county.code}-{serials[place.county.code]:04d}",
                place=place,
                status=status,
                operator_is_trained=is_trained,
                terminals=tuple(zip(terminal_ids[number], machines[number], strict=True)),
            )
        )
    return sites


def spare_terminal_ids(sites: list[Site], each: int = 2) -> list[str]:
    """Return terminals that stand in a store room: known, but bound to no point."""
    prefixes = sorted({terminal_id[:4] for site in sites for terminal_id, _ in site.terminals})
    return [f"{prefix}99{spare:02d}" for prefix in prefixes for spare in range(1, each + 1)]


def _places(extent: Extent) -> Iterator[Place]:
    """Spread every quota evenly over the towns that its kind may stand in."""
    in_town, in_country = _towns(extent)
    for bank_id, kind, quota in _rows(extent.quotas):
        towns = in_town if kind in IN_TOWN else in_country
        # Banks begin at different towns, so that they do not all choose the same ones.
        phase = BANKS[bank_id].number * len(towns) // 7
        for k in range(quota):
            county, town = towns[(k * len(towns) // quota + phase) % len(towns)]
            yield Place(county, town, BANKS[bank_id], kind)


def _rows(quotas: Quotas) -> Iterator[tuple[str, PointKind, int]]:
    for bank_id, kinds in quotas.items():
        for kind, quota in kinds.items():
            yield bank_id, kind, quota


def _towns(extent: Extent) -> tuple[list[tuple[County, Town]], list[tuple[County, Town]]]:
    """Return the 街道, and the 镇 and 乡, that this world knows."""
    in_town, in_country = [], []
    for county in counties():
        if county.code.startswith(extent.county_codes):
            streets = [town for town in county.towns if town.name.endswith(STREET)]
            others = [town for town in county.towns if not town.name.endswith(STREET)]
            most = extent.towns_each
            in_town += [(county, town) for town in streets[: most and most // 2]]
            in_country += [(county, town) for town in others[:most]]
    return in_town, in_country


def _status(number: int, place: Place, step: int) -> tuple[PointStatus, bool]:
    if place.bank is OUT:
        return PointStatus.OPEN, True
    return UNUSUAL.get(number % step, (PointStatus.OPEN, True))


def _machines(number: int, place: Place) -> list[TerminalKind]:
    """Return the machines of a site in the order of their numbers."""
    if place.bank is OUT:
        return [TerminalKind.ATM]
    machines = [TerminalKind.POS]
    if number % SECOND_STEP == 2:
        machines.append(TerminalKind.POS)
    if number % SECOND_STEP == 5:
        machines.append(TerminalKind.MOBILE)
    if number % ATM_STEP == 1 and place.kind is not PointKind.VILLAGE:
        machines.append(TerminalKind.ATM)
    return machines


def _terminal_ids(places: list[Place], machines: list[list[TerminalKind]]) -> list[list[str]]:
    """Number all first machines of a prefecture, then the others: neighbors stand apart."""
    serials: dict[str, Iterator[int]] = defaultdict(lambda: count(1))
    ids: list[list[str]] = [[] for _ in places]
    for rank in range(max(map(len, machines))):
        for number, place in enumerate(places):
            if rank < len(machines[number]):
                prefix = OUTSIDE_PREFIX if place.bank is OUT else place.county.code[:4]
                ids[number].append(f"{prefix}{next(serials[prefix]):04d}")
    return ids
