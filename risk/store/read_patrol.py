"""What the evening's patrol reads: every point with its month, in a few statements for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from pos_sim.store.rows import to_day
from pos_sim.store.sql import Statement
from risk.events import TINY_FEN
from risk.live.rows import date_text
from risk.measures import Key, Metric
from risk.patrol_facts import PointDay
from risk.vocabulary import Tier

POINTS = Statement(
    "select p.service_point_id, p.tier, p.opened_on, (select d.business_date"
    " from risk_point_days d where d.service_point_id = p.service_point_id and d.moves > 0"
    " and d.business_date <= :day order by d.business_date desc limit 1)"
    " from service_points p where p.opened_on <= :day and p.status <> 'exited'"
    " order by p.service_point_id"
)
MONTH_DAYS = Statement(  # point by point: a few days of each, and not all that there ever were
    "select d.service_point_id, d.business_date, d.moves, d.moved_fen, d.jumped"
    " from service_points p cross join risk_point_days d"
    " where d.service_point_id = p.service_point_id"
    " and d.business_date >= :first and d.business_date <= :day and d.moves > 0"
)
TALLIES = Statement(
    "select t.service_point_id, t.card_id, case when t.card_id is null then t.details end,"
    " b.payer_name, sum(case when t.business_date >= :lately then 1 else 0 end),"
    " sum(case when t.business_date >= :month then 1 else 0 end),"
    " sum(case when t.business_date >= :month and t.amount_fen <= :tiny then 1 else 0 end)"
    " from transactions t left join bills b on t.card_id is null"
    " and b.biller_id = t.biller_id and b.bill_no = t.bill_no"
    " where t.business_date >= :first and t.business_date <= :day and t.response_code = '00'"
    " and t.business in ('withdrawal', 'transfer', 'bill_payment', 'cash_remittance')"
    " and t.service_point_id is not null"
    " group by t.service_point_id, t.card_id, 3, b.payer_name"
)
NOTED = Statement(
    "select service_point_id, rule_id, clause, band, max(at_us) from risk_hits"
    " where lane = 'batch' and decision = 'allow' and outcome = 'hit' and rule_id = :rule_id"
    " group by service_point_id, rule_id, clause, band"
)

LATELY_DAYS = 30

Tally = dict[str, int]
NOTHING: Mapping[Any, Any] = {}


@dataclass(slots=True)
class Evening:
    """The windows of all points on one evening; a reader as `risk.patrol_facts` wants it."""

    lately: dict[str, Tally] = field(default_factory=dict)
    month: dict[str, Tally] = field(default_factory=dict)
    tiny: Tally = field(default_factory=lambda: defaultdict(int))
    days: dict[str, dict[int, tuple[int, int, bool]]] = field(default_factory=dict)

    def is_quiet(self, point: str) -> bool:
        """Say whether nobody did anything at a point, in 30 days and in the month."""
        return not (point in self.lately or point in self.month or point in self.days)

    def read(self, metric: Metric, key: Key, as_of_us: int) -> Any:
        """Return the raw value of one of the patrol's four metrics."""
        (point,) = key
        if metric.name == "point_tiny_month":
            return self.tiny.get(point, 0)
        return self._window(metric.name).get(point, NOTHING)

    def _window(self, name: str) -> Mapping[str, Mapping[Any, Any]]:
        if name == "point_cards_30d":
            return self.lately
        if name == "point_cards_month":
            return self.month
        assert name == "point_month_days", name
        return self.days

    def move_on(self, connection: Connection, day: int) -> None:
        """Become the evening of ``day``, from that of the day before."""
        if month_of(day) == day:
            for of_month in (self.month, self.days, self.tiny):
                of_month.clear()
        left = day - LATELY_DAYS
        for point, payer, count, *_ in tallied(connection, left, left, lately=left, month=day):
            _take(self.lately, point, payer, count)
        for point, payer, count, _, tiny in tallied(connection, day, day, lately=day, month=day):
            self.tiny[point] += tiny
            _add(self.lately, point, payer, count)
            _add(self.month, point, payer, count)
        self.add_days(connection, day, day)

    def add_days(self, connection: Connection, first: int, day: int) -> None:
        """Add what the points did on the days from ``first`` to ``day``, which are of the month."""
        for point, that, moves, moved, jumped in MONTH_DAYS.rows(
            connection, first=date_text(first), day=date_text(day)
        ):
            days = self.days.setdefault(point, {})
            days[to_day(that).toordinal()] = (moves, moved, bool(jumped))


def points_on(connection: Connection, day: int, as_of_us: int) -> list[tuple[PointDay, Tier]]:
    """Return every point that had opened, with its last success."""
    found = POINTS.rows(connection, day=date_text(day))
    return [
        (
            PointDay(
                point=point,
                today=day,
                as_of_us=as_of_us,
                opened_on=to_day(opened_on),
                last_success_day=None if last is None else to_day(last).toordinal(),
            ),
            Tier(tier),
        )
        for point, tier, opened_on, last in found
    ]


def evening_of(connection: Connection, day: int) -> Evening:
    """Read who did how much at each point in 30 days and in the month, up to a business date."""
    month, lately = month_of(day), day - LATELY_DAYS + 1
    evening = Evening()
    for point, payer, of_lately, of_month, tiny in tallied(
        connection, min(month, lately), day, lately=lately, month=month
    ):
        evening.tiny[point] += tiny
        _add(evening.lately, point, payer, of_lately)
        _add(evening.month, point, payer, of_month)
    evening.add_days(connection, month, day)
    return evening


def month_of(day: int) -> int:
    """Return the first day of the month of a business date."""
    return date.fromordinal(day).replace(day=1).toordinal()


def tallied(
    connection: Connection, first: int, day: int, *, lately: int, month: int
) -> Iterator[tuple[str, str | None, int, int, int]]:
    """Give points with who paid there: how often since ``lately`` and ``month``, how often tiny."""
    rows = TALLIES.rows(
        connection,
        first=date_text(first),
        day=date_text(day),
        lately=date_text(lately),
        month=date_text(month),
        tiny=TINY_FEN,
    )
    for point, card, details, bill_payer, of_lately, of_month, tiny in rows:
        yield point, _payer(card, details, bill_payer), int(of_lately), int(of_month), int(tiny)


def noted(connection: Connection, rule_id: str) -> dict[tuple[str, str, int | None], int]:
    """Return when a rule last noted something about a point, by point, clause and band."""
    return {(row[0], row[2], row[3]): row[4] for row in NOTED.rows(connection, rule_id=rule_id)}


def _payer(card: int | None, details: str | None, bill_payer: str | None) -> str | None:
    """Return who paid: the card, the name at the counter, or the one on the bill."""
    if card is not None:
        return str(card)
    named = orjson.loads(details).get("payer_name") if details else None
    return named or bill_payer or None


def _add(tallies: dict[str, Tally], point: str, payer: str | None, count: int) -> None:
    if payer is not None and count:
        tally = tallies.setdefault(point, {})
        tally[payer] = tally.get(payer, 0) + count


def _take(tallies: dict[str, Tally], point: str, payer: str | None, count: int) -> None:
    """Undo `_add`; who has nothing left is not there any more."""
    if payer is None or not count:
        return
    tally = tallies[point]
    tally[payer] -= count
    if not tally[payer]:
        del tally[payer]
    if not tally:
        del tallies[point]
