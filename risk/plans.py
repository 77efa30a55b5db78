"""Plans: what is asked in one lane about one business in one tier, with its numbers worked out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pos_sim.domain.requests import Business
from pos_sim.domain.watching import Verdict
from risk.clause_rows import for_tier
from risk.facts import SCOPE_FACTS
from risk.gates import Gate, common, gates_of
from risk.rules import OPERATORS, Clause, RuleVersion
from risk.vocabulary import POSSIBLE, Lane, Mode, Tier, limited, possible

MOST_IN: dict[Mode, Verdict] = {
    Mode.SHADOW: Verdict.ALLOW,
    Mode.ALERT_ONLY: Verdict.ALERT,
    Mode.ENFORCE: Verdict.DECLINE,
}


CompiledGuard: TypeAlias = tuple[str, Callable[[Any, Any], bool], Any]
"""A fact, and what must be true of it and the value; without a value it does not hold."""


@dataclass(frozen=True, slots=True)
class CompiledClause:
    """One clause with the numbers of a tier and the decisions about a business."""

    clause: Clause
    function: Any
    params: Any
    gates: tuple[Gate, ...]
    guards: tuple[CompiledGuard, ...]
    starts: tuple[int, ...]
    decisions: tuple[Verdict, ...]
    scope_fact: str

    def band_of(self, observed: float) -> int | None:
        """Return the number of the band, counted from 0, None below the first."""
        find = bisect_left if self.clause.is_above else bisect_right
        return find(self.starts, observed) - 1 if find(self.starts, observed) else None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One rule ready to be asked; ``gates``: where one is closed, no clause speaks."""

    rule: RuleVersion
    clauses: tuple[CompiledClause, ...]
    needs: frozenset[str]
    error_decision: Verdict
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked in one lane about one business in one tier."""

    rules: tuple[CompiledRule, ...]
    needs: frozenset[str]


PlanKey: TypeAlias = tuple[Lane, Tier, str | None]


def plans_of(versions: Sequence[RuleVersion]) -> dict[PlanKey, Plan]:
    """Work out every plan of a release."""
    keys: list[PlanKey] = [(Lane.BATCH, tier, None) for tier in Tier]
    keys += [
        (lane, tier, business.value)
        for lane in (Lane.INLINE, Lane.POST)
        for tier in Tier
        for business in POSSIBLE
    ]
    return {key: plan_of(versions, *key) for key in keys}


def plan_of(versions: Sequence[RuleVersion], lane: Lane, tier: Tier, name: str | None) -> Plan:
    business = Business(name) if name else None
    rules = tuple(
        compiled(version, tier, business)
        for version in versions
        if version.lane is lane and (business is None or business in version.businesses)
    )
    return Plan(rules, frozenset().union(*(rule.needs for rule in rules)))


def compiled(rule: RuleVersion, tier: Tier, business: Business | None) -> CompiledRule:
    here = [for_tier(clause, rule.factors[tier]) for clause in rule.clauses]
    gates = common([gates_of(clause) for clause in here])
    clauses = tuple(compiled_clause(rule, clause, tier, business, gates) for clause in here)
    needs: frozenset[str] = frozenset().union(*(clause.needs for clause in rule.clauses))
    can = possible(business, rule.lane, rule.clauses[0].template.name)
    error_decision = limited(min(rule.on_error, MOST_IN[rule.mode]), can)
    return CompiledRule(rule, clauses, needs, error_decision, gates)


def compiled_clause(
    rule: RuleVersion,
    clause: Clause,
    tier: Tier,
    business: Business | None,
    asked_before: tuple[Gate, ...],
) -> CompiledClause:
    """Work out a clause that has the numbers of the tier already."""
    return CompiledClause(
        clause=clause,
        function=clause.template.function,
        params=clause.params,
        gates=tuple(gate for gate in gates_of(clause) if gate not in asked_before),
        guards=tuple((one.fact, OPERATORS[one.op], one.value) for one in clause.guards),
        starts=tuple(band.start for band in clause.bands),
        decisions=tuple(
            min(band.decides(business, tier), MOST_IN[rule.mode]) for band in clause.bands
        ),
        scope_fact=SCOPE_FACTS[clause.scope],
    )
