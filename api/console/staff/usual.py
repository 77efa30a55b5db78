"""A point's own days as a small plot: what is usual here, and how the day of an alert differs.

All numbers of the drawing are made here, so that the template only prints them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date
from pos_sim.store.query_points import PointRecord
from risk.alerts import Alert
from risk.baseline import baseline_of
from risk.facts import Kind
from risk.places import PointProfile
from risk.store.point_days import PointDay, days_of

DAYS = 42
WIDTH, HEIGHT, FOOT, HEAD = 640, 150, 22, 18
STEP = WIDTH / DAYS


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where it stands, how high it is, in units of the drawing."""

    day: date
    value: int
    x: float
    y: float
    height: float
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The plot of a point's days up to that of an alert; ``mark`` is the high mark of usual days.

    ``in_fen``: values are sums of money, else numbers of transactions.
    """

    bars: Sequence[Bar]
    in_fen: bool
    mark: int | None
    mark_y: float
    days: int
    today: int
    ticks: Sequence[tuple[float, date]]
    has_busy: bool
    has_jumps: bool

    width = WIDTH
    height = HEIGHT
    bottom = HEIGHT - FOOT
    bar_width = round(STEP * 0.66, 2)


def usual_of(connection: Connection, point: PointRecord, alert: Alert) -> Usual | None:
    """Return the plot of the days before the last hit of an alert; None where nothing is known."""
    day = business_date(alert.last_seen_at)
    days = days_of(connection, point.service_point_id, day, DAYS)
    return plot(days, day, profile(point), in_fen=alert.unit is Kind.FEN) if days else None


def plot(days: Sequence[PointDay], day: date, point: PointProfile, *, in_fen: bool) -> Usual:
    """Return the drawing of watched days, the last of them ``day``."""
    today, first = day.toordinal(), day.toordinal() - DAYS + 1
    known = {one.day.toordinal(): one for one in days}
    before = {
        number: (one.moves, one.moved, one.jumped)
        for number, one in known.items()
        if number < today
    }
    usual = baseline_of(before, today, point.is_busy)
    mark = usual.sum if in_fen else usual.count
    values = {number: one.moved if in_fen else one.moves for number, one in known.items()}
    scale = (HEIGHT - FOOT - HEAD) / max([*values.values(), mark or 0, 1])
    bars = [
        bar(number, value, (number - first) * STEP, value * scale,
            look_of(known[number], number == today, busy=point.is_busy(number)))
        for number, value in values.items()
    ]  # fmt: skip
    return Usual(
        bars=bars,
        in_fen=in_fen,
        mark=mark,
        mark_y=round(HEIGHT - FOOT - (mark or 0) * scale, 1),
        days=usual.days,
        today=values.get(today, 0),
        ticks=[
            (round((number - first + 0.5) * STEP, 1), date.fromordinal(number))
            for number in range(today, first - 1, -7)
        ][::-1],
        has_busy=any(one.look == "busy" for one in bars),
        has_jumps=any(one.look == "jumped" for one in bars),
    )


def bar(number: int, value: int, left: float, height: float, look: str) -> Bar:
    """Return the bar of a day; a day with anything on it can be seen."""
    tall = round(max(height, 1.5 if value else 0), 1)
    return Bar(
        date.fromordinal(number), value, round(left + STEP * 0.17, 1),
        round(HEIGHT - FOOT - tall, 1), tall, look,
    )  # fmt: skip


def look_of(day: PointDay, is_today: bool, *, busy: bool) -> str:
    """Return how a day looks: that of the alert, one that jumped, a market or pension day."""
    if is_today:
        return "today"
    if day.jumped:
        return "jumped"
    return "busy" if busy else "plain"


def profile(point: PointRecord) -> PointProfile:
    """Return what the watch knows of the point's calendar."""
    return PointProfile(
        point=point.service_point_id,
        latitude=point.latitude,
        longitude=point.longitude,
        market_residue=point.market_residue,
    )
