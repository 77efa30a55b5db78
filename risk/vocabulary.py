"""The words of the watch: lanes, modes, severities, tiers, feeds; and what can be done to what."""

from __future__ import annotations

from enum import StrEnum

from pos_sim.domain.requests import Business
from pos_sim.domain.watching import Verdict


class Lane(StrEnum):
    """When a rule is asked."""

    INLINE = "inline"  # before the money moves
    POST = "post"  # after the decision, in its database transaction; alerts only
    BATCH = "batch"  # the daily patrol 日终巡检; alerts only


class Mode(StrEnum):
    """How far a rule may go."""

    SHADOW = "shadow"  # leaves evidence, does nothing
    ALERT_ONLY = "alert_only"  # may alert
    ENFORCE = "enforce"  # may do what its bands say


class Severity(StrEnum):
    """How grave a hit is; also decides how soon somebody must look."""

    LOW = "low"  # 低
    MEDIUM = "medium"  # 中
    HIGH = "high"  # 高
    CRITICAL = "critical"  # 严重

    @property
    def rank(self) -> int:
        """Return 0 for the mildest."""
        return RANKS[self]


RANKS: dict[Severity, int] = {severity: rank for rank, severity in enumerate(Severity)}

SEVERITY_NAMES: dict[Severity, str] = {
    Severity.LOW: "低",
    Severity.MEDIUM: "中",
    Severity.HIGH: "高",
    Severity.CRITICAL: "严重",
}


class Tier(StrEnum):
    """分类分级: how closely a point is watched; A the loosest, D the tightest."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Feed(StrEnum):
    """The workflow that a hit is handed to."""

    CONTROL = "TC"  # 业务控制
    VERIFICATION = "FV"  # 后督核查
    ANNUAL_REVIEW = "AR"  # 提前年审
    FREEZE_PROPOSAL = "FP"  # 冻结建议
    IDLE_VISIT = "IV"  # 闲置走访


class Proposal(StrEnum):
    """What a hit asks a person to do at once, beside its feeds."""

    CALL_BACK = "call_back"  # 弹屏并回访
    PAUSE_TERMINAL = "pause_terminal"  # 暂停终端
    STOP_SUBSIDY = "stop_subsidy"  # 暂停补贴


class Outcome(StrEnum):
    """What became of a rule that spoke."""

    HIT = "hit"
    SHADOW = "shadow"
    SUPPRESSED = "suppressed"
    ERROR = "error"


class ScopeKind(StrEnum):
    """About whom a rule speaks: one open alert per rule, scope kind and scope value."""

    CARD = "card"
    POINT = "point"
    TERMINAL = "terminal"
    PAYEE = "payee"
    PAYER = "payer"
    BILL = "bill"
    SERIAL = "serial"


DECISIONS: dict[str, Verdict] = {
    "allow": Verdict.ALLOW,
    "alert": Verdict.ALERT,
    "hold": Verdict.HOLD,
    "decline": Verdict.DECLINE,
}
"""The decision ladder as a rulebook writes it."""

UP_TO_ALERT = frozenset({Verdict.ALLOW, Verdict.ALERT})

POSSIBLE: dict[Business, frozenset[Verdict]] = {
    Business.WITHDRAWAL: frozenset(Verdict) - {Verdict.HOLD},  # cash leaves at once
    Business.TRANSFER: frozenset(Verdict),
    Business.CASH_REMITTANCE: frozenset(Verdict),
    Business.BILL_PAYMENT: frozenset(Verdict) - {Verdict.HOLD},  # the biller may have posted
    Business.REVERSAL: UP_TO_ALERT,
    Business.BALANCE_INQUIRY: UP_TO_ALERT,
}
"""What can be decided about each business (catalogue, section 2)."""

LIST_MATCH = "list_match"


def possible(business: Business | None, lane: Lane, template: str) -> frozenset[Verdict]:
    """Return what a clause may decide; an inquiry is declined by a list and by nothing else."""
    if business is None or lane is not Lane.INLINE:
        return UP_TO_ALERT
    if business is Business.BALANCE_INQUIRY and template == LIST_MATCH:
        return UP_TO_ALERT | {Verdict.DECLINE}
    return POSSIBLE[business]


def limited(verdict: Verdict, to: frozenset[Verdict]) -> Verdict:
    """Return the strongest possible decision that is no stronger than ``verdict``.

    >>> limited(Verdict.HOLD, POSSIBLE[Business.WITHDRAWAL]).name
    'ALERT'
    """
    return max(choice for choice in to if choice <= verdict)
