"""Who comes: villagers of the county, most of them to the point nearest home, nobody twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from pos_sim.domain.money import yuan
from seeds.dice import Dice
from seeds.traffic.errands import Errand
from seeds.traffic.spread import shuffled
from seeds.traffic.stock import Payee, Shop, Stock, Villager

Placed = TypeVar("Placed", Shop, Villager)

FOR_FEES = yuan(60)
"""More than any fee of a service point."""

PREFECTURE = 4
"""So many digits of a county's code name its 市 or 州."""


class Crowd:
    """The villagers of one day; whoever was called once is not called again."""

    def __init__(self, stock: Stock, dice: Dice) -> None:
        self._near: dict[str, list[Villager]] = {}
        self._in_county: dict[str, list[Villager]] = {}
        self._in_prefecture: dict[str, list[Villager]] = defaultdict(list)
        self._passbooks = iter(shuffled(stock.passbooks, dice))
        self._called: set[int] = set()
        shops, villagers = by_county(stock.shops), by_county(stock.villagers)
        for county in sorted(shops):
            people = villagers.get(county, [])
            for shop, near in zip(shops[county], blocks(people, len(shops[county])), strict=True):
                self._near[shop.point_id] = shuffled(near, dice)
            self._in_county[county] = shuffled(people, dice)
            self._in_prefecture[county[:PREFECTURE]] += self._in_county[county]

    def call(self, shop: Shop, errand: Errand, *, from_near: bool) -> Villager | None:
        """Call somebody who can do this errand at this shop, None if nobody can.

        Rather from another point of the county than with another bank's card, and rather from
        another county than without the money.
        """
        for villager in self._choices(shop, errand, from_near):
            if villager.balance >= errand.amount + FOR_FEES:
                return self._take(villager)
        return None

    def call_richest(self, shop: Shop) -> Villager | None:
        """Call who has most in the county."""
        left = [v for v in self._in_county[shop.county] if v.account_id not in self._called]
        return self._take(max(left, key=lambda villager: villager.balance)) if left else None

    def call_payee(self, shop: Shop, *, from_near: bool) -> Payee | None:
        """Name somebody whom money can be sent to: with a card of the county, or a passbook."""
        passbook = None if from_near else next(self._passbooks, None)
        if passbook is not None:
            return passbook
        for villager in self._left(self._in_county[shop.county]):
            self._take(villager)
            return Payee(villager.account_no, villager.name)
        return None

    def _choices(self, shop: Shop, errand: Errand, from_near: bool) -> Iterator[Villager]:
        """Give everybody who may come, those first whom the errand asks for."""
        near = self._near[shop.point_id] if from_near else []
        county = self._in_county[shop.county]
        for people in (near, county):
            for villager in self._left(people):
                is_own = villager.bank_id == shop.bank_id
                if is_own == errand.with_own_bank and (
                    villager.gets_subsidies or not errand.is_pensioners
                ):
                    yield villager
        yield from self._left(county)
        yield from self._left(self._in_prefecture[shop.county[:PREFECTURE]])

    def _left(self, people: Iterable[Villager]) -> Iterator[Villager]:
        return (villager for villager in people if villager.account_id not in self._called)

    def _take(self, villager: Villager) -> Villager:
        self._called.add(villager.account_id)
        return villager


def by_county(items: Iterable[Placed]) -> dict[str, list[Placed]]:
    """Return what stands or lives in each county, in the order given."""
    counties: dict[str, list[Placed]] = defaultdict(list)
    for item in items:
        counties[item.county].append(item)
    return counties


def blocks(people: Sequence[Villager], count: int) -> list[Sequence[Villager]]:
    """Cut the people into ``count`` blocks: neighbors in the list live near the same point."""
    ends = [len(people) * number // count for number in range(count + 1)]
    return [people[start:end] for start, end in pairwise(ends)]
