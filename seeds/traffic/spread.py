"""Chance without wobble: even spreading, so that a small day already has the shape of a year."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TypeVar

from pos_sim.domain.money import Fen
from seeds.dice import Dice

T = TypeVar("T")

FINE = 1_000_000
"""So finely is a place between 0 and 1 told."""


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts from ``low`` to ``high`` in steps, all of them equally likely; fen."""

    low: int
    high: int
    step: int
    permille: int

    @property
    def mean(self) -> Fraction:
        """The middle of the band."""
        return Fraction(self.low + self.high, 2)

    def at(self, way: float) -> int:
        """Return the amount at a part of the way, 0 included and 1 not.

        >>> Band(10, 50, 20, 1_000).at(0.5)
        30
        """
        return self.low + self.step * int(way * ((self.high - self.low) // self.step + 1))


def mean_of(bands: Sequence[Band]) -> Fraction:
    """Return the mean of a distribution whose shares add up to 1,000.

    >>> mean_of([Band(10, 10, 1, 500), Band(20, 40, 10, 500)])
    Fraction(20, 1)
    """
    return sum((band.mean * band.permille for band in bands), Fraction(0)) / 1_000


def amounts(bands: Sequence[Band], count: int, total: Fraction, dice: Dice) -> list[Fen]:
    """Return ``count`` amounts that have the shape of ``bands`` and add up to about ``total``."""
    ends = list(accumulate(band.permille for band in bands))
    placed: list[tuple[Band, int]] = []
    for place in even(count, dice):
        number = bisect_right(ends, place * 1_000)
        band = bands[number]
        way = (place * 1_000 - (ends[number] - band.permille)) / band.permille
        placed.append((band, band.at(way)))
    return settled(shuffled(placed, dice), total)


def settled(placed: Sequence[tuple[Band, int]], total: Fraction) -> list[Fen]:
    """Move a few amounts until what is left is less than a step: inside their bands if possible.

    Two remittances have no bands to move in, so the whole distribution is the last resort.

    >>> settled([(Band(10, 30, 10, 500), 20), (Band(100, 100, 10, 500), 100)], Fraction(135))
    [30, 100]
    """
    if not placed:
        return []
    result = [amount for _, amount in placed]
    left = int(total) - sum(result)
    lowest, highest = min(b.low for b, _ in placed), max(b.high for b, _ in placed)
    for is_last in (False, True):
        for number, (band, _) in enumerate(placed):
            low, high = (lowest, highest) if is_last else (band.low, band.high)
            wish = min(max(left, low - result[number]), high - result[number])
            move = toward_zero(wish, band.step)
            left -= move
            result[number] += move
    return [Fen(amount) for amount in result]


def toward_zero(amount: int, step: int) -> int:
    """Return the multiple of ``step`` nearest to ``amount`` on the way to zero.

    >>> toward_zero(27, 10), toward_zero(-27, 10)
    (20, -20)
    """
    return amount // step * step if amount >= 0 else -(-amount // step * step)


def even(count: int, dice: Dice) -> list[float]:
    """Return ``count`` places between 0 and 1, one in each of as many equal parts."""
    start = dice.below(FINE)
    return [(place * FINE + start) / (count * FINE) for place in range(count)]


def along(weights: Sequence[int], count: int, dice: Dice) -> list[int]:
    """Return ``count`` numbers of weights, each as often as its weight asks, give or take one.

    >>> sorted(along([1, 0, 3], 4, Dice(7)))
    [0, 2, 2, 2]
    """
    ends = list(accumulate(weights))
    chosen = [bisect_right(ends, place * ends[-1]) for place in even(count, dice)]
    return shuffled(chosen, dice)


def some(permille: int, count: int, dice: Dice) -> list[bool]:
    """Return ``count`` answers of which so many in a thousand are yes, give or take one.

    >>> sum(some(250, 8, Dice(7)))
    2
    """
    yes = rounded(Fraction(permille * count, 1_000), dice)
    return shuffled([True] * yes + [False] * (count - yes), dice)


def rounded(number: Fraction, dice: Dice) -> int:
    """Return the whole number below or above, so that in the long run ``number`` is kept."""
    whole = int(number)
    return whole + (dice.below(FINE) < (number - whole) * FINE)


def shuffled(items: Sequence[T], dice: Dice) -> list[T]:
    """Return the items in an order of chance.

    >>> sorted(shuffled([1, 2, 3], Dice(7)))
    [1, 2, 3]
    """
    result = list(items)
    dice.shuffle(result)
    return result
