"""How far windows reach: a rule may not ask for more rows than are read of a key."""

from __future__ import annotations

from risk.clause_rows import for_tier
from risk.live.card_facts import CARD_MAKERS
from risk.live.payee_facts import PAYEE_MAKERS
from risk.live.point_facts import CROWD
from risk.rules import Clause, RuleVersion
from risk.store.newest import MOST
from risk.templates.parameters import facts_of

OF_ROWS = frozenset({*CARD_MAKERS, *PAYEE_MAKERS, *CROWD, "point_drained_cards_30m"})
"""Facts that are counted over the newest rows of a card, a payee or a point."""

COUNTED = frozenset({"count", "distinct", "sequence_within", "pair_match"})


def beyond_sight(version: RuleVersion) -> str | None:
    """Return the clause that could never be reached in some tier, None where all can be."""
    for clause in version.clauses:
        if clause.template.name in COUNTED and OF_ROWS.intersection(facts_of(clause.params)):
            edges = (highest(for_tier(clause, factor)) for factor in version.factors.values())
            if max(edges) >= MOST:
                return clause.name
    return None


def highest(clause: Clause) -> int:
    """Return the highest edge, on a day on which more is usual."""
    busy_factor: int = getattr(clause.params, "busy_factor", 1)
    return clause.bands[-1].start * busy_factor
