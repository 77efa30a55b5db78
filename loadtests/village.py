"""Who comes to which counter: places with their terminals, villagers with what they have left.

A worker knows what each of its villagers has, to the fen, and so what the next answer must say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from random import Random
from typing import Any

EARTH_KM = 6371.0
TRIES = 60
"""So many villagers are asked before a visit is given up."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A machine at a place."""

    terminal_id: str
    kind: str


@dataclass(slots=True)
class Villager:
    """Somebody with a card. Balance and room are exact unless others use the card too.

    ``room`` is what may still be withdrawn today, fen. ``left_home`` is the moment of the last
    visit near home, ``home_after`` when the way back from a trip is done, seconds.
    """

    card_no: str = field(repr=False)
    pin: str = field(repr=False)
    product: str
    bank_id: str
    account_no: str
    age: int
    county: str
    balance: int
    room: int
    payee: Mapping[str, str]
    is_exclusive: bool = True
    day: str = ""
    left_home: float | None = None
    home_after: float = 0.0
    card_id: str | None = None


@dataclass(slots=True)
class Place:
    """A service point with the villagers who live around it; degrees."""

    service_point_id: str
    bank_id: str
    county: str
    latitude: float
    longitude: float
    terminals: Sequence[Terminal]
    villagers: deque[Villager]
    is_frozen: bool = False


@dataclass(slots=True)
class Village:
    """What one worker works with. ``batch_no`` makes its keys its own."""

    batch_no: str
    places: Sequence[Place]
    bills: deque[Mapping[str, Any]]
    payees: Sequence[Mapping[str, str]]
    is_crowded: Sequence[Place] = ()
    traces: dict[str, int] = field(default_factory=dict)
    bills_made: int = 0

    def next_key(self, terminal_id: str) -> dict[str, str]:
        """Return a key that was never used: terminal, batch and the next trace number."""
        trace = self.traces.get(terminal_id, 0) + 1
        self.traces[terminal_id] = trace
        return {
            "terminal_id": terminal_id,
            "batch_no": self.batch_no,
            "trace_no": f"{trace:06d}",
        }

    def next_bill(self, amount: int, *, is_waiting: bool) -> Mapping[str, Any]:
        """Return a bill that waits, or one that any biller takes; nobody else gets the same."""
        if is_waiting and self.bills:
            return self.bills.popleft()
        self.bills_made += 1
        bill_no = f"L{self.batch_no}-{self.bills_made:06d}"
        return {"biller_id": "any", "bill_no": bill_no, "amount_fen": amount}

    def place(self, dice: Random, crowd_permille: int) -> Place:
        """Return where the next visit goes; on market day more often to the crowded places."""
        is_crowd = self.is_crowded and dice.random() * 1_000 < crowd_permille
        return dice.choice(self.is_crowded if is_crowd else self.places)

    def call(
        self, fits: Callable[[Villager], bool], dice: Random, crowd_permille: int = 0
    ) -> tuple[Place, Villager] | None:
        """Take a villager who fits out of the queue of a place; None: nobody was found."""
        for _ in range(TRIES):
            place = self.place(dice, crowd_permille)
            if not place.villagers:
                continue
            villager = place.villagers.popleft()
            if fits(villager):
                return place, villager
            place.villagers.append(villager)
        return None

    def way(self, home: Place, villager: Villager, now: float, kmh: int, *, is_trip: bool) -> Place:
        """Return where the villager goes: home, or where the way since the last visit leads."""
        place = self._trip(home, villager, now, kmh) if is_trip else home
        if place is home:
            villager.left_home = now
        else:
            villager.home_after = now + travel_s(home, place, kmh)
        return place

    def _trip(self, home: Place, villager: Villager, now: float, kmh: int) -> Place:
        left = villager.left_home
        if left is None:
            return home  # where the card was before this run, nobody knows
        others = (p for p in self.places if p.county == home.county and p is not home)
        return next((p for p in others if travel_s(home, p, kmh) <= now - left), home)


def travel_s(one: Place, other: Place, kmh: int) -> float:
    """Return how long the way takes, seconds."""
    return kilometers(one, other) / kmh * 3_600


def kilometers(one: Place, other: Place) -> float:
    """Return the great-circle distance of two places."""
    north, east = (
        radians(other.latitude - one.latitude),
        radians(other.longitude - one.longitude),
    )
    part = sin(north / 2) ** 2 + (
        cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    )
    return 2 * EARTH_KM * asin(sqrt(part))


def village_of(lease: Mapping[str, Any], crowd_points_permille: int = 0) -> Village:
    """Return the village of a lease, as the master sent it."""
    places = [_place(row) for row in lease["places"]]
    crowded = len(places) * crowd_points_permille // 1_000
    return Village(
        batch_no=lease["batch_no"],
        places=places,
        bills=deque(lease["bills"]),
        payees=lease["payees"],
        is_crowded=places[: max(crowded, 1)] if crowd_points_permille else (),
    )


def _place(row: Mapping[str, Any]) -> Place:
    return Place(
        service_point_id=row["service_point_id"],
        bank_id=row["bank_id"],
        county=row["county"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        terminals=[Terminal(*terminal) for terminal in row["terminals"]],
        villagers=deque(Villager(**villager) for villager in row["villagers"]),
    )
