"""From what a template found to a hit that explains itself; and the hit of a rule that failed."""

from __future__ import annotations

from risk.facts import RiskFacts
from risk.plans import CompiledClause, CompiledRule
from risk.rules import Hit, RuleVersion
from risk.sentences import filled
from risk.templates import Finding
from risk.vocabulary import Mode, Outcome, ScopeKind, Severity


def expect(facts: RiskFacts, rule: CompiledRule) -> None:
    """Raise KeyError where a fact that the rule needs is missing."""
    missing = rule.needs - facts.keys()
    if missing:
        raise KeyError(min(missing))


def keep_strongest(hits: list[Hit], hit: Hit | None) -> None:
    """Keep one hit per rule and scope: of several clauses the one that weighs most."""
    if hit is None:
        return
    for place, other in enumerate(hits):
        if (other.rule_id, other.scope) == (hit.rule_id, hit.scope):
            if _weight(hit) > _weight(other):
                hits[place] = hit
            return
    hits.append(hit)


def _weight(hit: Hit) -> tuple[int, int]:
    return hit.decision, hit.severity.rank


def hit_of(
    rule: RuleVersion, compiled: CompiledClause, found: Finding, facts: RiskFacts
) -> Hit | None:
    """Return the hit, None where the band edge itself is not yet in the band."""
    number = compiled.band_of(found.observed)
    if number is None:
        return None
    clause, band = compiled.clause, compiled.clause.bands[number]
    threshold = band.start if found.threshold is None else found.threshold
    own = {"observed": found.observed, "threshold": threshold, "baseline": found.baseline}
    scope, scope_value = _scope(clause.scope, compiled.scope_fact, facts)
    return Hit(
        rule_id=rule.rule_id,
        version=rule.version,
        title=rule.title,
        title_en=rule.title_en,
        outcome=Outcome.SHADOW if rule.mode is Mode.SHADOW else Outcome.HIT,
        clause=clause.name,
        band=number + 1,
        severity=band.severity,
        decision=compiled.decisions[number],
        scope=scope,
        scope_value=scope_value,
        observed=found.observed,
        threshold=threshold,
        baseline=found.baseline,
        unit=clause.unit,
        reason=filled(band.reason, facts, own, clause.unit, english=False),
        reason_en=filled(band.reason_en, facts, own, clause.unit, english=True),
        feeds=rule.feeds if band.feeds is None else band.feeds,
        proposes=clause.proposes,
        lane=rule.lane,
    )


def _scope(kind: ScopeKind, fact: str, facts: RiskFacts) -> tuple[ScopeKind, str]:
    """Return whom the hit is about; where there is no such one, the point."""
    value = facts.get(fact)
    if value is None:
        return ScopeKind.POINT, str(facts.get("point") or "")
    return kind, str(value)


def error_hit(rule: CompiledRule, facts: RiskFacts, accident: Exception) -> Hit:
    """A rule that failed says so: which, and what it lacked or stumbled over."""
    version = rule.rule
    what = f"{type(accident).__name__}: {accident}"
    scope, scope_value = _scope(ScopeKind.POINT, "point", facts)
    return Hit(
        rule_id=version.rule_id,
        version=version.version,
        title=version.title,
        title_en=version.title_en,
        outcome=Outcome.ERROR,
        clause="error",
        band=None,
        severity=Severity.MEDIUM,
        decision=rule.error_decision,
        scope=scope,
        scope_value=scope_value,
        observed=None,
        threshold=None,
        baseline=None,
        unit=None,
        reason=f"规则「{version.title}」未能完成判断（{what}），监测降级，请科技人员核查。",
        reason_en=f"Rule {version.title_en!r} could not judge ({what}); the watch is degraded.",
        lane=version.lane,
    )
