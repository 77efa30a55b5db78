"""Chance that follows from the seed: the same names give the same throws, on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of throws of its own for each name, so that one part of a world moves no other.

    Only ``Random.random`` is used: its sequence is promised to stay, that of the others is not.

    >>> Dice(7, "cards", 1).below(1_000) == Dice(7, "cards", 1).below(1_000)
    True
    """

    __slots__ = ("_random",)

    def __init__(self, seed: int, *names: object) -> None:
        self._random = Random("|".join(map(str, (seed, *names)))).random

    def below(self, end: int) -> int:
        """Return a whole number from 0 to ``end`` - 1."""
        return int(self._random() * end)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self._random() * (high - low + 1))

    def happens(self, permille: int) -> bool:
        """Say yes in ``permille`` of a thousand cases."""
        return self._random() * 1_000 < permille

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of ``choices``; what shall come more often stands in it more often."""
        return choices[int(self._random() * len(choices))]

    def shuffle(self, items: list[T]) -> None:
        """Put a list in an order of chance."""
        throw = self._random
        for last in range(len(items) - 1, 0, -1):
            other = int(throw() * (last + 1))
            items[last], items[other] = items[other], items[last]

    def along(self, quantiles: Sequence[int]) -> int:
        """Return a number distributed as ``quantiles`` say, straight lines between them.

        >>> 10 <= Dice(7).along((10, 20, 90)) < 90
        True
        """
        place = int(self._random() * (len(quantiles) - 1) * 1_000_000)
        step, way = divmod(place, 1_000_000)
        low, high = quantiles[step], quantiles[step + 1]
        return low + (high - low) * way // 1_000_000


def often(weights: dict[T, int]) -> tuple[T, ...]:
    """Return every choice as often as its weight, for ``Dice.pick``.

    >>> often({"debit": 2, "credit": 1})
    ('debit', 'debit', 'credit')
    """
    return tuple(choice for choice, weight in weights.items() for _ in range(weight))
