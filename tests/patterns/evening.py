"""A patrol for these tests: the pure facts and rules of the daily lane over plain queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.calendar import CUT_OFF, SHANGHAI
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.rows import day_or_none
from pos_sim.store.sql import Statement
from risk.deadlines import MondayToFriday
from risk.events import TINY_FEN
from risk.measures import Metric
from risk.observe import microseconds
from risk.patrol_facts import PointDay, patrol_facts
from risk.rulebook import Rulebook
from risk.store.save_hits import Said, save_said
from risk.vocabulary import Lane, Tier
from seeds.patterns.run import rules

MOVED = Statement(
    "select service_point_id, coalesce(card_id, 0), business_date, amount_fen from transactions"
    " where decided_us >= :since and response_code = '00'"
    " and business in ('withdrawal', 'transfer', 'cash_remittance', 'bill_payment')"
    " and service_point_id is not null"
)
LAST = Statement(
    "select p.service_point_id, p.opened_on, (select max(t.business_date) from transactions t"
    " where t.service_point_id = p.service_point_id and t.response_code = '00'"
    " and t.business <> 'reversal') from service_points p order by p.service_point_id"
)


class Evening:
    """What the points did in the days that the patrol looks at; a reader of windows."""

    def __init__(self, connection: Connection, today: date) -> None:
        self.today = today
        self.moves: dict[str, list[Any]] = defaultdict(list)
        since = datetime.combine(today - timedelta(days=32), CUT_OFF, SHANGHAI)
        for row in MOVED.rows(connection, since=microseconds(since)):
            self.moves[row[0]].append((row[1], day_or_none(row[2]), row[3]))

    def read(self, metric: Metric, key: tuple[Any, ...], as_of_us: int) -> Any:
        """Return what `patrol_facts` asks for, counted the plain way."""
        mine = self.moves[key[0]]
        month = [row for row in mine if (row[1].year, row[1].month) == self.month]
        lately = [row for row in mine if (self.today - row[1]).days < 30]
        if metric.name == "point_cards_30d":
            return Counter(row[0] for row in lately)
        if metric.name == "point_cards_month":
            return Counter(row[0] for row in month)
        if metric.name == "point_tiny_month":
            return sum(row[2] <= TINY_FEN for row in month)
        assert metric.name == "point_month_days"
        return {
            day.toordinal(): (count, 0, False)
            for day, count in Counter(row[1] for row in month).items()
        }

    @property
    def month(self) -> tuple[int, int]:
        return self.today.year, self.today.month


def patrol(sandbox: Sandbox, day: date) -> None:
    """Go through all points on the evening of a business date."""
    sandbox.database.run_now(partial(go_through, day=day, rulebook=rules()))


def go_through(connection: Connection, day: date, rulebook: Rulebook) -> None:
    evening = Evening(connection, day)
    at_us = microseconds(datetime.combine(day, CUT_OFF, SHANGHAI))
    said: list[Said] = []
    for point, opened_on, last in LAST.rows(connection):
        last_day = day_or_none(last)
        that = PointDay(
            point=point,
            today=day.toordinal(),
            as_of_us=at_us,
            opened_on=day_or_none(opened_on),
            last_success_day=last_day.toordinal() if last_day else None,
        )
        hits = rulebook.evaluate(patrol_facts(that, evening), Lane.BATCH, Tier.B)
        said += [Said(hit, f"{point}-{day:%Y%m%d}", point, at_us) for hit in hits]
    save_said(connection, said, MondayToFriday())
