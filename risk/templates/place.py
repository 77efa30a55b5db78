"""Where: how fast a card travels, how far a terminal has drifted."""

from __future__ import annotations

from dataclasses import dataclass

from risk.facts import EXITS, Exit, Kind, RiskFacts
from risk.templates.parameters import Finding, Floors, Loosens, Params, a_fact, number

ONE_SECOND = 1 / 60
"""In minutes: the shortest time between two places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoSpeed(Params):
    """Faster than anybody can travel, over more than a walk; bands in km/h."""

    km: str = a_fact("距离", "Distance", Kind.KM)
    minutes: str = a_fact("用时", "Time", Kind.MINUTES)
    km_above: int = number(
        "距离超过", "Further than", Kind.KM, Loosens.UP, low=1, high=1_000, scales=True
    )

    def floors(self) -> Floors:
        return {self.km: self.km_above}


def geo_speed(facts: RiskFacts, params: GeoSpeed) -> Finding | Exit | None:
    km, minutes = facts[params.km], facts[params.minutes]
    if km is None or minutes is None:
        return EXITS[params.km if km is None else params.minutes]
    if km <= params.km_above:
        return None
    speed = km * 60 / max(minutes, ONE_SECOND)
    return Finding(speed) if speed >= params.edge else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoDistance(Params):
    """The last two readings of a terminal, both accurate, both far from its registered place."""

    now: str = a_fact("本次偏移", "Now", Kind.METERS)
    now_accuracy: str = a_fact("本次精度", "Accuracy now", Kind.METERS)
    before: str = a_fact("上次偏移", "Before", Kind.METERS)
    before_accuracy: str = a_fact("上次精度", "Accuracy before", Kind.METERS)
    accuracy_below: int = number(
        "精度优于", "Accuracy better than", Kind.METERS, Loosens.DOWN, low=1, high=5_000
    )

    def floors(self) -> Floors:
        return {self.now: self.edge, self.before: self.edge}


def geo_distance(facts: RiskFacts, params: GeoDistance) -> Finding | Exit | None:
    now, before = facts[params.now], facts[params.before]
    if now is None or before is None:
        return EXITS[params.now if now is None else params.before]
    nearer = min(now, before)
    if nearer < params.edge:
        return None
    worse = max(facts[params.now_accuracy], facts[params.before_accuracy])
    return Finding(nearer) if worse < params.accuracy_below else None
