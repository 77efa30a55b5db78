"""The figures of a business day, read from the database after it is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Connection

from pos_sim.domain.banks import BANKS
from pos_sim.domain.codes import CODES
from pos_sim.domain.money import in_yuan
from pos_sim.domain.policy import Policy
from pos_sim.domain.requests import Business
from pos_sim.domain.transactions import Status
from pos_sim.store.settlements import Settlement
from pos_sim.store.sql import Statement
from seeds.traffic.lines import (
    BusinessLine,
    FeeLines,
    OperatorLines,
    PointLine,
    RefusalLine,
    ReversalLines,
    SettlementLine,
    TillLines,
    WaivedLine,
)
from seeds.traffic.volumes import Volume, YearVolumes, nearest

TITLES: dict[Business, tuple[str, str]] = {
    Business.WITHDRAWAL: ("助农取款", "Withdrawals"),
    Business.CASH_REMITTANCE: ("现金汇款", "Remittances"),
    Business.TRANSFER: ("转账汇款", "Transfers"),
    Business.BILL_PAYMENT: ("代理缴费", "Bills"),
    Business.BALANCE_INQUIRY: ("余额查询", "Inquiries"),
}
STANDS = frozenset({Status.APPROVED.value, Status.HELD.value})
TOP = 5


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Transactions of one day that are alike; sums in fen."""

    business: str
    status: str
    response_code: str
    waiver_id: str
    bearer: str
    count: int
    amount: int
    fee_before: int
    fee_waived: int
    fee_charged: int

    @property
    def stands(self) -> bool:
        """Whether their money is where they put it, or on its way there."""
        return self.status in STANDS and self.business != Business.REVERSAL.value


class Moved(NamedTuple):
    """What one account of a point was debited and credited on the day; fen."""

    point_id: str
    name: str
    debited: int
    credited: int


def dated(template: str) -> Statement:
    """Return a statement about ``{day}``, which SQLite keeps as text."""
    statement = Statement(template.replace("{day}", "cast(:day as date)"))
    statement.sqlite = statement.sqlite.replace("cast(:day as date)", ":day")
    return statement


GROUPS = Statement(
    "select business, status, response_code, coalesce(waiver_id, ''), coalesce(fee_bearer, ''),"
    " count(*), sum(coalesce(amount_fen, 0)), sum(fee_before_fen), sum(fee_waived_fen),"
    " sum(fee_charged_fen) from transactions where business_date >= :first"
    " and business_date <= :last group by 1, 2, 3, 4, 5"
)
MOVED = (
    "select s.service_point_id, s.name, sum(m.debited), sum(m.credited) from ("
    " select p.debit_account_id as account_id, p.amount_fen as debited, 0 as credited"
    "  from postings p join transactions t on t.transaction_id = p.entry_id"
    "  where p.business_date = {day}"
    " union all select p.credit_account_id, 0, p.amount_fen"
    "  from postings p join transactions t on t.transaction_id = p.entry_id"
    "  where p.business_date = {day}) m"
    " join service_points s on s.%s = m.account_id group by s.service_point_id, s.name"
)
OPERATORS = dated(MOVED % "operator_account_id")
TILLS = dated(MOVED % "till_account_id")
BELOW_ZERO = Statement(
    "select s.service_point_id, s.name, a.balance_fen from service_points s"
    " join accounts a on a.account_id = s.till_account_id where a.balance_fen < 0"
)


def groups_of(connection: Connection, day: date, last: date | None = None) -> list[Group]:
    """Return the transactions of a day, or up to another one, in groups.

    They come in an order that no database decides.
    """
    found = GROUPS.rows(connection, first=day.isoformat(), last=(last or day).isoformat())
    return sorted(Group(*row[:5], *(int(number) for number in row[5:])) for row in found)


def business_lines(
    groups: Sequence[Group], record: YearVolumes, points: int
) -> Iterator[BusinessLine]:
    """Give one line a business, beside the part of the record that ``points`` stand for."""
    for business, volume in record.volumes.items():
        standing = standing_of(groups, business)
        yield business_line(business, standing, volume, record.part(points))


def standing_of(groups: Sequence[Group], business: Business) -> list[Group]:
    """Return the groups of one business whose money is where they put it."""
    return [g for g in groups if g.business == business.value and g.stands]


def business_line(
    business: Business, standing: Sequence[Group], volume: Volume, part: Fraction
) -> BusinessLine:
    title, title_en = TITLES[business]
    count, amount = total(standing, "count"), total(standing, "amount")
    asked_count = volume.count * part
    asked = None if volume.amount is None else volume.amount * part
    is_compared = asked_count >= 1
    return BusinessLine(
        business=business.value,
        title=title,
        title_en=title_en,
        count=count,
        held_count=total((g for g in standing if g.status == Status.HELD.value), "count"),
        amount_fen=amount,
        mean_fen=nearest(Fraction(amount, count)) if count else 0,
        record_count=round(float(asked_count), 2),
        record_amount_fen=None if asked is None else nearest(asked),
        record_mean_fen=None if asked is None else nearest(volume.mean),
        count_deviation_percent=deviation(count, asked_count) if is_compared else None,
        amount_deviation_percent=(
            deviation(amount, asked)
            if is_compared and asked is not None and volume.amount_is_compared
            else None
        ),
        amount_is_compared=volume.amount_is_compared,
        source=volume.origin.source,
        note=volume.origin.note,
    )


def deviation(found: int, asked: Fraction) -> float:
    """Return by how many percent ``found`` differs, one decimal.

    >>> deviation(990, Fraction(1_000)), deviation(3, Fraction(2))
    (-1.0, 50.0)
    """
    return round(float((found - asked) / asked * 100), 1) + 0.0  # no -0.0


def refusal_lines(groups: Sequence[Group]) -> list[RefusalLine]:
    """Return the refusals by code; a reversal that found nothing is no refusal."""
    counts: Counter[str] = Counter()
    for group in groups:
        if group.status == Status.DECLINED.value and group.business != Business.REVERSAL.value:
            counts[group.response_code] += group.count
    return [
        RefusalLine(
            response_code=code,
            text=CODES[code].meaning,
            text_en=CODES[code].text_en,
            count=count,
        )
        for code, count in sorted(counts.items())
    ]


def fee_lines(groups: Sequence[Group], policy: Policy) -> FeeLines:
    """Return the fees of what stands, and what each waiver gave up."""
    standing = [group for group in groups if group.stands]
    waived: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in standing:
        if group.waiver_id:
            waived[group.waiver_id, group.bearer].append(group)
    return FeeLines(
        before_waiver_fen=total(standing, "fee_before"),
        waived_fen=total(standing, "fee_waived"),
        charged_fen=total(standing, "fee_charged"),
        waived=[waived_line(*key, waived[key], policy) for key in sorted(waived)],
    )


def waived_line(waiver_id: str, bearer: str, groups: Sequence[Group], policy: Policy) -> WaivedLine:
    """Return one waiver in the words of the record: N 笔, 减免 M 元 (transcript ``28:52``)."""
    waiver, count = policy.waiver(waiver_id), total(groups, "count")
    yuan = in_yuan(total(groups, "fee_waived"))
    return WaivedLine(
        policy_id=waiver_id,
        title=waiver.title,
        title_en=waiver.title_en,
        borne_by=bearer,
        count=count,
        waived_fen=total(groups, "fee_waived"),
        text=f"{waiver.title}: {count:,} 笔, 减免 {yuan} 元",
        text_en=f"{waiver.title_en}: {count:,} times, {yuan} yuan waived",
    )


def operator_lines(connection: Connection, day: date) -> OperatorLines:
    """Return what the operators' settlement accounts got (credits) and gave (debits)."""
    moved = moved_of(OPERATORS, connection, day)
    net = [point_line(m.point_id, m.name, m.credited - m.debited) for m in moved]
    return OperatorLines(
        count=len(moved),
        received_fen=sum(m.credited for m in moved),
        paid_fen=sum(m.debited for m in moved),
        net_fen=sum(line.amount_fen for line in net),
        top=sorted(net, key=lambda line: (-line.amount_fen, line.service_point_id))[:TOP],
    )


def till_lines(connection: Connection, day: date) -> TillLines:
    """Return the banknotes that went out (credits) and in (debits), and the tills below zero."""
    moved = moved_of(TILLS, connection, day)
    below = [point_line(*row) for row in BELOW_ZERO.rows(connection)]
    return TillLines(
        paid_out_fen=sum(m.credited for m in moved),
        taken_in_fen=sum(m.debited for m in moved),
        below_zero_count=len(below),
        below_zero_fen=sum(line.amount_fen for line in below),
        lowest=sorted(below, key=lambda line: (line.amount_fen, line.service_point_id))[:TOP],
    )


def moved_of(statement: Statement, connection: Connection, day: date) -> list[Moved]:
    found = statement.rows(connection, day=day.isoformat())
    return sorted(Moved(row[0], row[1], int(row[2]), int(row[3])) for row in found)


def settlement_lines(settled: Iterable[Settlement]) -> list[SettlementLine]:
    """Return the banks' lines in the order of their numbers."""
    return [
        SettlementLine(
            bank_id=line.bank_id,
            name=BANKS[line.bank_id].name,
            name_en=BANKS[line.bank_id].name_en,
            received_fen=line.received,
            given_fen=line.given,
            net_fen=line.net,
        )
        for line in sorted(settled, key=lambda line: BANKS[line.bank_id].number)
    ]


def reversal_lines(groups: Sequence[Group]) -> ReversalLines:
    """Return what was taken back of the day's own operations."""
    taken = [g for g in groups if g.status == Status.REVERSED.value]
    reversals = [g for g in groups if g.business == Business.REVERSAL.value]
    return ReversalLines(
        count=total(taken, "count"),
        amount_fen=total(taken, "amount"),
        fee_returned_fen=total(taken, "fee_charged"),
        unknown_count=total((g for g in reversals if g.response_code == "25"), "count"),
    )


def point_line(point_id: str, name: str, amount: int) -> PointLine:
    return PointLine(service_point_id=point_id, name=name, amount_fen=amount)


def total(groups: Iterable[Any], field: str) -> int:
    """Return the sum of one field."""
    return sum(getattr(group, field) for group in groups)
