"""Plans: what is asked in one lane about one business in one tier, with its numbers worked out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from pos_sim.domain.requests import Business
from pos_sim.domain.watching import Verdict
from risk.clause_rows import for_tier
from risk.facts import SCOPE_FACTS
from risk.gates import Gate, gates_of
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
    """One clause with the numbers of a tier and the decisions about a business.

    Where one of its ``gates`` is closed, it has nothing to say.
    """

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
        reached = find(self.starts, observed)
        return reached - 1 if reached else None


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One rule ready to be asked."""

    rule: RuleVersion
    clauses: tuple[CompiledClause, ...]
    needs: frozenset[str]
    error_decision: Verdict


class Question(NamedTuple):
    """One clause as it is asked, behind the gates that are still to be tried."""

    gates: tuple[Gate, ...]
    rule: CompiledRule
    clause: CompiledClause


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """What is plain about one kind of requests, and the names of all facts about them.

    ``most``: how high a number, or how long a list, can be. All requests of a kind share one
    object, so that rules are sorted out once a kind.
    """

    business: str
    facts: Mapping[str, Any]
    most: Mapping[str, int]
    names: Set[str]

    def closes(self, gate: Gate) -> bool:
        """Say whether it is plain that a gate is closed."""
        if gate.fact in self.facts:
            return gate.is_below(self.facts[gate.fact], gate.floor)
        return gate.fact in self.most and self.most[gate.fact] < gate.floor


class Asked(NamedTuple):
    """The clauses to ask, rule by rule; ``lacks``: some rule needs a fact that nobody has."""

    questions: tuple[Question, ...]
    lacks: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked in one lane about one business in one tier."""

    questions: tuple[Question, ...]
    needs: frozenset[str]

    def among(self, names: Set[str]) -> Asked:
        """Return everything that is asked, where these facts can be known."""
        return Asked(self.questions, lacks=not names >= self.needs)

    def left(self, plain: Plain) -> Asked:
        """Leave out clauses that are plainly silent, and gates that are plainly open.

        A rule that lacks a fact must say so, whatever is plain.
        """
        asked = self.among(plain.names)
        if asked.lacks:
            return asked
        left = (
            question._replace(gates=tuple(g for g in question.gates if g.fact not in plain.facts))
            for question in asked.questions
            if not any(map(plain.closes, question.gates))
        )
        return Asked(tuple(left), lacks=False)


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
    questions = (Question(clause.gates, rule, clause) for rule in rules for clause in rule.clauses)
    return Plan(tuple(questions), frozenset().union(*(rule.needs for rule in rules)))


def compiled(rule: RuleVersion, tier: Tier, business: Business | None) -> CompiledRule:
    here = [for_tier(clause, rule.factors[tier]) for clause in rule.clauses]
    clauses = tuple(compiled_clause(rule, clause, tier, business) for clause in here)
    needs: frozenset[str] = frozenset().union(*(clause.needs for clause in rule.clauses))
    can = possible(business, rule.lane, rule.clauses[0].template.name)
    error_decision = limited(min(rule.on_error, MOST_IN[rule.mode]), can)
    return CompiledRule(rule, clauses, needs, error_decision)


def compiled_clause(
    rule: RuleVersion, clause: Clause, tier: Tier, business: Business | None
) -> CompiledClause:
    """Work out a clause that has the numbers of the tier already."""
    return CompiledClause(
        clause=clause,
        function=clause.template.function,
        params=clause.params,
        gates=gates_of(clause),
        guards=tuple((one.fact, OPERATORS[one.op], one.value) for one in clause.guards),
        starts=tuple(band.start for band in clause.bands),
        decisions=tuple(
            min(band.decides(business, tier), MOST_IN[rule.mode]) for band in clause.bands
        ),
        scope_fact=SCOPE_FACTS[clause.scope],
    )
