"""What is usual: own history, opening hours, idleness, lists."""

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
    words,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineExceed(Params):
    """More than so many times the own high mark, and more than the edge."""

    fact: str = a_fact("当日值", "Today", Kind.COUNT, Kind.FEN)
    usual: str = a_fact("历史高位", "Own high mark", Kind.COUNT, Kind.FEN)
    days: str = a_fact("历史天数", "Days of history", Kind.COUNT)
    history_min: int = number(
        "历史天数下限", "Days of history at least", Kind.COUNT, Loosens.UP, low=1, high=28
    )
    factor: int = number(
        "为历史高位的倍数",
        "Times the high mark",
        Kind.BP,
        Loosens.UP,
        low=ALL_OF_IT,
        high=100 * ALL_OF_IT,
    )

    def floors(self) -> Floors:
        return {self.fact: self.edge}


def baseline_exceed(facts: RiskFacts, params: BaselineExceed) -> Finding | Exit | None:
    seen = facts[params.fact]
    if seen < params.edge:
        return None
    usual = facts[params.usual]
    if usual is None or facts[params.days] < params.history_min:
        return Exit.NO_HISTORY
    if seen * ALL_OF_IT <= usual * params.factor:
        return None
    return Finding(seen, usual, max(params.edge, usual * params.factor // ALL_OF_IT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Params):
    """Outside the opening hours, from an amount on; the bands count how often lately."""

    fact: str = a_fact("近期次数", "How often lately", Kind.COUNT)
    outside: str = a_fact("营业时间外", "Outside hours", Kind.MINUTES)
    minute: str = a_fact("当日时刻", "Minute of the day", Kind.MINUTES)
    amount: str = a_fact("金额", "Amount", Kind.FEN)
    slack: int = number("宽限", "Slack", Kind.MINUTES, Loosens.UP, high=720)
    amount_min: int = number("金额下限", "Amount at least", Kind.FEN, Loosens.UP)
    since: int = number("起始时刻", "From", Kind.MINUTES, None, high=1_439, default=0)
    until: int = number("截止时刻", "Until", Kind.MINUTES, None, low=1, high=1_440, default=1_440)

    def floors(self) -> Floors:
        return {self.amount: self.amount_min, self.outside: self.slack}


def schedule(facts: RiskFacts, params: Schedule) -> Finding | Exit | None:
    if facts[params.outside] <= params.slack or facts[params.amount] < params.amount_min:
        return None
    if not params.since <= facts[params.minute] < params.until:
        return None
    seen = facts[params.fact]
    return Finding(seen) if seen >= params.edge else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactivity(Params):
    """Time passed without anything; where ``then`` is given, the bands count what woke it."""

    idle: str = a_fact("闲置时长", "Idle time", Kind.DAYS, Kind.MINUTES)
    idle_min: int = number(
        "闲置时长下限", "Idle at least", None, Loosens.UP, high=3_650, scales=True, default=0
    )
    then: str = a_fact("随后活动", "What woke it", Kind.COUNT, Kind.FEN, optional=True)

    def floors(self) -> Floors:
        if self.then:
            return {self.idle: self.idle_min, self.then: self.edge}
        return {self.idle: max(self.idle_min, self.edge)}


def inactivity(facts: RiskFacts, params: Inactivity) -> Finding | Exit | None:
    idle = facts[params.idle]
    if idle is None:
        return EXITS[params.idle]
    if idle < params.idle_min:
        return None
    seen = facts[params.then] if params.then else idle
    return Finding(seen, idle if params.then else None) if seen >= params.edge else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMatch(Params):
    """Something in the request stands on a list in force."""

    fact: str = a_fact("命中名单", "Lists matched", Kind.TEXTS)
    kinds: tuple[str, ...] = words("名单种类", "Kinds of list")

    def floors(self) -> Floors:
        return {self.fact: 1}


def list_match(facts: RiskFacts, params: ListMatch) -> Finding | Exit | None:
    matched = facts[params.fact]
    if not matched:
        return None
    seen = sum(kind in matched for kind in params.kinds)
    return Finding(seen) if seen >= params.edge else None
