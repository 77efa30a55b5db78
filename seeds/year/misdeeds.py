"""What is done wrong on the days of a year: seldom, and nobody tells the watch.

Visits go wrong on one day; a machine that was carried away or exchanged stays so for some days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from seeds.dice import Dice
from seeds.traffic.habits import Misdeed
from seeds.traffic.spread import rounded
from seeds.traffic.stock import Machine, Shop
from seeds.year.seasons import YearPlan

MOVED_DEGREES = 0.009
"""About a kilometre north: more than drift, and less than the next town."""
LASTS_DAYS = 3

Change = Callable[[Shop], Shop]


class Wrongs:
    """The misdeeds of one year; they follow from the seed and the day.

    ``points``: the ids of the whole network, in an order that stays.
    """

    def __init__(self, plan: YearPlan, seed: int, points: Sequence[str]) -> None:
        self._counts = plan.seasons.misdeeds
        self._part = Fraction(plan.points, plan.record.points * plan.record.days)
        self._seed = seed
        self._points = points

    def in_visits(self, day: date) -> dict[Misdeed, int]:
        """Return in how many visits of a day somebody does wrong."""
        dice = Dice(self._seed, "misdeeds", day)
        wanted = {Misdeed.BYPASS: self._counts.bypass, Misdeed.BY_HAND: self._counts.by_hand}
        return {kind: rounded(count * self._part, dice) for kind, count in wanted.items()}

    def at_points(self, day: date, shops: Sequence[Shop]) -> list[Shop]:
        """Return the shops of a day; machines of some are not where or what they should be."""
        changes: dict[str, Change] = {}
        for ago in range(LASTS_DAYS):
            changes |= self._begun(day - timedelta(days=ago))
        return [changes[s.point_id](s) if s.point_id in changes else s for s in shops]

    def _begun(self, day: date) -> dict[str, Change]:
        """Return where something begins on a day, and how the shop is seen from then on."""
        dice = Dice(self._seed, "machines", day)
        wanted = ((self._counts.moved, moved), (self._counts.swapped, swapped))
        return {
            dice.pick(self._points): change
            for count, change in wanted
            for _ in range(rounded(count * self._part, dice))
        }


def moved(shop: Shop) -> Shop:
    """Return the shop as its machines report from elsewhere."""
    return replace(shop, latitude=shop.latitude + MOVED_DEGREES)


def swapped(shop: Shop) -> Shop:
    """Return the shop with machines that report in the place of its own."""
    return replace(shop, machines=tuple(map(another, shop.machines)))


def another(machine: Machine) -> Machine:
    return replace(machine, serial=f"{machine.serial[:-1]}X")
