"""What the watch keeps from group to group: names, profiles, windows that their stamps prove."""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from risk.live.case import Place
from risk.live.crowd import Crowd, half_an_hour, two_hours
from risk.live.rows import DayRow, Spot
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
    """The last hours at one point. ``stamps`` say after what they were true, day by day."""

    since_us: int
    rows: list[Spot]
    stamps: dict[int, str]
    half_an_hour: Crowd = field(default_factory=half_an_hour)
    two_hours: Crowd = field(default_factory=two_hours)

    def __post_init__(self) -> None:
        for spot in self.rows:
            self._tell(spot)

    def add(self, spot: Spot) -> None:
        """Put a row in its place and keep the newest, as many as are read."""
        insort(self.rows, spot)
        self._tell(spot)
        gone = self.rows[:-MOST]
        if gone:
            del self.rows[:-MOST]
            self.half_an_hour.cut(gone)
            self.two_hours.cut(gone)

    def _tell(self, spot: Spot) -> None:
        self.half_an_hour.added(spot)
        self.two_hours.added(spot)

    def are_true(self, since_us: int, days: dict[int, str]) -> bool:
        """Say whether nobody else added anything since, and they reach back far enough."""
        return self.since_us <= since_us and all(
            self.stamps.get(day, "") == stamp for day, stamp in days.items()
        )


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
    return {day: rows[point, day].stamp if (point, day) in rows else "" for day in days}
