"""What the risk monitor says about a request; who it is, the bank does not know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pos_sim.domain.authorize import Facts
    from pos_sim.domain.decision import Decision
    from pos_sim.domain.transactions import Refusal


class Verdict(IntEnum):
    """The decision ladder: the strongest wins."""

    ALLOW = 0
    ALERT = 1
    HOLD = 2
    DECLINE = 3


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on one request, with the rules that spoke."""

    verdict: Verdict
    hits: tuple[object, ...] = ()


ALLOWED = Assessment(Verdict.ALLOW)


class Watcher(Protocol):
    """The part of a monitor's watch that a decision needs; it reads nothing from outside."""

    def lets_pass(self, facts: Facts) -> bool:
        """Say whether a request stands on an allow-list, so that 业务控制 does not bind it."""
        ...

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        """Return the verdict; ``refusal`` is what the bank itself has against the request."""
        ...

    def record(self, decision: Decision) -> None: ...
