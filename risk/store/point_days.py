"""One row a point and business date: written with the money, read as history on later days."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from pos_sim.store.rows import day_or_none, to_day
from pos_sim.store.sql import InsertSet, Later, Statement
from risk.baseline import ACTIVE_DAYS
from risk.live.rows import DayRow, date_text
from risk.store.tables import risk_point_days

HISTORY_DAYS, MONTH_DAYS, JUMP_DAYS = 400, 30, 10

COLUMNS = (
    "service_point_id", "business_date", "requests", "withdrawals", "withdrawn_fen", "cash_outs",
    "non_local", "moves", "moved_fen", "jumped", "stamp",
)  # fmt: skip
UPSERT = InsertSet(
    risk_point_days,
    COLUMNS,
    "on conflict (service_point_id, business_date) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:]),
)
PAST = Statement(
    "select p.service_point_id, (select d.business_date from risk_point_days d"
    " where d.service_point_id = p.service_point_id and d.business_date < :until"
    " and d.business_date >= :oldest and d.cash_outs > 0 order by d.business_date desc limit 1),"
    " coalesce(m.withdrawals, 0), coalesce(m.non_local, 0), coalesce(m.jumps, 0)"
    " from service_points p left join (select service_point_id, sum(withdrawals) as withdrawals,"
    " sum(non_local) as non_local,"
    " sum(case when jumped and business_date >= :jumps_from then 1 else 0 end) as jumps"
    " from risk_point_days where service_point_id {in:points text}"
    " and business_date >= :month_from and business_date < :until group by service_point_id) m"
    " on m.service_point_id = p.service_point_id where p.service_point_id {in:points text}"
)
SHOWN = Statement(
    "select business_date, moves, moved_fen, jumped from risk_point_days"
    " where service_point_id = :point and business_date > :after and business_date <= :until"
    " order by business_date"
)
USUAL = Statement(
    "select business_date, moves, moved_fen from risk_point_days where service_point_id = :point"
    " and business_date < :until and business_date >= :oldest and moves > 0 and not jumped"
    f" order by business_date desc limit {ACTIVE_DAYS}"
)


@dataclass(frozen=True, slots=True)
class Past:
    """What a point did on the days before yesterday, which never change any more."""

    last_cash_day: int | None = None
    withdrawals: int = 0
    non_local: int = 0
    jump_days: int = 0


NO_PAST = Past()


def past_of(connection: Connection, point: str, today: int) -> Past:
    """Return the past of a point, seen from a business date."""
    return ask_pasts(connection, [point], today).get().get(point, NO_PAST)


def ask_pasts(
    connection: Connection, points: Collection[str], today: int
) -> Later[dict[str, Past]]:
    """Ask for the past of each point, seen from a business date."""
    asked = PAST.ask(
        connection,
        points=points,
        until=date_text(today - 1),
        oldest=date_text(today - HISTORY_DAYS),
        month_from=date_text(today - MONTH_DAYS),
        jumps_from=date_text(today - JUMP_DAYS + 1),
    )
    return Later(asked, lambda found: {row[0]: _past(*row[1:]) for row in found})


def _past(last_cash: object, withdrawals: int, non_local: int, jumps: int) -> Past:
    day = day_or_none(last_cash)
    last = None if day is None else day.toordinal()
    return Past(last, int(withdrawals), int(non_local), int(jumps))


@dataclass(frozen=True, slots=True)
class PointDay:
    """A point's business date as people look at it: moves of money and their sum in fen."""

    day: date
    moves: int
    moved: int
    jumped: bool


def days_of(connection: Connection, point: str, until: date, most: int) -> list[PointDay]:
    """Return the watched days among the ``most`` up to ``until``, in order."""
    found = SHOWN.rows(
        connection,
        point=point,
        after=date_text(until.toordinal() - most),
        until=date_text(until.toordinal()),
    )
    return [PointDay(to_day(row[0]), row[1], row[2], bool(row[3])) for row in found]


Usual = list[tuple[int, int, int]]


def usual_days(connection: Connection, point: str, today: int) -> Usual:
    """Return day, count and sum of the last days before yesterday that were active and usual."""
    found = USUAL.rows(
        connection,
        point=point,
        until=date_text(today - 1),
        oldest=date_text(today - HISTORY_DAYS),
    )
    return [(to_day(row[0]).toordinal(), row[1], row[2]) for row in found]


def save_days(connection: Connection, rows: Iterable[DayRow]) -> None:
    """Write rows whose points are locked."""
    UPSERT.run(connection, [_values(row) for row in rows])


def _values(row: DayRow) -> tuple[object, ...]:
    return (
        row.point, date_text(row.day), row.requests, row.withdrawals, row.withdrawn, row.cash_outs,
        row.non_local, row.moves, row.moved, row.jumped, row.stamp,
    )  # fmt: skip
