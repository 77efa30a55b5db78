"""Facts of an ordinary transaction: nothing in them makes any rule speak."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from pos_sim.domain.money import yuan
from pos_sim.domain.watching import Verdict
from risk.facts import FACTS, Kind
from risk.rulebook import Rulebook, shipped
from risk.rules import Hit
from risk.vocabulary import Tier

ORDINARY_DAY = date(2026, 3, 2)
AT = 1_772_416_800_000_000
"""2026-03-02 10:00 in Shanghai, in microseconds."""
MINUTE = 60_000_000

EMPTY: dict[Kind, Any] = {
    Kind.COUNT: 0,
    Kind.FEN: 0,
    Kind.FLAG: False,
    Kind.MINUTES: 0,
    Kind.DAYS: 0,
    Kind.TEXTS: (),
    Kind.FENS: (),
    Kind.MOVES: (),
}

ORDINARY: dict[str, Any] = {
    **{fact.name: None if fact.null else EMPTY[fact.kind] for fact in FACTS.values()},
    "business": "withdrawal",
    "amount": yuan(300),
    "card": "7",
    "point": "SP0001",
    "terminal": "52010001",
    "terminal_kind": "pos",
    "holder_age": 45,
    "balance": yuan(5_000),
    "card_is_present": True,
    "minute_of_day": 600,
    "withdrawal_limit": yuan(2_000),
    "card_requests_24h": 1,
    "card_points_24h": 1,
    "card_points_7d": 1,
    "card_day_sums_7d": (yuan(300),),
    "card_withdrawals_today": 1,
    "card_withdrawn_today": yuan(300),
    "card_withdrawal_points_today": 1,
    "card_pin_failures_today": 0,
    "card_outflows_24h": ((AT, yuan(300)),),
    "card_credits_24h": (),
    "card_reversals_24h": 0,
    "card_payee_paid_180d": 0,
    "limit_declines_24h": (),
    "point_was_used": True,
    "point_moves_today": 1,
    "point_moved_today": yuan(300),
    "point_withdrawals_today": 1,
    "point_withdrawn_today": yuan(300),
}


@cache
def rulebook() -> Rulebook:
    return shipped().on(ORDINARY_DAY)


def facts(**changes: Any) -> dict[str, Any]:
    """Return ordinary facts with changes; a name that no fact has is a mistake of the test."""
    assert changes.keys() <= FACTS.keys(), changes.keys() - FACTS.keys()
    return {**ORDINARY, **changes}


def hits_of(rule_id: str, tier: Any = Tier.B, **changes: Any) -> tuple[Hit, ...]:
    """Return what one rule says about ordinary facts with changes."""
    lane = rulebook().versions[rule_id].lane
    hits = rulebook().evaluate(facts(**changes), lane, tier)
    return tuple(hit for hit in hits if hit.rule_id == rule_id)


def said(rule_id: str, tier: Any = Tier.B, **changes: Any) -> str | None:
    """Return severity and decision of the one hit of a rule, None where it is silent."""
    hits = hits_of(rule_id, tier, **changes)
    assert len(hits) <= 1, hits
    return f"{hits[0].severity.value} {name_of(hits[0].decision)}" if hits else None


def name_of(verdict: Verdict) -> str:
    return verdict.name.lower()
