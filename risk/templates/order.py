"""What follows upon what: the templates over lists of movements."""

from __future__ import annotations

from dataclasses import dataclass

from risk.facts import EXITS, Exit, Kind, RiskFacts
from risk.templates.parameters import (
    ALL_OF_IT,
    Finding,
    Floors,
    Loosens,
    Moves,
    Params,
    a_fact,
    number,
)

MINUTE_US = 60_000_000
A_DAY = 1_440


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceWithin(Params):
    """A first movement, then others that carry off a share of it in time; rounds are counted.

    The request in hand must belong to a round; it is the last of ``then``.
    """

    first: str = a_fact("先发生", "First", Kind.MOVES)
    then: str = a_fact("后发生", "Then", Kind.MOVES)
    within: int = number("间隔不超过", "Within", Kind.MINUTES, Loosens.DOWN, low=1, high=A_DAY)
    first_min: int = number(
        "首笔金额下限", "First at least", Kind.FEN, Loosens.UP, scales=True, default=0
    )
    share: int = number(
        "后续占首笔比例", "Share of the first", Kind.BP, Loosens.UP, high=ALL_OF_IT, default=0
    )

    def floors(self) -> Floors:
        return {self.first: 1}


def sequence_within(facts: RiskFacts, params: SequenceWithin) -> Finding | Exit | None:
    firsts = facts[params.first]
    if not firsts:
        return EXITS[params.first] if firsts is None else None
    thens = facts[params.then]
    if not thens:
        return EXITS[params.then] if thens is None else None
    rounds = rounds_of(firsts, thens, params)
    return Finding(rounds) if rounds >= params.edge else None


def rounds_of(firsts: Moves, thens: Moves, params: SequenceWithin) -> int:
    """Return the completed rounds, 0 if the last movement belongs to none.

    Every later movement is spent on the earliest firsts that still wait for it.
    """
    within = params.within * MINUTE_US
    missing = [
        [at, max(-(-amount * params.share // ALL_OF_IT), 1)]
        for at, amount in firsts
        if amount >= params.first_min
    ]
    belongs = False
    for at, amount in thens:
        left, belongs = amount, False
        for one in missing:
            if not 0 <= at - one[0] <= within:
                continue
            belongs = True
            taken = min(left, one[1])
            one[1] -= taken
            left -= taken
    return sum(one[1] == 0 for one in missing) if belongs else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMatch(Params):
    """Movements out and back again of about the same amount, each used for one pair.

    The request in hand must close a pair; it is the last of ``back``.
    """

    out: str = a_fact("支出", "Out", Kind.MOVES)
    back: str = a_fact("回流", "Back", Kind.MOVES)
    within: int = number("间隔不超过", "Within", Kind.MINUTES, Loosens.DOWN, low=1, high=7 * A_DAY)
    tolerance: int = number("金额允差", "Tolerance", Kind.BP, Loosens.DOWN, high=ALL_OF_IT // 2)

    def floors(self) -> Floors:
        return {self.out: self.edge, self.back: self.edge}


def pair_match(facts: RiskFacts, params: PairMatch) -> Finding | Exit | None:
    outs, backs = facts[params.out], facts[params.back]
    if outs is None or backs is None:
        return EXITS[params.out if outs is None else params.back]
    if len(outs) < params.edge or len(backs) < params.edge:
        return None
    pairs = pairs_of(outs, backs, params)
    return Finding(pairs) if pairs >= params.edge else None


def pairs_of(outs: Moves, backs: Moves, params: PairMatch) -> int:
    """Return how many pairs there are, 0 if the last movement back closes none."""
    within, open_outs, pairs, closes = params.within * MINUTE_US, list(outs), 0, False
    for at, amount in backs:
        match = next(
            (
                out
                for out in open_outs
                if 0 <= at - out[0] <= within
                and abs(amount - out[1]) * ALL_OF_IT <= out[1] * params.tolerance
            ),
            None,
        )
        closes = match is not None
        if match is not None:
            open_outs.remove(match)
            pairs += 1
    return pairs if closes else 0
