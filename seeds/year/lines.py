"""The report of a year: its lines, each figure with its unit in the name."""

from __future__ import annotations

from dataclasses import dataclass

from seeds.traffic.lines import (
    AuditLine,
    BusinessLine,
    FeeLines,
    RefusalLine,
    ReversalLines,
    RuleLine,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """What stands of one day, all businesses together and one by one."""

    date: str
    count: int
    amount_fen: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourLine:
    """What stands of one hour of the day on one weekday (Monday is 0), over the whole span."""

    weekday: int
    hour: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointVolume:
    """One service point, where it is, and what stands of its business."""

    service_point_id: str
    name: str
    latitude: float
    longitude: float
    count: int
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """How many of something: points of a grade, cases of a kind."""

    key: str
    title: str
    title_en: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long the run of this process took: the only figures that differ from run to run.

    ``cpu_s``: processor time of planning, engine and day ends together, without seeding.
    """

    requests: int
    planning_s: float
    engine_s: float
    closing_s: float
    requests_per_s: int
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YearReport:
    """A year of the network, or its first days; everything but ``pace`` follows from the seeds."""

    bank_id: str
    year: int
    first_day: str
    last_day: str
    days: int
    size: str
    world_seed: int
    seed: int
    policy_versions: list[str]
    record_title: str
    record_title_en: str
    record_points: int
    network_points: int
    businesses: list[BusinessLine]
    total_count: int
    record_total_count: float
    refusals: list[RefusalLine]
    reversals: ReversalLines
    fees: FeeLines
    rules: list[RuleLine]
    idle: list[CountLine]
    workflows: list[CountLine]
    statuses: list[CountLine]
    alerts: list[CountLine]
    grades: list[CountLine]
    by_day: list[DayLine]
    by_hour: list[HourLine]
    points: list[PointVolume]
    audit: list[AuditLine]
    pace: Pace
