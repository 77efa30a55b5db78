"""The twelve templates: each a pure function of facts and parameters, and one row of this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from risk.facts import FACTS, Exit, Kind, RiskFacts
from risk.templates import counting, habit, order, place
from risk.templates.parameters import Finding, Params
from risk.vocabulary import LIST_MATCH

__all__ = ["TEMPLATES", "Finding", "Params", "Template"]

Function: TypeAlias = Callable[[RiskFacts, Any], Finding | Exit | None]


@dataclass(frozen=True, slots=True)
class Template:
    """One template; its bands have ``unit``, or the unit of the first fact in ``unit_from``."""

    name: str
    label: str
    label_en: str
    function: Function
    params: type[Params]
    unit: str = Kind.COUNT.value
    unit_from: tuple[str, ...] = ()

    def unit_of(self, params: Params) -> str:
        """Return the unit in which bands over these parameters are written."""
        sources = (getattr(params, name) for name in self.unit_from)
        source = next(filter(None, sources), None)
        return FACTS[source].kind.value if source else self.unit


TEMPLATES: dict[str, Template] = {
    template.name: template
    for template in (
        Template("count", "计数", "Count", counting.count, counting.Count),
        Template("sum", "求和", "Sum", counting.sum_, counting.Sum, "fen"),
        Template("distinct", "去重计数", "Distinct", counting.distinct, counting.Distinct),
        Template("ratio", "占比", "Ratio", counting.ratio, counting.Ratio, "bp"),
        Template(
            "sequence_within",
            "先后发生",
            "Sequence",
            order.sequence_within,
            order.SequenceWithin,
        ),
        Template("pair_match", "成对往返", "Pairs", order.pair_match, order.PairMatch),
        Template("geo_speed", "位移速度", "Speed", place.geo_speed, place.GeoSpeed, "km_h"),
        Template(
            "geo_distance", "位置偏移", "Distance", place.geo_distance, place.GeoDistance, "m"
        ),
        Template(
            "baseline_exceed",
            "偏离基线",
            "Above the own baseline",
            habit.baseline_exceed,
            habit.BaselineExceed,
            unit_from=("fact",),
        ),
        Template(
            "schedule",
            "营业时段",
            "Schedule",
            habit.schedule,
            habit.Schedule,
        ),
        Template(
            "inactivity",
            "闲置",
            "Inactivity",
            habit.inactivity,
            habit.Inactivity,
            unit_from=("then", "idle"),
        ),
        Template(LIST_MATCH, "名单", "List", habit.list_match, habit.ListMatch),
    )
}
