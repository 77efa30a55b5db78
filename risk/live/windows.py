"""The windows of one group in memory: what was read before it, and what its members added.

Everything is ordered by moment and id and cut to the newest rows in the same way as it is read,
so that it makes no difference whether an earlier request is found here or in the database.
"""

from __future__ import annotations

from sqlalchemy import Connection

from risk.live.memory import Memory, Spots
from risk.live.rows import DayRow, Drawn, Original, Paid, Seen
from risk.places import Place
from risk.store.point_days import NO_PAST, Past, Usual, pasts, save_days, usual_days
from risk.store.read_group import Moments
from risk.store.read_later import PaidBefore
from risk.store.register import read_places


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
        """Return what the days up to the one before yesterday say; about most points nobody asks.

        Other groups may keep it where this one wrote no older day.
        """
        if point is None:
            return NO_PAST
        self._write_older(point, day)
        key = (point, day)
        found = self.memory.pasts.get(key)
        if found is None or self.first_day < day - 1:
            found = pasts(self.connection, [point], day).get(point, NO_PAST)
            if self.first_day >= day - 1:
                self.memory.pasts.put(key, found)
        return found

    def usual_days(self, point: str | None, day: int) -> Usual:
        """Return day, count and sum of active and usual days, the latest first."""
        if point is None:
            return []
        self._write_older(point, day)
        found = self._usual(point, day)
        yesterday = self.day_row(point, day - 1)
        if yesterday.moves and not yesterday.jumped:
            return [(yesterday.day, yesterday.moves, yesterday.moved), *found]
        return found

    def _usual(self, point: str, day: int) -> Usual:
        """Return what is usual; other groups may keep it where this one wrote no older day."""
        key = (point, day)
        found = self.memory.usual.get(key)
        if found is None or self.first_day < day - 1:
            found = usual_days(self.connection, point, day)
            if self.first_day >= day - 1:
                self.memory.usual.put(key, found)
        return found

    def _write_older(self, point: str, day: int) -> None:
        """Write what this very group did here before yesterday, so that it can be read as past.

        Only a group that spans days has any of it: a simulation, never a bank.
        """
        if self.first_day >= day - 1:
            return
        older = {key for key in self.touched if key[0] == point and key[1] < day - 1}
        if older:
            save_days(self.connection, [self.days[key] for key in sorted(older)])
            self.touched -= older
