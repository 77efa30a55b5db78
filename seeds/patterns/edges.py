"""The thresholds around which episodes are drawn: those of the rulebook in force.

Only numbers are taken from it, by rule and clause. What they mean, and the windows, are the words
of the catalogue: nothing here asks a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pos_sim.domain.money import Fen
from risk.rulebook import Rulebook
from risk.rules import Clause

WHOLE = 10_000
"""Shares are in basis points."""

HALF_HOUR, TWO_HOURS = timedelta(minutes=30), timedelta(hours=2)
A_DAY, A_WEEK = timedelta(hours=24), timedelta(days=7)
A_MONTH, HALF_A_YEAR = timedelta(days=30), timedelta(days=180)

BIG_SHARE = 8_000
"""A withdrawal near the limit, where a rule says 0.8 L."""
MARKET_CYCLE_DAYS = 5


@dataclass(frozen=True, slots=True)
class Edges:
    """One rulebook and the daily limit L (fen)."""

    rulebook: Rulebook
    limit: Fen

    def start(self, rule_id: str, clause: str = "", band: int = 0) -> int:
        """Return where a band of a clause begins, in the clause's own unit."""
        return self._clause(rule_id, clause).bands[band].start

    def number(self, rule_id: str, clause: str, name: str) -> int:
        """Return a parameter of a clause."""
        value = getattr(self._clause(rule_id, clause).params, name)
        assert isinstance(value, int)
        return value

    def guard(self, rule_id: str, clause: str, fact: str) -> int:
        """Return the number that a condition of a clause compares with."""
        guards = self._clause(rule_id, clause).guards
        return int(next(guard.value for guard in guards if guard.fact == fact))

    def of_limit(self, share: int) -> int:
        """Return a share of L in ten-yuan notes, rounded up.

        >>> Edges(None, Fen(200_000)).of_limit(9_500)
        190000
        """
        return -(-self.limit * share // WHOLE // 1_000) * 1_000

    def _clause(self, rule_id: str, name: str) -> Clause:
        clauses = self.rulebook.versions[rule_id].clauses
        return next(one for one in clauses if name in ("", one.name))
