"""The business day as a report."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field


class BusinessLine(BaseModel):
    """One business and answer code; amounts are of what was asked, fees of what was approved."""

    business: str
    response_code: str
    count: int
    amount_fen: int
    fee_before_waiver_fen: int
    fee_waived_fen: int
    fee_charged_fen: int


class FeesLine(BaseModel):
    """All fees of the day's approved businesses and charges, before reversals; fen."""

    before_waiver_fen: int
    waived_fen: int
    charged_fen: int


class WaivedLine(BaseModel):
    """减免 What one waiver gave up, and who bears it."""

    policy_id: str
    policy_version: str
    title: str
    title_en: str
    granted_by: str
    granted_by_en: str
    borne_by: str = Field(description="`issuer` 发卡行 · `acquirer` 收单行 · `platform` 平台")
    count: int
    waived_fen: int
    returned_count: int = Field(description="Of these and earlier ones, reversed on this day")
    returned_fen: int
    text: str = Field(examples=["助农取款免手续费: 149 笔, 减免 267.00 元"])
    text_en: str


class BorneLine(BaseModel):
    """Waived fees by who bears them, reversals taken off; fen."""

    borne_by: str
    waived_fen: int


class ReversedLine(BaseModel):
    """冲正 What reversals of this day really took back, of whatever day it was."""

    count: int
    amount_fen: int
    fee_returned_fen: int
    waiver_returned_fen: int


class BusinessDayReport(BaseModel):
    """营业日报 One business day."""

    business_date: date
    bank_id: str | None = Field(description="null: all banks' points")
    county: str | None = Field(description="null: everywhere")
    transaction_count: int
    lines: list[BusinessLine]
    fees: FeesLine
    waived: list[WaivedLine]
    borne: list[BorneLine]
    reversed: ReversedLine
