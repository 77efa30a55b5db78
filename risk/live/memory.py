"""What the watch keeps from group to group: names, profiles, windows that their stamps prove."""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Generic, TypeVar

from risk.events import day_of
from risk.live.crowd import Crowd, half_an_hour, two_hours
from risk.live.rows import DayRow, Since, Spot
from risk.places import Place
from risk.store.newest import MOST
from risk.store.point_days import Past, Usual
from risk.store.register import Register
from risk.weighing import Spoke

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

POINTS_MAX, PASTS_MAX, SPOKEN_MAX = 8_192, 65_536, 65_536


class Lately(Generic[K, V]):
    """A dictionary that forgets what was put there first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        return self._kept.get(key)

    def put(self, key: K, value: V) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(slots=True)
class Spots:
    """The last hours at one point. ``stamps`` say after what they were true, day by day.

    ``until_us`` is the moment of the latest request that is known to have been made there.
    """

    since_us: int
    rows: list[Spot]
    stamps: dict[int, str]
    until_us: int = 0
    half_an_hour: Crowd = field(default_factory=half_an_hour)
    two_hours: Crowd = field(default_factory=two_hours)

    def __post_init__(self) -> None:
        for spot in self.rows:
            self.half_an_hour.added(spot)
            self.two_hours.added(spot)
        if self.rows:
            self.until_us = self.rows[-1].at_us

    def add(self, spot: Spot) -> None:
        """Put a row in its place and keep the newest, as many as are read."""
        if self.rows and spot < self.rows[-1]:
            insort(self.rows, spot)
        else:
            self.rows.append(spot)  # the rule; no other row need be looked at
        self.half_an_hour.added(spot)
        self.two_hours.added(spot)
        if len(self.rows) > MOST:
            gone = self.rows[:-MOST]
            del self.rows[:-MOST]
            self.half_an_hour.cut(gone)
            self.two_hours.cut(gone)

    def caught_up(self, since: list[Since], stamps: dict[int, str]) -> bool:
        """Add what others did since, in order of time; say whether the stamps prove that it is all.

        Where two processes decided in another order than that of time, they do not.
        """
        reached = dict(self.stamps)
        for one in since:
            day = day_of(one.at_us)
            reached[day] = stamp_after(reached.get(day, ""), one.event_id, one.code)
        if any(reached.get(day, "") != stamp for day, stamp in stamps.items()):
            return False
        self.stamps = reached
        for one in since:
            self.until_us = max(self.until_us, one.at_us)
            if one.spot is not None:
                self.add(one.spot)
        return True

    def are_true(self, days: dict[int, str]) -> bool:
        """Say whether nobody else added anything since."""
        for day, stamp in days.items():  # noqa: SIM110  (a generator costs more than it asks)
            if self.stamps.get(day, "") != stamp:
                return False
        return True


def stamp_after(stamp: str, event_id: str, code: str) -> str:
    """Return the stamp of a day after one more request: it says all that happened, in order."""
    return blake2b(f"{stamp}{event_id}{code}".encode(), digest_size=8).hexdigest()


@dataclass(slots=True)
class Memory:
    """Everything that can be found again in the database, kept because asking costs more.

    A transaction that is rolled back leaves no trace here that matters: the stamps of its points
    differ from those in the database, and their windows are read again.
    """

    register: Register
    version: tuple[str, ...] = ()
    places: dict[str, Place] = field(default_factory=dict)
    spots: Lately[str, Spots] = field(default_factory=lambda: Lately(POINTS_MAX))
    pasts: Lately[tuple[str, int], Past] = field(default_factory=lambda: Lately(PASTS_MAX))
    usual: Lately[tuple[str, int], Usual] = field(default_factory=lambda: Lately(POINTS_MAX))
    spoken: Lately[Spoke, bool] = field(default_factory=lambda: Lately(SPOKEN_MAX))


def stamps_of(rows: dict[tuple[str, int], DayRow], point: str, days: set[int]) -> dict[int, str]:
    """Return the stamp of each day, empty where nothing happened."""
    stamps = {}
    for day in days:
        row = rows.get((point, day))
        stamps[day] = row.stamp if row else ""
    return stamps
