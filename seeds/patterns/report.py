"""The report of a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from seeds.patterns.score import RuleLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskReport:
    """Everything but ``timing_s`` follows from the seed."""

    seed: int
    per_rule: int
    first_day: str
    season: str
    last_day: str
    places: int
    requests: int
    customers: int
    episodes: int
    rulebook: str
    lines: list[RuleLine]
    false: list[list[str]]
    customers_declined: int
    errors: int
    timing_s: float


def as_dict(report: RiskReport) -> dict[str, Any]:
    return asdict(report)
