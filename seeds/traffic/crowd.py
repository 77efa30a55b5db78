"""Who comes: villagers of the county, most of them to the point nearest home, nobody twice.

Whom they send money to does not change from day to day: a few relatives, and an account without a
card. An elder who sends much sends it to somebody who was paid before, as a careful elder does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Business
from seeds.dice import Dice
from seeds.traffic.errands import Errand
from seeds.traffic.habits import Habits
from seeds.traffic.homes import PREFECTURE, relatives_of
from seeds.traffic.stock import REMEMBERED_DAYS, Payee, Shop, Stock, Villager

FOR_FEES = yuan(60)
"""More than any fee of a service point."""


class Called(NamedTuple):
    """Somebody who comes, and whom a transfer goes to."""

    villager: Villager
    payee: Payee | None


class Other(NamedTuple):
    """A payee, and the place in the list of villagers if it is one of them."""

    payee: Payee
    number: int | None = None


class Crowd:
    """The villagers of one day; whoever was called once is not called again."""

    def __init__(self, stock: Stock, habits: Habits, day: date, dice: Dice) -> None:
        self._stock = stock
        self._homes = stock.homes
        self._villagers = stock.villagers
        self._dice = dice
        self._called: set[int] = set()
        self._since = day.toordinal() - REMEMBERED_DAYS
        self._elder_most = habits.elder_first_most
        born = day.replace(year=day.year - habits.elder_age, day=min(day.day, 28))
        self._elders_born = f"{born:%Y-%m}-31"

    @property
    def people(self) -> frozenset[int]:
        """Who comes or is paid today, by the place in the list of villagers."""
        return frozenset(self._called)

    def call(
        self, shop: Shop, errand: Errand, *, from_near: bool, pays_near: bool
    ) -> Called | None:
        """Call somebody who can do this errand at this shop, None if nobody can.

        Rather from another point of the county than with another bank's card, and rather from
        another county than without the money.
        """
        least = errand.amount + FOR_FEES
        is_transfer = errand.business is Business.TRANSFER
        for people, fits in self._choices(shop, errand, from_near):
            for number in self._from_anywhere(people):
                villager = self._villagers[number]
                if villager.balance < least or number in self._called or not fits(villager):
                    continue
                if not is_transfer:
                    return Called(self._take(number), None)
                other = self._payee_of(number, errand, pays_near)
                if other is not None:
                    return Called(self._take(number), self._pay(other))
        return None

    def is_elder(self, villager: Villager) -> bool:
        """Say whether somebody is of the age at which one is careful, or nearly."""
        return villager.born <= self._elders_born

    def call_richest(self, shop: Shop, *, with_payee: bool) -> Called | None:
        """Call who has most in the county; whoever they pay."""
        left = [n for n in self._homes.in_county[shop.county] if n not in self._called]
        if not left:
            return None
        number = max(left, key=lambda n: self._villagers[n].balance)
        villager = self._take(number)
        other = next(self._circle(number, near_first=True), None) if with_payee else None
        return Called(villager, None if other is None else self._pay(other))

    def call_payee(self, shop: Shop, *, from_near: bool) -> Payee | None:
        """Name somebody whom cash can be sent to: with a card of the county, or a passbook."""
        passbooks = self._stock.passbooks
        if passbooks and not from_near:
            return self._dice.pick(passbooks)
        for number in self._from_anywhere(self._homes.in_county[shop.county]):
            if number not in self._called:
                return as_payee(self._take(number))
        return None

    def _choices(
        self, shop: Shop, errand: Errand, from_near: bool
    ) -> Iterator[tuple[Sequence[int], Callable[[Villager], bool]]]:
        """Give where to look for whom, those first whom the errand asks for."""
        own, bank = errand.with_own_bank, shop.bank_id
        pensioners = errand.is_pensioners

        def is_asked_for(villager: Villager) -> bool:
            return (villager.bank_id == bank) is own and (villager.gets_subsidies or not pensioners)

        homes = self._homes
        if from_near:
            yield homes.near[shop.point_id], is_asked_for
        yield homes.in_county[shop.county], is_asked_for
        yield homes.in_county[shop.county], anybody
        yield homes.in_prefecture[shop.county[:PREFECTURE]], anybody

    def _from_anywhere(self, people: Sequence[int]) -> Iterator[int]:
        """Give all people in order, beginning anywhere."""
        if people:
            start = self._dice.below(len(people))
            for place in range(start, len(people)):
                yield people[place]
            for place in range(start):
                yield people[place]

    def _payee_of(self, number: int, errand: Errand, pays_near: bool) -> Other | None:
        """Return whom somebody pays, None where they would rather not."""
        villager = self._villagers[number]
        is_elder = self.is_elder(villager)
        if errand.to_stranger:
            return self._stranger_to(number) if is_elder else None
        is_careful = is_elder and (
            errand.amount > self._elder_most or errand.amount * 2 >= villager.balance
        )
        known = self._stock.paid.get(villager.card_id, {}) if is_careful else {}
        for other in self._circle(number, near_first=pays_near):
            if not is_careful or known.get(other.payee.account_no, 0) >= self._since:
                return other
        return None

    def _circle(self, number: int, *, near_first: bool) -> Iterator[Other]:
        """Give whom somebody pays and who comes nowhere today: relatives, and a passbook."""
        people, passbooks = self._villagers, self._stock.passbooks
        book = [Other(passbooks[number * len(passbooks) // len(people)])] if passbooks else []
        if not near_first:
            yield from book
        for other in relatives_of(number, len(people)):
            if other not in self._called:
                yield Other(as_payee(people[other]), other)
        if near_first:
            yield from book

    def _stranger_to(self, number: int) -> Other | None:
        """Return somebody whom this villager has never paid."""
        count = len(self._villagers)
        known = {number, *relatives_of(number, count)}
        for other in self._from_anywhere(range(count)):
            if other not in known and other not in self._called:
                return Other(as_payee(self._villagers[other]), other)
        return None

    def _pay(self, other: Other) -> Payee:
        """Note that a payee stays at home today."""
        if other.number is not None:
            self._called.add(other.number)
        return other.payee

    def _take(self, number: int) -> Villager:
        self._called.add(number)
        return self._villagers[number]


def anybody(_villager: Villager) -> bool:
    return True


def as_payee(villager: Villager) -> Payee:
    return Payee(villager.account_no, villager.name)
