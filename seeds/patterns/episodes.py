"""An episode: what somebody did at the counters, and which rules that satisfies by definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from pos_sim.domain.requests import Request
from seeds.patterns.truth import Claim


class Kind(StrEnum):
    """What an episode is for."""

    PLANTED = "planted"  # 植入: the rule must speak
    INNOCENT = "innocent"  # 正常: it only looks like it


@dataclass(frozen=True, slots=True, kw_only=True)
class Tells:
    """What a terminal reports of itself; by default what an honest one does.

    ``away_m``: so far from its registered place it believes to be. ``serial`` None: the serial
    that is registered at that moment.
    """

    away_m: int = 0
    accuracy_m: int = 15
    is_located: bool = True
    serial: str | None = None
    tells_serial: bool = True
    entry_mode: str = "chip"


HONEST = Tells()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One message of a terminal, not yet numbered.

    ``reverses`` is the place, in the same episode, of the move that this one takes back.
    """

    terminal_id: str
    request: Request
    tells: Tells = HONEST
    reverses: int | None = None

    @property
    def at(self) -> datetime:
        return self.request.received_at


@dataclass(frozen=True, slots=True)
class Registration:
    """换机登记: from ``at`` on the register knows the terminal by another serial number."""

    at: datetime
    terminal_id: str
    serial: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry on a list: a card, payee, operator or terminal, by its id; block or allow."""

    kind: str
    value: str
    since: datetime
    until: datetime
    is_block: bool = True


@dataclass(frozen=True, slots=True)
class Opening:
    """The register says that a point was opened on this day."""

    point_id: str
    opened_on: date


Act: TypeAlias = Registration | Listing | Opening
"""What staff does in an episode, beside the requests of terminals."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nobody else comes to a point in this time."""

    point_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One planted pattern or look-alike with its truth.

    ``rule_id`` is the rule that it is about; ``claims`` name every rule that it satisfies by
    definition. ``requests`` are its moves once they are numbered, in the same order.
    """

    episode_id: str
    rule_id: str
    kind: Kind
    pattern: str
    title: str
    title_en: str
    point_id: str
    first_day: date
    days: int
    moves: tuple[Move, ...]
    claims: tuple[Claim, ...]
    acts: tuple[Act, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    requests: tuple[Request, ...] = ()

    @property
    def begins(self) -> datetime:
        """When the first planted request of the stay comes; what lies before it is history."""
        moments = [move.at for move in self.moves if move.at.date() >= self.first_day]
        since = [claim.since for claim in self.claims if claim.rule_id == self.rule_id]
        return min(moments or since)

    @property
    def rule_ids(self) -> frozenset[str]:
        """The rules that it certainly satisfies."""
        return frozenset(claim.rule_id for claim in self.claims if claim.counted)
