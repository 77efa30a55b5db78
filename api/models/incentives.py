"""激励 Commission and subsidy of the points for one month."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from risk.incentive_statements import OfMonth, OfPoint
from risk.incentives import PART_WORDS, STOP_WORDS, STOPS, Line, Part, Statement, Stop, told


class CommissionLine(BaseModel):
    """One business: approved by hand at this point, and not reversed."""

    business: str
    count: int
    each_fen: int
    amount_fen: int

    @classmethod
    def of(cls, line: Line) -> Self:
        return cls(
            business=line.business.value,
            count=line.count,
            each_fen=line.each,
            amount_fen=line.amount,
        )


class EarnedPart(BaseModel):
    """One part of what was earned; `stopped_fen` of it is not paid."""

    part: str = Field(description="`commission` 佣金 · `subsidy` 星级补贴 · `bonus` 业务量奖励")
    title: str
    title_en: str
    earned_fen: int
    stopped_fen: int

    @classmethod
    def of(cls, part: Part, statement: Statement) -> Self:
        title, title_en = PART_WORDS[part]
        return cls(
            part=part.value,
            title=title,
            title_en=title_en,
            earned_fen=statement.earned[part],
            stopped_fen=statement.stopped.get(part, 0),
        )


class StopShown(BaseModel):
    """停发 One reason why something is not paid."""

    reason: str = Field(description="`frozen` 冻结 · `controlled` 业务控制 · `not_open`")
    title: str
    title_en: str
    stops: list[str] = Field(description="The parts that it stops")

    @classmethod
    def of(cls, stop: Stop) -> Self:
        title, title_en = STOP_WORDS[stop]
        stops = sorted(part.value for part in STOPS[stop])
        return cls(reason=stop.value, title=title, title_en=title_en, stops=stops)


class IncentiveShown(BaseModel):
    """激励 The statement of one point. `payable_fen` = earned − stopped; nothing is posted."""

    service_point_id: str
    name: str
    status: str
    star_grade: int = Field(description="Of the month if it was graded, else the register's")
    lines: list[CommissionLine]
    parts: list[EarnedPart]
    stops: list[StopShown]
    earned_fen: int
    stopped_fen: int
    payable_fen: int
    text: str
    text_en: str

    @classmethod
    def of(cls, one: OfPoint) -> Self:
        statement = one.statement
        text, text_en = told(statement)
        return cls(
            service_point_id=one.point.point,
            name=one.point.name,
            status=one.point.status.value,
            star_grade=one.point.star_grade,
            lines=[CommissionLine.of(line) for line in statement.lines],
            parts=[EarnedPart.of(part, statement) for part in Part],
            stops=[StopShown.of(stop) for stop in statement.stops],
            earned_fen=statement.total,
            stopped_fen=statement.total - statement.payable,
            payable_fen=statement.payable,
            text=text,
            text_en=text_en,
        )


class IncentiveReport(BaseModel):
    """激励 A page of statements for one month."""

    month: str = Field(description="YYYY-MM")
    has_ended: bool = Field(description="false: what was earned so far")
    policy_version: str
    policy_title: str
    policy_title_en: str
    certainty: str = Field(description="`assumed`: the amounts are this project's examples")
    items: list[IncentiveShown]
    next_cursor: str | None

    @classmethod
    def of(cls, month: OfMonth, next_cursor: str | None) -> Self:
        policy = month.policy
        return cls(
            month=f"{month.month:%Y-%m}",
            has_ended=month.has_ended,
            policy_version=policy.version,
            policy_title=policy.title,
            policy_title_en=policy.title_en,
            certainty=policy.origin.certainty.value,
            items=[IncentiveShown.of(one) for one in month.items],
            next_cursor=next_cursor,
        )
