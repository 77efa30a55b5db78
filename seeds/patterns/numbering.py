"""From moves to requests: reported facts, keys in the order of time, reversals that find theirs."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from pos_sim.domain.requests import Key, Position, Reported, Request, Reversal
from seeds.dice import Dice
from seeds.patterns.episodes import Episode, Move, Registration, Tells
from seeds.traffic.queues import DRIFT_M, FIRST_BATCH, METERS_PER_DEGREE
from seeds.traffic.stock import Machine, Shop


@dataclass(frozen=True, slots=True)
class Device:
    """A terminal on the register, and where it belongs."""

    machine: Machine
    shop: Shop


class SerialBook:
    """Which serial number the register has for a terminal, and when."""

    def __init__(
        self, devices: Mapping[str, Device], registrations: Iterable[Registration]
    ) -> None:
        self._times: dict[str, list[datetime]] = defaultdict(list)
        self._serials: dict[str, list[str]] = {
            terminal_id: [device.machine.serial] for terminal_id, device in devices.items()
        }
        for one in sorted(registrations, key=lambda one: one.at):
            self._times[one.terminal_id].append(one.at)
            self._serials[one.terminal_id].append(one.serial)

    def at(self, terminal_id: str, moment: datetime) -> str:
        """Return the registered serial number at a moment."""
        place = bisect_right(self._times[terminal_id], moment)
        return self._serials[terminal_id][place]


BatchOf: TypeAlias = Callable[[str, date], str]
"""Gives the batch number of a terminal on a day."""


def batch_of_day(_terminal_id: str, day: date) -> str:
    """One batch a day, as the terminals of a plain day do."""
    return f"{(day - FIRST_BATCH).days:06d}"


def numbered(
    moves: Sequence[Move],
    devices: Mapping[str, Device],
    serials: SerialBook,
    dice: Dice,
    batch_of: BatchOf = batch_of_day,
) -> list[Request]:
    """Return the requests of moves, in the same order.

    Keys follow the time. A ``reverses`` counts places in the whole list.
    """
    keys = keys_of(moves, batch_of)
    requests: list[Request] = []
    for move, key in zip(moves, keys, strict=True):
        told = reported(move.tells, devices[move.terminal_id], dice)
        if told.terminal_serial is None and move.tells.tells_serial:
            told = replace(told, terminal_serial=serials.at(move.terminal_id, move.at))
        request = replace(move.request, key=key, reported=told)
        if move.reverses is not None:
            assert isinstance(request, Reversal)
            request = replace(request, original=keys[move.reverses])
        requests.append(request)
    return requests


def keys_of(moves: Sequence[Move], batch_of: BatchOf = batch_of_day) -> list[Key]:
    """Number the moves of each terminal and batch in the order of time."""
    traces: dict[tuple[str, str], int] = defaultdict(int)
    keys: list[Key] = [Key("", "", "")] * len(moves)
    for place in sorted(range(len(moves)), key=lambda place: (moves[place].at, place)):
        move = moves[place]
        batch = batch_of(move.terminal_id, move.at.date())
        traces[move.terminal_id, batch] += 1
        keys[place] = Key(move.terminal_id, batch, f"{traces[move.terminal_id, batch]:06d}")
    return keys


def reported(tells: Tells, device: Device, dice: Dice) -> Reported:
    """Return what a terminal says of itself; a serial only where it is not the registered one."""
    is_located = tells.is_located and (device.machine.stands or tells.away_m > 0)
    position = None
    if is_located:
        north, east = (dice.between(-DRIFT_M, DRIFT_M) / METERS_PER_DEGREE for _ in range(2))
        if tells.away_m:
            north, east = tells.away_m / METERS_PER_DEGREE, 0.0
        position = Position(
            round(device.shop.latitude + north, 6),
            round(device.shop.longitude + east, 6),
            tells.accuracy_m,
        )
    return Reported(position=position, terminal_serial=tells.serial, entry_mode=tells.entry_mode)


def together(
    episodes: Sequence[Episode], background: Sequence[Move]
) -> tuple[list[Move], list[slice]]:
    """Return all moves in one list, reversals counted anew, and where each episode stands in it."""
    moves: list[Move] = list(background)
    places: list[slice] = []
    for episode in episodes:
        start = len(moves)
        for move in episode.moves:
            back = None if move.reverses is None else start + move.reverses
            moves.append(replace(move, reverses=back))
        places.append(slice(start, len(moves)))
    return moves, places
