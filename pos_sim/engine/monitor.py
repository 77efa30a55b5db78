"""The risk monitor as the engine sees it; who implements it is handed in from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from pos_sim.domain.authorize import Facts
from pos_sim.domain.book import Book
from pos_sim.domain.decision import Decision
from pos_sim.domain.policy import PolicySet
from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Refusal
from pos_sim.domain.watching import ALLOWED, Assessment, Watcher
from pos_sim.store.reads_along import ReadsAlong, ReadsNothing


class Watch(Watcher, ReadsAlong, Protocol):
    """The watch over one group: hits, alerts and windows are saved with the money."""

    def see(self, book: Book) -> None:
        """Take what was asked for; ``book`` is what the engine has read."""
        ...

    def save(self, connection: Connection) -> None: ...


class Monitor(Protocol):
    """Opens a watch over a group, in its transaction."""

    def watch(self, connection: Connection, requests: Sequence[Request]) -> Watch:
        """Return the watch over ``requests``; it reads along with their book."""
        ...


@runtime_checkable
class FollowsPolicies(Protocol):
    """A monitor that asks policies, too, and is told when they change."""

    policies: PolicySet


class AllowAll(ReadsNothing):
    """A monitor that allows everything and remembers nothing."""

    def watch(self, connection: Connection, requests: Sequence[Request]) -> Watch:
        return self

    def see(self, book: Book) -> None:
        pass

    def lets_pass(self, facts: Facts) -> bool:
        return False

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        return ALLOWED

    def record(self, decision: Decision) -> None:
        pass

    def save(self, connection: Connection) -> None:
        pass
