"""Different cards at a point in a moving window: each row comes in and goes out once."""

from __future__ import annotations

from collections.abc import Sequence

from risk.events import HOUR_US, MINUTE_US
from risk.live.rows import IS_BIG, IS_INQUIRY, IS_PIN_FAILURE, IS_WITHDRAWAL, TAKES_MOST, Spot

HALF_AN_HOUR_US, TWO_HOURS_US = 30 * MINUTE_US, 2 * HOUR_US

Cards = dict[int, int]
"""How many rows of each card are in the window."""


class Crowd:
    """The cards of the rows after ``since_us``, mark by mark; the rows are in order of time.

    ``size``: how many marks these rows have together.
    """

    __slots__ = ("all_marks", "cards", "first", "since_us", "size")

    def __init__(self, marks: Sequence[int]) -> None:
        self.cards: dict[int, Cards] = {mark: {} for mark in marks}
        self.all_marks = sum(marks)
        self.since_us = -1
        self.first = 0
        self.size = 0

    def lately(self, mark: int, since_us: int, rows: list[Spot]) -> Cards:
        """Return the cards with a mark after a moment; nobody leaves where nobody is."""
        cards = self.cards[mark]
        if not cards and since_us >= self.since_us:
            return cards
        return self.move_to(since_us, rows)[mark]

    def most(self, since_us: int, rows: list[Spot], few: int) -> int:
        """Return how many marks there can be after a moment; who left is seen where it matters."""
        if self.size > few or since_us < self.since_us:
            self.move_to(since_us, rows)
        return self.size

    def move_to(self, since_us: int, rows: list[Spot]) -> dict[int, Cards]:
        """Return the cards after a moment. Backwards it starts again; that is rare."""
        if since_us < self.since_us:
            self._start_again(rows)
        first, size = self.first, len(rows)
        while first < size and rows[first].at_us <= since_us:
            self._leave(rows[first])
            first += 1
        self.first, self.since_us = first, since_us
        return self.cards

    def added(self, spot: Spot) -> None:
        """Take note of a row that was put in its place."""
        if spot.at_us <= self.since_us:
            self.first += 1
        elif spot.marks & self.all_marks:
            for mark, cards in self.cards.items():
                if spot.marks & mark:
                    cards[spot.card] = cards.get(spot.card, 0) + 1
                    self.size += 1

    def cut(self, gone: Sequence[Spot]) -> None:
        """Take note that the oldest rows are gone."""
        for spot in gone[self.first :]:
            self._leave(spot)
        self.first = max(self.first - len(gone), 0)

    def _leave(self, spot: Spot) -> None:
        if not spot.marks & self.all_marks:
            return
        for mark, cards in self.cards.items():
            if spot.marks & mark:
                self.size -= 1
                left = cards[spot.card] - 1
                if left:
                    cards[spot.card] = left
                else:
                    del cards[spot.card]

    def _start_again(self, rows: list[Spot]) -> None:
        for cards in self.cards.values():
            cards.clear()
        self.first, self.since_us, self.size = 0, -1, 0
        for spot in rows:
            self.added(spot)


def half_an_hour() -> Crowd:
    return Crowd((IS_BIG, IS_PIN_FAILURE, IS_INQUIRY, TAKES_MOST))


def two_hours() -> Crowd:
    return Crowd((IS_WITHDRAWAL,))
