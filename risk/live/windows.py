"""The windows of one group in memory: what was read before it, and what its members added.

Everything is ordered by moment and id and cut to the newest rows in the same way as it is read,
so that it makes no difference whether an earlier request is found here or in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from risk.live.memory import Lately, Memory, Spots
from risk.live.rows import DayRow, Drawn, Original, Paid, Seen
from risk.places import Place
from risk.store.point_days import NO_PAST, Past, Usual, past_of, save_days, usual_days
from risk.store.read_group import Moments
from risk.store.read_later import PaidBefore
from risk.store.register import read_places

T = TypeVar("T")


class GroupWindows:
    """All windows that one group may ask about. A request at no point has empty ones."""

    def __init__(self, connection: Connection, memory: Memory) -> None:
        self.connection = connection
        self.memory = memory
        self.register = memory.register
        self.cards: dict[int, list[Seen]] = {}
        self.meets_cards_again = True
        self.payees: dict[int, list[Paid]] = {}
        self.paid_by_pair: dict[tuple[int, int], list[PaidBefore]] = {}
        self.drawn: dict[tuple[int, str | None], list[Drawn]] = {}
        self.drawn_accounts: frozenset[int] = frozenset()
        self.spots: dict[str, Spots] = {}
        self.days: dict[tuple[str, int], DayRow] = {}
        self.bills: dict[str, Moments] = {}
        self.cash_bills: dict[tuple[str, str, int], Moments] = {}
        self.originals: dict[str, Original] = {}
        self.wanted: frozenset[str] = frozenset()
        self.readings: dict[str, tuple[int, float, float]] = {}
        self.serials: dict[str, dict[str, int]] = {}
        self.undone: dict[str, int] = {}
        self.touched: set[tuple[str, int]] = set()
        self.first_day = 0

    def place(self, point: str | None) -> Place | None:
        if point is None:
            return None
        found = self.memory.places.get(point)
        if found is None:
            self.memory.places.update(read_places(self.connection, [point]))
            found = self.memory.places.get(point)
        return found

    def paid_to(self, payee: int | None) -> list[Paid]:
        return self.payees.get(payee, []) if payee is not None else []

    def day_row(self, point: str | None, day: int) -> DayRow:
        if point is None:
            return DayRow("", day)
        row = self.days.get((point, day))
        if row is None:
            row = self.days[point, day] = DayRow(point, day)
        return row

    def past(self, point: str | None, day: int) -> Past:
        """Return what the days up to the one before yesterday say; hardly anybody asks."""
        if point is None:
            return NO_PAST
        return self._about_past(self.memory.pasts, point, day, past_of)

    def usual_days(self, point: str | None, day: int) -> Usual:
        """Return day, count and sum of active and usual days, the latest first."""
        if point is None:
            return []
        found = self._about_past(self.memory.usual, point, day, usual_days)
        yesterday = self.day_row(point, day - 1)
        if yesterday.moves and not yesterday.jumped:
            return [(yesterday.day, yesterday.moves, yesterday.moved), *found]
        return found

    def may_change_past(self, day: int) -> bool:
        """Say whether this very group may do something before yesterday.

        Only a group that spans days does: a simulation, never a bank.
        """
        return self.first_day < day - 1

    def _about_past(
        self,
        kept: Lately[tuple[str, int], T],
        point: str,
        day: int,
        read: Callable[[Connection, str, int], T],
    ) -> T:
        """Return what the past of a point says; kept for others where this group adds nothing."""
        if self.may_change_past(day):
            self._write_older(point, day)
            return read(self.connection, point, day)
        found = kept.get((point, day))
        if found is None:
            found = read(self.connection, point, day)
            kept.put((point, day), found)
        return found

    def _write_older(self, point: str, day: int) -> None:
        """Write what this very group did here before yesterday, so that it can be read as past."""
        older = {key for key in self.touched if key[0] == point and key[1] < day - 1}
        if older:
            save_days(self.connection, [self.days[key] for key in sorted(older)])
            self.touched -= older
