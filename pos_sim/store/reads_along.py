"""Somebody who reads along with the book, in its trips and behind its locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pos_sim.domain.accounts import AccountId
from pos_sim.domain.cards import Card
from pos_sim.domain.service_points import ServicePoint


@dataclass(frozen=True, slots=True)
class Held:
    """What a group holds locked, and whom it pays, by account number."""

    points: Mapping[str, ServicePoint]
    cards: Mapping[int, Card]
    payees: Mapping[str, AccountId]


class ReadsAlong(Protocol):
    """Asks for more, each time behind the locks that travel with it."""

    def at_points(self) -> None:
        """Ask for what depends on points; those of the group's terminals are being locked."""
        ...

    def at_accounts(self, held: Held) -> None:
        """Ask for what depends on cards and accounts, too; accounts are being locked."""
        ...

    def at_bills(self) -> None:
        """Ask for what depends on bills; they are being locked."""
        ...


class ReadsNothing:
    """Needs no more than the book."""

    def at_points(self) -> None: ...

    def at_accounts(self, held: Held) -> None: ...

    def at_bills(self) -> None: ...


NOBODY = ReadsNothing()
