"""Facts of a point for the daily patrol (R21–R23): how idle, how concentrated, how near a grade."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk.measures import Metric
from risk.metrics import METRICS
from risk.templates.parameters import ALL_OF_IT
from risk.windows import Reader

SUBSIDY_GRADES: tuple[int, ...] = (30, 60, 100, 200)
"""Successful transactions a month from which a point is paid more; example values."""

TOP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PointDay:
    """One point on the evening of a business date."""

    point: str
    today: int
    as_of_us: int
    opened_on: date | None = None
    last_success_day: int | None = None


def patrol_facts(that: PointDay, reader: Reader) -> dict[str, Any]:
    """Return the facts that the patrol's rules read about a point."""

    def read(name: str) -> Any:
        metric: Metric = METRICS[name]
        return reader.read(metric, (that.point,), that.as_of_us)

    of_30_days, of_month = ranked(read("point_cards_30d")), ranked(read("point_cards_month"))
    in_month, of_five = sum(of_month), sum(of_month[:TOP])
    excess, days_left = grade_passed(read("point_month_days"), SUBSIDY_GRADES)
    last, opened = that.last_success_day, that.opened_on
    return {
        "business": None,
        "point": that.point,
        "point_days_since_success": None if last is None else that.today - last,
        "point_days_since_opening": None if opened is None else that.today - opened.toordinal(),
        "point_was_used": last is not None,
        "point_txns_30d": sum(of_30_days),
        "point_top1_30d": sum(of_30_days[:1]),
        "point_top5_30d": sum(of_30_days[:TOP]),
        "point_txns_month": in_month,
        "point_top5_month": of_five,
        "point_tiny_month": read("point_tiny_month"),
        "top5_share_month": share_of(of_five, in_month),
        "grade_excess": excess,
        "grade_days_left": days_left,
    }


def ranked(tally: Mapping[Any, int]) -> list[int]:
    """Return the counts, the largest first."""
    return sorted(tally.values(), reverse=True)


def share_of(part: int, whole: int) -> int | None:
    return part * ALL_OF_IT // whole if whole else None


def grade_passed(
    days: Mapping[int, tuple[int, int, bool]], grades: Sequence[int]
) -> tuple[int | None, int | None]:
    """Return by how much (basis points) the month passed its highest grade, and the days left.

    The days left are those of the month after the day on which the grade was passed: 0 on its
    last day. None and None where no grade was passed.
    """
    total = 0
    for count, _, _ in days.values():
        total += count
    if total < grades[0]:
        return None, None
    grade, so_far = [grade for grade in grades if total >= grade][-1], 0
    for day in sorted(days):
        so_far += days[day][0]
        if so_far >= grade:
            that = date.fromordinal(day)
            left = monthrange(that.year, that.month)[1] - that.day
            return (total - grade) * ALL_OF_IT // grade, left
    raise AssertionError("the grade was reached on one of the days")
