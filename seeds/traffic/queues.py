"""In what order a terminal sends: one customer after the other, within the shop's hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from operator import attrgetter
from typing import NamedTuple

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.requests import Key, Position, Reported, Request
from seeds.dice import Dice
from seeds.traffic.scripts import Script
from seeds.traffic.visits import Visit

BETWEEN_CUSTOMERS_S = 20
FIRST_BATCH = date(2000, 1, 1)
METERS_PER_DEGREE = 111_195
DRIFT_M = 25
"""So far north or east of its place a terminal may believe itself to be."""
DRIFTS = tuple(meters / METERS_PER_DEGREE for meters in range(-DRIFT_M, DRIFT_M + 1))
"""The same in degrees, metre by metre."""

RECEIVED_AT, SECOND = attrgetter("received_at"), attrgetter("visit.second")


@hot_dataclass(frozen=True, slots=True)
class Turn:
    """One customer's turn at a machine: the messages and the seconds before each of them."""

    visit: Visit
    script: Script
    pauses: tuple[int, ...]

    @property
    def length_s(self) -> int:
        """From the first message to the last."""
        return sum(self.pauses)


def requests_of(
    visits: Sequence[Visit], scripts: Sequence[Script], day: date, dice: Dice
) -> list[Request]:
    """Return all messages of the day in the order in which they reach the bank."""
    turns: dict[str, list[Turn]] = defaultdict(list)
    for visit, script in zip(visits, scripts, strict=True):
        pauses = [dice.between(*step.pause) for step in script]
        turns[visit.machine.terminal_id].append(Turn(visit, script, (0, *pauses[1:])))
    batch = Batch(datetime.combine(day, time(0), SHANGHAI), f"{(day - FIRST_BATCH).days:06d}")
    sent = [
        request
        for terminal_id in sorted(turns)
        for request in messages(terminal_id, turns[terminal_id], batch, dice)
    ]
    # A stable sort: one terminal's messages of the same second stay in their order.
    return sorted(sent, key=RECEIVED_AT)


class Batch(NamedTuple):
    """What all terminals share on one day: when it begins, and the number of its batch."""

    midnight: datetime
    number: str


def messages(
    terminal_id: str, turns: Sequence[Turn], batch: Batch, dice: Dice
) -> Iterator[Request]:
    """Give what one terminal sends: numbered in order, one batch a day."""
    midnight, batch_no = batch
    trace = 0
    queue = sorted(turns, key=SECOND)
    for turn, second in zip(queue, starts(queue), strict=True):
        keys: list[Key] = []
        at = midnight + timedelta(seconds=second)
        for step, pause in zip(turn.script, turn.pauses, strict=True):
            at += lasting(pause)
            if step.repeats:
                key = keys[-step.repeats]
            else:
                trace += 1
                key = Key(terminal_id, batch_no, f"{trace:06d}")
            if step.is_sent:
                message, said = step.message, reported(turn.visit, dice)
                if step.reverses:
                    message = partial(message, original=keys[-step.reverses])
                yield message(key=key, received_at=at, reported=said)
            keys.append(key)


def starts(queue: Sequence[Turn]) -> list[int]:
    """Return when each turn begins, seconds of the day: nobody overlaps, all end before closing."""
    seconds: list[int] = []
    lengths = [turn.length_s for turn in queue]
    free = 0
    for turn, length in zip(queue, lengths, strict=True):
        seconds.append(max(turn.visit.second, free))
        free = seconds[-1] + length + BETWEEN_CUSTOMERS_S
    latest = queue[-1].visit.shop.closes * 60
    for number in reversed(range(len(queue))):
        seconds[number] = min(seconds[number], latest - lengths[number])
        latest = seconds[number] - BETWEEN_CUSTOMERS_S
    return seconds


def reported(visit: Visit, dice: Dice) -> Reported:
    """Return what the terminal says of itself: its serial, and where it stands if it stands."""
    machine, shop = visit.machine, visit.shop
    if not machine.stands:
        return unplaced(machine.serial)
    position = Position(
        round(shop.latitude + dice.pick(DRIFTS), 5),
        round(shop.longitude + dice.pick(DRIFTS), 5),
        dice.between(5, 30),
    )
    return Reported(position=position, terminal_serial=machine.serial, entry_mode="chip")


@cache
def lasting(seconds: int) -> timedelta:
    """Return a pause as it is added to a time; there are a few hundred of them."""
    return timedelta(seconds=seconds)


@cache
def unplaced(serial: str) -> Reported:
    """Return what a terminal says that does not stand: the same each time."""
    return Reported(terminal_serial=serial, entry_mode="chip")
