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


class Watch(Watcher, Protocol):
    """The watch over one group: hits, alerts and windows are saved with the money."""

    def save(self, connection: Connection) -> None: ...


class Monitor(Protocol):
    """Opens a watch over a group, in its transaction, after the locks."""

    def watch(self, connection: Connection, requests: Sequence[Request], book: Book) -> Watch:
        """Return the watch over ``requests``; ``book`` is what the engine has read for them."""
        ...


@runtime_checkable
class FollowsPolicies(Protocol):
    """A monitor that asks policies, too, and is told when they change."""

    policies: PolicySet


class AllowAll:
    """A monitor that allows everything and remembers nothing."""

    def watch(self, connection: Connection, requests: Sequence[Request], book: Book) -> Watch:
        return self

    def lets_pass(self, facts: Facts) -> bool:
        return False

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        return ALLOWED

    def record(self, decision: Decision) -> None:
        pass

    def save(self, connection: Connection) -> None:
        pass
