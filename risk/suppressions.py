"""Suppressions: they silence what a hit does, never that it is found; each has an end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pos_sim.domain.watching import Verdict
from risk.rules import Hit
from risk.vocabulary import Outcome, ScopeKind

NEVER_SUPPRESSED = frozenset({"R12", "R24"})
"""Terminal identity and lists: no suppression and no allow-list passes them."""

ONE_HAND = timedelta(hours=24)
"""A longer suppression needs a second person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One rule silenced about one subject for a time, with its reason."""

    rule_id: str
    scope: ScopeKind
    scope_value: str
    since: datetime
    until: datetime
    reason: str
    maker: str
    approver: str | None = None

    @property
    def needs_two(self) -> bool:
        return self.until - self.since > ONE_HAND

    @property
    def is_approved(self) -> bool:
        return not self.needs_two or self.approver not in (None, self.maker)

    def silences(self, hit: Hit, at: datetime) -> bool:
        """Say whether it silences a hit at a moment; its end is outside."""
        return (
            self.is_approved
            and hit.outcome is Outcome.HIT
            and hit.rule_id not in NEVER_SUPPRESSED
            and (hit.rule_id, hit.scope, hit.scope_value)
            == (self.rule_id, self.scope, self.scope_value)
            and self.since <= at < self.until
        )


def after_suppressions(
    hits: Iterable[Hit], suppressions: Iterable[Suppression], at: datetime
) -> tuple[Hit, ...]:
    """Return the hits; those that are silenced stay as evidence and decide nothing."""
    known = tuple(suppressions)
    return tuple(
        replace(hit, outcome=Outcome.SUPPRESSED, decision=Verdict.ALLOW)
        if any(one.silences(hit, at) for one in known)
        else hit
        for hit in hits
    )
