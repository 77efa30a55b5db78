"""One version of a rule, as read and checked: clauses over templates, bands, guards."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pos_sim.domain.hot import hot_dataclass
from pos_sim.domain.money import BasisPoints
from pos_sim.domain.requests import Business
from pos_sim.domain.watching import Verdict
from risk.facts import SCOPE_FACTS, Kind
from risk.sentences import Sentence
from risk.templates import Params, Template
from risk.templates.parameters import facts_of
from risk.vocabulary import Feed, Lane, Mode, Outcome, Proposal, ScopeKind, Severity, Tier

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition; all guards of a clause must hold. No value: it does not hold."""

    fact: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From ``start`` to ``end`` (None: no end), one of the ends excluded, as the clause says.

    ``decision_for`` and ``decision_in`` replace the decision for a business or in a tier; where
    both speak, the business does. ``feeds`` None: those of the rule.
    """

    start: int
    end: int | None
    severity: Severity
    decision: Verdict
    reason: Sentence
    reason_en: Sentence
    decision_for: Mapping[Business, Verdict]
    decision_in: Mapping[Tier, Verdict]
    feeds: tuple[Feed, ...] | None

    def decides(self, business: Business | None, tier: Tier) -> Verdict:
        """Return the decision about a business at a point of ``tier``."""
        here = self.decision_in.get(tier, self.decision)
        return here if business is None else self.decision_for.get(business, here)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One way to hit: a template with its parameters, and the bands of what it observes.

    ``is_above``: a band begins above its start and holds its end (超过); else it begins at its
    start and ends below its end (达到).
    """

    name: str
    template: Template
    params: Params
    unit: Kind
    scope: ScopeKind
    bands: tuple[Band, ...]
    guards: tuple[Guard, ...]
    proposes: tuple[Proposal, ...]
    is_above: bool
    is_scaled: bool

    @property
    def needs(self) -> frozenset[str]:
        """The facts without which the clause cannot be judged."""
        extra = ("withdrawal_limit",) if getattr(self.params, "each_of_limit", 0) else ()
        busy = ("is_busy_day",) if getattr(self.params, "busy_factor", 1) > 1 else ()
        guards = (guard.fact for guard in self.guards)
        scope = (SCOPE_FACTS[self.scope],)
        return frozenset((*facts_of(self.params), *guards, *extra, *busy, *scope))

    @property
    def tells(self) -> frozenset[str]:
        """The facts that only its sentences need."""
        told = (band.reason.facts + band.reason_en.facts for band in self.bands)
        return frozenset(name for names in told for name in names) - self.needs


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One version of one rule. A published one never changes.

    ``canonical`` is its whole text as JSON, the same for the same content, the tier factors
    included; ``checksum`` is its SHA-256.
    """

    rule_id: str
    version: int
    title: str
    title_en: str
    intent: str
    intent_en: str
    lane: Lane
    businesses: frozenset[Business]
    mode: Mode
    on_error: Verdict
    effective_from: date
    feeds: tuple[Feed, ...]
    feeds_with: Mapping[str, tuple[Feed, ...]]
    factors: Mapping[Tier, BasisPoints]
    clauses: tuple[Clause, ...]
    canonical: str = field(repr=False)
    checksum: str

    @property
    def facts(self) -> frozenset[str]:
        """All facts that this version reads or tells."""
        return frozenset().union(*(clause.needs | clause.tells for clause in self.clauses))


@hot_dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What one rule said about one transaction or point; it explains itself.

    ``decision`` is already no stronger than mode and business allow.
    """

    rule_id: str
    version: int
    title: str
    title_en: str
    outcome: Outcome
    clause: str
    band: int | None
    severity: Severity
    decision: Verdict
    scope: ScopeKind
    scope_value: str
    observed: int | float | None
    threshold: int | float | None
    baseline: int | float | None
    unit: Kind | None
    reason: str
    reason_en: str
    feeds: tuple[Feed, ...] = ()
    proposes: tuple[Proposal, ...] = ()
    lane: Lane = Lane.INLINE
