"""激励 What a point earns in a month, and what stops it: numbers in, a statement out.

Earning and stopping are kept apart, so that a statement shows what was earned and why it is not
paid. Nothing here pays: a statement is a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pos_sim.domain.money import ZERO, Fen, in_yuan
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.tariff import Origin
from risk.grades import Steps, worth_of

MOVES = frozenset(
    {Business.WITHDRAWAL, Business.CASH_REMITTANCE, Business.TRANSFER, Business.BILL_PAYMENT}
)
PAID = (*sorted(MOVES), Business.BALANCE_INQUIRY)
"""Businesses in the order of a statement."""


class Part(StrEnum):
    """What a statement is made of."""

    COMMISSION = "commission"  # 佣金
    SUBSIDY = "subsidy"  # 星级补贴
    BONUS = "bonus"  # 业务量奖励


PART_WORDS: dict[Part, tuple[str, str]] = {
    Part.COMMISSION: ("交易佣金", "Commission"),
    Part.SUBSIDY: ("星级补贴", "Subsidy by star grade"),
    Part.BONUS: ("业务量奖励", "Bonus by volume"),
}


class Stop(StrEnum):
    """Why something earned is not paid."""

    FROZEN = "frozen"
    CONTROLLED = "controlled"
    NOT_OPEN = "not_open"


STOP_WORDS: dict[Stop, tuple[str, str]] = {
    Stop.FROZEN: ("当月服务点被冻结", "Frozen in this month"),
    Stop.CONTROLLED: ("当月受业务控制", "Under control in this month"),
    Stop.NOT_OPEN: ("试营业或已退出", "On trial, or exited"),
}
STOPS: dict[Stop, frozenset[Part]] = {
    Stop.FROZEN: frozenset(Part),
    Stop.CONTROLLED: frozenset({Part.SUBSIDY, Part.BONUS}),
    Stop.NOT_OPEN: frozenset({Part.SUBSIDY, Part.BONUS}),
}
"""The parts that each reason stops; work that was done is paid unless the point was frozen."""

NOT_OPEN = frozenset({PointStatus.TRIAL, PointStatus.EXITED})


@dataclass(frozen=True, slots=True, kw_only=True)
class IncentivePolicy:
    """One dated version; ``commission`` in fen a transaction, the steps in fen a month."""

    version: str
    effective_from: date
    title: str
    title_en: str
    origin: Origin
    commission: Mapping[Business, Fen]
    commission_max: Fen
    subsidy: Steps
    bonus: Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A month of one point: approved transactions that were not reversed, and what was ordered.

    ``status`` is the one at the end of the month.
    """

    counts: Mapping[Business, int]
    star_grade: int
    status: PointStatus
    was_frozen: bool
    was_controlled: bool

    @property
    def moves(self) -> int:
        return sum(n for business, n in self.counts.items() if business in MOVES)


@dataclass(frozen=True, slots=True)
class Line:
    """One business: so many at so much."""

    business: Business
    count: int
    each: Fen

    @property
    def amount(self) -> Fen:
        return Fen(self.count * self.each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was earned by part, why some of it is stopped, and what is left to pay."""

    lines: tuple[Line, ...]
    earned: Mapping[Part, Fen]
    stops: tuple[Stop, ...]

    @property
    def total(self) -> Fen:
        return Fen(sum(self.earned.values()))

    @property
    def stopped(self) -> Mapping[Part, Fen]:
        gone = frozenset[Part]().union(*(STOPS[stop] for stop in self.stops))
        return {part: fen for part, fen in self.earned.items() if part in gone}

    @property
    def payable(self) -> Fen:
        return Fen(self.total - sum(self.stopped.values()))


def statement_of(work: Work, policy: IncentivePolicy) -> Statement:
    """Return the statement of a month."""
    lines = tuple(
        Line(business, work.counts.get(business, 0), policy.commission[business])
        for business in PAID
    )
    commission = min(sum(line.amount for line in lines), policy.commission_max)
    return Statement(
        lines=lines,
        earned={
            Part.COMMISSION: Fen(commission),
            Part.SUBSIDY: Fen(worth_of(policy.subsidy, work.star_grade)),
            Part.BONUS: Fen(worth_of(policy.bonus, work.moves)) if work.moves else ZERO,
        },
        stops=tuple(stops_of(work)),
    )


def stops_of(work: Work) -> Iterable[Stop]:
    """Give every reason that holds."""
    reasons = {
        Stop.FROZEN: work.was_frozen,
        Stop.CONTROLLED: work.was_controlled,
        Stop.NOT_OPEN: work.status in NOT_OPEN,
    }
    return (stop for stop, holds in reasons.items() if holds)


def told(statement: Statement) -> tuple[str, str]:
    """Return the statement as one sentence in Chinese and one in English."""
    parts = "、".join(
        f"{PART_WORDS[part][0]}{in_yuan(fen)}元" for part, fen in statement.earned.items()
    )
    parts_en = ", ".join(
        f"{PART_WORDS[part][1].lower()} {in_yuan(fen)}" for part, fen in statement.earned.items()
    )
    why = "；".join(STOP_WORDS[stop][0] for stop in statement.stops)
    why_en = "; ".join(STOP_WORDS[stop][1].lower() for stop in statement.stops)
    held = in_yuan(Fen(statement.total - statement.payable))
    text = f"{parts}" + (f"；{why}，停发{held}元" if why else "")
    text_en = f"{parts_en} yuan" + (f"; {why_en}: {held} stopped" if why else "")
    payable = in_yuan(statement.payable)
    return f"{text}；应发{payable}元。", f"{text_en}; {payable} payable."
