"""The amounts of a business of which there are a few a day: only a year has their shape."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Business
from seeds.dice import Dice
from seeds.traffic.habits import Habits
from seeds.traffic.spread import amounts
from seeds.year.seasons import YearPlan


class Rare:
    """The amounts of one rare business, day by day."""

    def __init__(self, business: Business, plan: YearPlan, habits: Habits, seed: int) -> None:
        counts = {day: quota[business] for day, quota in plan.quotas().items()}
        count = sum(counts.values())
        total = count * plan.record.volumes[business].mean
        dice = Dice(seed, "year", plan.year, business)
        self._amounts = amounts(habits.bands[business], count, total, dice)
        ends = list(accumulate(counts.values()))
        self._span = {day: (end - counts[day], end) for day, end in zip(counts, ends, strict=True)}

    def on(self, day: date) -> list[Fen]:
        """Return the amounts of one day."""
        first, end = self._span[day]
        return self._amounts[first:end]
