"""The rulebook: R01–R24 compiled for lane, tier and business; facts in, hits out.

``shipped()`` reads the one that comes with the program. A rule that cannot judge speaks too: its
hit has the outcome ``error`` and the decision that its version names for that case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import combinations
from typing import TypeAlias

from pos_sim.domain.watching import Verdict
from risk.facts import Exit, RiskFacts
from risk.gates import is_closed
from risk.hits import error_hit, expect, hit_of, keep_strongest
from risk.pages import RulebookError
from risk.plans import (
    Asked,
    CompiledClause,
    CompiledGuard,
    CompiledRule,
    Plain,
    Plan,
    PlanKey,
    plans_of,
)
from risk.rule_rows import read_rules
from risk.rules import Hit, RuleVersion
from risk.templates import Finding
from risk.vocabulary import Lane, Tier

FILE = "rulebook.toml"

Tally: TypeAlias = MutableMapping[tuple[str, Exit], int]
"""How often which rule took which named exit."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One release: each rule in one version, compiled once; ``checksum`` names the whole."""

    versions: Mapping[str, RuleVersion]
    checksum: str
    _plans: Mapping[PlanKey, Plan] = field(repr=False)
    _left: dict[tuple[Lane, Tier, Plain], Asked] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, versions: Iterable[RuleVersion]) -> Rulebook:
        """Compile versions; two of one rule are a mistake."""
        ordered = sorted(versions, key=lambda version: version.rule_id)
        by_id = {version.rule_id: version for version in ordered}
        if len(by_id) < len(ordered):
            raise RulebookError("release", "", "rule", "the same rule twice")
        text = "".join(version.checksum for version in ordered)
        return cls(by_id, sha256(text.encode()).hexdigest(), plans_of(ordered))

    def evaluate(
        self, facts: RiskFacts, lane: Lane, tier: Tier, tally: Tally | None = None
    ) -> tuple[Hit, ...]:
        """Ask the rules of a lane; KeyError where the facts do not say the business.

        ``tally`` counts the named exits, for those who want to see them; then no gate is closed.
        """
        plan = self._plans[lane, tier, None if lane is Lane.BATCH else facts["business"]]
        return hear(plan.among(facts.keys()), facts, tally)

    def left_to_ask(self, lane: Lane, tier: Tier, plain: Plain) -> Asked:
        """Return what is to be heard yet about a kind of requests; the rest is silent."""
        key = (lane, tier, plain)
        found = self._left.get(key)
        if found is None:
            found = self._left[key] = self._plans[lane, tier, plain.business].left(plain)
        return found


def hear(asked: Asked, facts: RiskFacts, tally: Tally | None = None) -> tuple[Hit, ...]:
    """Let clauses speak whose gates are open; a rule that fails says so and is asked no further."""
    hits: list[Hit] = []
    failed: CompiledRule | None = None
    for gates, rule, clause in asked.questions:
        if rule is failed:
            continue
        try:
            if asked.lacks:
                expect(facts, rule)
            if tally is not None or not is_closed(gates, facts):
                _ask(rule, clause, facts, hits, tally)
        except Exception as accident:  # whatever it is, it must be seen and not pass
            hits.append(error_hit(rule, facts, accident))
            failed = rule
    return tuple(hits)


def _ask(
    rule: CompiledRule,
    clause: CompiledClause,
    facts: RiskFacts,
    hits: list[Hit],
    tally: Tally | None,
) -> None:
    """Let a clause speak where its guards hold."""
    if all_hold(clause.guards, facts):
        found = clause.function(facts, clause.params)
        if found is not None:
            _take(hits, rule, clause, found, facts, tally)


def _take(
    hits: list[Hit],
    rule: CompiledRule,
    clause: CompiledClause,
    found: Finding | Exit,
    facts: RiskFacts,
    tally: Tally | None,
) -> None:
    """Count a named exit, keep a hit."""
    if isinstance(found, Exit):
        if tally is not None:
            key = (rule.rule.rule_id, found)
            tally[key] = tally.get(key, 0) + 1
    else:
        keep_strongest(hits, hit_of(rule.rule, clause, found, facts))


def all_hold(guards: Iterable[CompiledGuard], facts: RiskFacts) -> bool:
    """Say whether all guards of a clause hold; KeyError where a fact is missing."""
    for fact, is_true, value in guards:
        seen = facts[fact]
        if seen is None or not is_true(seen, value):
            return False
    return True


def verdict_of(hits: Iterable[Hit]) -> Verdict:
    """Return the strongest decision; nobody spoke: allow."""
    return max((hit.decision for hit in hits), default=Verdict.ALLOW)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All published versions of all rules."""

    versions: tuple[RuleVersion, ...]

    @classmethod
    def of(cls, versions: Iterable[RuleVersion], file: str = FILE) -> RuleSet:
        """Put versions in order; one number or one first day used twice is a mistake."""
        ordered = sorted(versions, key=lambda one: (one.rule_id, one.version))
        for earlier, later in combinations(ordered, 2):
            if earlier.rule_id != later.rule_id:
                continue
            if earlier.version == later.version:
                raise _twice(file, later, "version", later.version)
            if earlier.effective_from == later.effective_from:
                raise _twice(file, later, "effective_from", later.effective_from)
        return cls(tuple(ordered))

    def on(self, day: date) -> Rulebook:
        """Return the release of ``day``, compiled."""
        return Rulebook.of(self.in_force(day).values())

    def in_force(self, day: date) -> Mapping[str, RuleVersion]:
        """Return of each rule the latest version in force on ``day``, by rule."""
        latest: dict[str, RuleVersion] = {}
        for one in sorted(self.versions, key=lambda one: one.effective_from):
            if one.effective_from <= day:
                latest[one.rule_id] = one
        return dict(sorted(latest.items()))


def _twice(file: str, rule: RuleVersion, field_name: str, value: object) -> RulebookError:
    return RulebookError(file, f"rule {rule.rule_id}", field_name, f"{value} twice")


@cache
def shipped() -> RuleSet:
    """Read the rulebook that comes with the program, once.

    >>> sorted(shipped().on(date(2026, 3, 2)).versions)[0]
    'R01'
    """
    text = files("risk").joinpath(FILE).read_text("utf-8")
    return RuleSet.of(read_rules(text, FILE))
