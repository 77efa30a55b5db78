"""What became of one request."""

from __future__ import annotations

from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.magic import Effect
from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Transaction


@hot_dataclass(frozen=True, slots=True)
class Decision:
    """What became of one request.

    ``transaction`` is None when the key was used before with other content. ``effect`` is how a
    magic card bends the answer; a replay is always answered plainly.
    """

    request: Request
    transaction: Transaction | None
    is_replay: bool = False
    effect: Effect | None = None
