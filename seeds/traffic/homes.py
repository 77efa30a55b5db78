"""Who lives near which shop, and whom each villager sends money to: the same every day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

PREFECTURE = 4
"""So many digits of a county's code name its 市 or 州."""

RELATIVES = (1, 3, 7)
"""Whom villagers send money to: those who live so many places further on in the list."""


class Placed(Protocol):
    """Whatever stands or lives in a county."""

    @property
    def county(self) -> str: ...


class Standing(Placed, Protocol):
    """A shop, as far as its neighbors are concerned."""

    @property
    def point_id(self) -> str: ...


Item = TypeVar("Item", bound=Placed)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Homes:
    """Villagers by where they live; each is named by the place in the list of all villagers."""

    near: Mapping[str, Sequence[int]]
    """By shop: to whom it is the nearest."""
    in_county: Mapping[str, Sequence[int]]
    in_prefecture: Mapping[str, Sequence[int]]


def counties_of(villagers: Iterable[Placed]) -> dict[str, list[int]]:
    """Return who lives in each county, by the place in the list of all villagers."""
    people: dict[str, list[int]] = defaultdict(list)
    for number, villager in enumerate(villagers):
        people[villager.county].append(number)
    return people


def homes_of(shops: Iterable[Standing], people: Mapping[str, Sequence[int]]) -> Homes:
    """Return who lives where, as far as there are shops; ``people`` by county."""
    near: dict[str, Sequence[int]] = {}
    in_county: dict[str, Sequence[int]] = {}
    in_prefecture: dict[str, list[int]] = defaultdict(list)
    for county, of_county in sorted(by_county(shops).items()):
        here = people.get(county, [])
        for shop, some in zip(of_county, blocks(here, len(of_county)), strict=True):
            near[shop.point_id] = some
        in_county[county] = here
        in_prefecture[county[:PREFECTURE]] += here
    return Homes(near, in_county, in_prefecture)


def relatives_of(number: int, count: int) -> list[int]:
    """Return the places of somebody's relatives among ``count`` villagers.

    >>> relatives_of(8, 10)
    [9, 1, 5]
    """
    return [other for step in RELATIVES if (other := (number + step) % count) != number]


def by_county(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Return what stands or lives in each county, in the order given."""
    counties: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        counties[item.county].append(item)
    return counties


def blocks(people: Sequence[T], count: int) -> list[Sequence[T]]:
    """Cut the people into ``count`` blocks: neighbors in the list live near the same point."""
    ends = [len(people) * number // count for number in range(count + 1)]
    return [people[start:end] for start, end in pairwise(ends)]
