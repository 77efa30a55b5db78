"""How many, how much, how many different ones, what share: the templates that most rules use."""

from __future__ import annotations

from dataclasses import dataclass

from risk.facts import EXITS, Exit, Kind, RiskFacts
from risk.templates.parameters import (
    ALL_OF_IT,
    Finding,
    Floors,
    Loosens,
    Params,
    a_fact,
    number,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Params):
    """A count reaches an edge; of a list of amounts, those that reach a share of the limit."""

    fact: str = a_fact("计数", "What is counted", Kind.COUNT, Kind.FENS)
    each_of_limit: int = number(
        "单项占限额比例",
        "Each at least this share of the limit",
        Kind.BP,
        Loosens.UP,
        high=ALL_OF_IT,
        default=0,
    )

    def floors(self) -> Floors:
        return {self.fact: self.edge}


def count(facts: RiskFacts, params: Count) -> Finding | Exit | None:
    seen = facts[params.fact]
    if seen is None:
        return EXITS[params.fact]
    if params.each_of_limit:
        edge = facts["withdrawal_limit"] * params.each_of_limit
        seen = sum(one * ALL_OF_IT >= edge for one in seen)
    return Finding(seen) if seen >= params.edge else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Params):
    """An amount or a sum of amounts reaches an edge."""

    fact: str = a_fact("金额", "Amount", Kind.FEN)

    def floors(self) -> Floors:
        return {self.fact: self.edge}


def sum_(facts: RiskFacts, params: Sum) -> Finding | Exit | None:
    seen = facts[params.fact]
    if seen is None:
        return EXITS[params.fact]
    return Finding(seen) if seen >= params.edge else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct(Params):
    """So many different ones; on a market or pension day so many times more are usual."""

    fact: str = a_fact("不同对象数", "How many different ones", Kind.COUNT)
    busy_factor: int = number(
        "赶集日或发放日倍数",
        "Times more on a market or pension day",
        Kind.COUNT,
        Loosens.UP,
        low=1,
        high=10,
        default=1,
    )

    def floors(self) -> Floors:
        return {self.fact: self.edge}


def distinct(facts: RiskFacts, params: Distinct) -> Finding | Exit | None:
    seen = facts[params.fact]
    if seen is None:
        return EXITS[params.fact]
    if seen < params.edge:
        return None
    if params.busy_factor == 1 or not facts["is_busy_day"]:
        return Finding(seen)
    edge = params.edge * params.busy_factor
    return Finding(seen, threshold=edge) if seen >= edge else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Params):
    """A share in basis points reaches an edge; where asked, it is also so many times the usual."""

    part: str = a_fact("分子", "Part", Kind.COUNT, Kind.FEN)
    whole: str = a_fact("分母", "Whole", Kind.COUNT, Kind.FEN)
    part_min: int = number("分子下限", "Part at least", None, Loosens.UP, scales=True, default=0)
    whole_min: int = number(
        "分母下限", "Whole at least", None, Loosens.UP, low=1, scales=True, default=1
    )
    usual_part: str = a_fact("历史分子", "Part before", Kind.COUNT, Kind.FEN, optional=True)
    usual_whole: str = a_fact("历史分母", "Whole before", Kind.COUNT, Kind.FEN, optional=True)
    usual_factor: int = number(
        "为历史占比的倍数",
        "Times the own usual share",
        Kind.BP,
        Loosens.UP,
        high=100 * ALL_OF_IT,
        default=0,
    )
    history_min: int = number("历史分母下限", "Whole before at least", None, Loosens.UP, default=0)

    def floors(self) -> Floors:
        return {self.whole: self.whole_min, self.part: max(self.part_min, 1)}


def ratio(facts: RiskFacts, params: Ratio) -> Finding | Exit | None:
    part, whole = facts[params.part], facts[params.whole]
    if part is None or whole is None:
        return EXITS[params.part if part is None else params.whole]
    if whole < params.whole_min or part < params.part_min:
        return None
    share = part * ALL_OF_IT // whole
    if share < params.edge:
        return None
    return unusual(share, part, whole, facts, params) if params.usual_part else Finding(share)


def unusual(
    share: int, part: int, whole: int, facts: RiskFacts, params: Ratio
) -> Finding | Exit | None:
    """Compare with the own history; the share of an empty one is nothing."""
    usual_part, usual_whole = facts[params.usual_part], facts[params.usual_whole]
    if usual_whole < params.history_min:
        return Exit.NO_HISTORY
    if part * usual_whole * ALL_OF_IT < params.usual_factor * usual_part * whole:
        return None
    return Finding(share, usual_part * ALL_OF_IT // usual_whole if usual_whole else 0)
