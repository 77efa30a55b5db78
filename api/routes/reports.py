"""报表 The business day: what was done, what it cost, what was waived and who bears it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.auth import AnyKey
from api.desk import InSandbox
from api.models.reports import (
    BorneLine,
    BusinessDayReport,
    BusinessLine,
    FeesLine,
    ReversedLine,
    WaivedLine,
)
from api.models.tariff import BankId
from api.openapi import problems
from pos_sim.domain.calendar import business_date
from pos_sim.domain.money import in_yuan
from pos_sim.domain.policy import PolicySet
from pos_sim.store.query_days import (
    BusinessRow,
    DayFilter,
    ReversedRow,
    WaiverRow,
    by_business,
    by_waiver,
    reversed_on,
    taken_back,
)

router = APIRouter(prefix="/v1/reports", tags=["报表 Reports"])


class Wanted(BaseModel):
    """Which day, and where."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    day: date | None = Field(default=None, alias="date", description="Business date; today's")
    bank_id: BankId | None = Field(default=None, description="Bank of the points")
    county: Annotated[str, Field(pattern="^[0-9]{2,6}$")] | None = Field(
        default=None, description="County code; its first four digits name a prefecture"
    )


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that the report is made of, read at one moment."""

    businesses: Sequence[BusinessRow]
    waivers: Sequence[WaiverRow]
    returned: Sequence[WaiverRow]
    reversed: ReversedRow


@router.get(
    "/business-day",
    summary="营业日报 Business day",
    responses=problems(401, 403, 405, 422, 500, 503),
)
async def business_day(
    _key: AnyKey, sandbox: InSandbox, wanted: Annotated[Wanted, Query()]
) -> BusinessDayReport:
    """Count and fen by business and code, fees before waiver, waived by policy.

    With `bank_id` or `county` only what happened at points: charges have none.
    """
    chosen = DayFilter(
        business_date=wanted.day or business_date(sandbox.clock.now()),
        bank_id=wanted.bank_id,
        county=wanted.county,
    )
    day = await sandbox.database.read(partial(read_day, wanted=chosen))
    return report_of(day, chosen, sandbox.policies)


def read_day(connection: Connection, wanted: DayFilter) -> Day:
    return Day(
        by_business(connection, wanted),
        by_waiver(connection, wanted),
        taken_back(connection, wanted),
        reversed_on(connection, wanted),
    )


def report_of(day: Day, wanted: DayFilter, policies: PolicySet) -> BusinessDayReport:
    """Return the report of a day."""
    waived = waived_lines(day, policies)
    return BusinessDayReport(
        business_date=wanted.business_date,
        bank_id=wanted.bank_id,
        county=wanted.county,
        transaction_count=sum(row.count for row in day.businesses),
        lines=[business_line(row) for row in day.businesses],
        fees=fees_line(day.businesses),
        waived=waived,
        borne=borne_lines(waived),
        reversed=ReversedLine(
            count=day.reversed.count,
            amount_fen=day.reversed.amount,
            fee_returned_fen=day.reversed.fee_charged,
            waiver_returned_fen=day.reversed.fee_waived,
        ),
    )


def business_line(row: BusinessRow) -> BusinessLine:
    return BusinessLine(
        business=row.business,
        response_code=row.response_code,
        count=row.count,
        amount_fen=row.amount,
        fee_before_waiver_fen=row.fee_before,
        fee_waived_fen=row.fee_waived,
        fee_charged_fen=row.fee_charged,
    )


def fees_line(rows: Sequence[BusinessRow]) -> FeesLine:
    """Return the day's fees; a reversal's fee is one that went back, so it isn't among them."""
    earned = [row for row in rows if row.business != "reversal"]
    return FeesLine(
        before_waiver_fen=sum(row.fee_before for row in earned),
        waived_fen=sum(row.fee_waived for row in earned),
        charged_fen=sum(row.fee_charged for row in earned),
    )


def waived_lines(day: Day, policies: PolicySet) -> list[WaivedLine]:
    """Return one line a waiver and policy version, whether given, taken back or both."""
    given = {name_of(row): row for row in day.waivers}
    returned = {name_of(row): row for row in day.returned}
    return [
        waived_line(name, given.get(name), returned.get(name), policies)
        for name in sorted(given.keys() | returned.keys())
    ]


Name = tuple[str, str, str]


def name_of(row: WaiverRow) -> Name:
    return (row.waiver_id, row.policy_version, row.bearer)


def waived_line(
    name: Name, given: WaiverRow | None, returned: WaiverRow | None, policies: PolicySet
) -> WaivedLine:
    waiver_id, version, bearer = name
    policy = policies.version(version)
    assert policy is not None
    waiver = policy.waiver(waiver_id)
    count, waived = (given.count, given.waived) if given else (0, 0)
    return WaivedLine(
        policy_id=waiver_id,
        policy_version=version,
        title=waiver.title,
        title_en=waiver.title_en,
        granted_by=waiver.granted_by,
        granted_by_en=waiver.granted_by_en,
        borne_by=bearer,
        count=count,
        waived_fen=waived,
        returned_count=returned.count if returned else 0,
        returned_fen=returned.waived if returned else 0,
        text=f"{waiver.title}: {count:,} 笔, 减免 {in_yuan(waived)} 元",
        text_en=f"{waiver.title_en}: {count:,} transactions, {in_yuan(waived)} yuan waived",
    )


def borne_lines(waived: Sequence[WaivedLine]) -> list[BorneLine]:
    """Return who bears how much, what was taken back taken off."""
    borne: dict[str, int] = defaultdict(int)
    for line in waived:
        borne[line.borne_by] += line.waived_fen - line.returned_fen
    return [BorneLine(borne_by=bearer, waived_fen=fen) for bearer, fen in sorted(borne.items())]
