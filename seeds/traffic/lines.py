"""The report of one business day: its lines, each figure with its unit in the name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessLine:
    """What stands of one business at day end, beside a day's part of the record.

    ``count`` holds approved and held ones, without what was reversed. A record without an amount
    has None. Deviations are percent of the record's figure, None where nothing is compared: an
    amount that was misheard, or less than one operation a day.
    """

    business: str
    title: str
    title_en: str
    count: int
    held_count: int
    amount_fen: int
    mean_fen: int
    record_count: float
    record_amount_fen: int | None
    record_mean_fen: int | None
    count_deviation_percent: float | None
    amount_deviation_percent: float | None
    amount_is_compared: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalLine:
    """One answer code that said no, and how often; reversals are counted elsewhere."""

    response_code: str
    text: str
    text_en: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaivedLine:
    """减免: what one waiver gave up for operations that stand, and who bears it."""

    policy_id: str
    title: str
    title_en: str
    borne_by: str
    count: int
    waived_fen: int
    text: str
    text_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLines:
    """The fees of the operations that stand."""

    before_waiver_fen: int
    waived_fen: int
    charged_fen: int
    waived: list[WaivedLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointLine:
    """One service point and an amount of its own."""

    service_point_id: str
    name: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLines:
    """What the operators' settlement accounts got and gave; ``top``: who got most, net."""

    count: int
    received_fen: int
    paid_fen: int
    net_fen: int
    top: list[PointLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class TillLines:
    """Banknotes that went out and came in; below zero is the operator's own cash."""

    paid_out_fen: int
    taken_in_fen: int
    below_zero_count: int
    below_zero_fen: int
    lowest: list[PointLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine:
    """What one bank gets from the others and gives them for the day."""

    bank_id: str
    name: str
    name_en: str
    received_fen: int
    given_fen: int
    net_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalLines:
    """冲正: how many took something back, how many found nothing to take."""

    count: int
    amount_fen: int
    fee_returned_fen: int
    unknown_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """What one rule of the watch said. ``hits`` ask somebody for something, ``notes`` nobody.

    Several hits about one subject are one alert; ``held`` and ``declined`` count hits that asked
    for it, about requests that were refused for another reason as well.
    """

    rule_id: str
    title: str
    title_en: str
    alerts: int
    hits: int
    notes: int
    held: int
    declined: int
    errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One broken promise."""

    check: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the terminals sent; replays got the first answer again."""

    requests: int
    replays: int
    released: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long the engine took: the only figures that differ from run to run."""

    engine_s: float
    requests_per_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """One business day of the network; everything but ``timing`` follows from world and seed."""

    date: str
    size: str
    world_seed: int
    seed: int
    policy_version: str
    record_title: str
    record_title_en: str
    record_points: int
    record_days: int
    network_points: int
    serving_points: int
    market_points: int
    market_day_percent: int
    sent: Sent
    businesses: list[BusinessLine]
    total_count: int
    record_total_count: float
    refusals: list[RefusalLine]
    fees: FeeLines
    operators: OperatorLines
    tills: TillLines
    settlements: list[SettlementLine]
    reversals: ReversalLines
    rules: list[RuleLine]
    audit: list[AuditLine]
    timing: Timing
