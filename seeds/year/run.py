"""A year of the network, day after day, through the engine with the watch in it.

Days are planned one at a time: nothing of a year is held in memory but the world's stock. A run
that is killed goes on where it was: the day that had begun is planned again, the same as before,
and what was sent already is answered as a replay and moves nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial

from sqlalchemy import Connection

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.requests import Business, Request
from pos_sim.domain.service_points import PointKind
from pos_sim.engine.holds import release_due_now
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.rows import from_us
from pos_sim.store.sql import Statement
from pos_sim.store.world import WorldFacts, write_world
from risk.bank_calendar import BankCalendar
from risk.due import Due
from risk.due_kinds import due_kinds
from risk.walk import advance
from seeds.progress import Progress
from seeds.traffic.errands import Quota
from seeds.traffic.habits import Habits
from seeds.traffic.plan import DayPlan, Rhythm, plan_of
from seeds.traffic.stock import POINTS, Stock, Villager
from seeds.traffic.volumes import COUNTED
from seeds.year import staff
from seeds.year.income import PayDays, post_income
from seeds.year.misdeeds import Wrongs
from seeds.year.opening import RUN_IN_DAYS, claim, end_of
from seeds.year.pace import Spent, quiet_memory, tidy_memory
from seeds.year.progress import Reached, Stage, read_reached, write_reached
from seeds.year.rare import Rare
from seeds.year.seasons import ONE_DAY, YearPlan
from seeds.year.state import YearStock, read_year_stock

GROUP_MAX = 2_048
NIGHT = time(2, 0)
"""After the last day: what is done on the first night of a month has been done."""
HELD_UNTIL = Statement(
    "select distinct available_us from transactions where status = 'held' order by available_us"
)
NOBODY: Quota = dict.fromkeys(COUNTED, 0)


@dataclass(slots=True)
class YearRun:
    """One year in one sandbox; ``seed`` is the chance of its traffic."""

    sandbox: Sandbox
    plan: YearPlan
    rhythm: Rhythm
    seed: int
    spent: Spent = field(default_factory=Spent)
    group_max: int = GROUP_MAX
    rare: Rare = field(init=False)
    wrongs: Wrongs = field(init=False)
    kinds: Sequence[Due] = field(init=False)

    def __post_init__(self) -> None:
        self.rare = Rare(Business.CASH_REMITTANCE, self.plan, self.rhythm.habits, self.seed)
        points = [row[0] for row in self.sandbox.database.read_now(POINTS.rows)]
        self.wrongs = Wrongs(self.plan, self.seed, points)
        self.kinds = due_kinds(self.sandbox)

    @property
    def name(self) -> str:
        return f"{self.plan.record.bank_id} {self.plan.year} {self.seed}"

    def go_on(self, last: date, progress: Progress) -> None:
        """Live through all days up to ``last``, from where the world is; raises `YearRefused`."""
        database = self.sandbox.database
        reached = database.run_now(partial(claim, name=self.name))
        if reached is not None and reached.stage is Stage.SENT:
            self.close(reached.day)
            reached = Reached(reached.day, Stage.DONE)
        day = self.next_day(reached)
        if day <= last:
            self.live_from(day, last, progress, is_begun=is_begun(reached))
        self.advance(datetime.combine(last + ONE_DAY, NIGHT, SHANGHAI))

    def live_from(self, day: date, last: date, progress: Progress, *, is_begun: bool) -> None:
        """Live through the days from ``day``, of which the first may have begun."""
        database = self.sandbox.database
        quotas = self.plan.quotas()
        stock = database.read_now(
            partial(read_year_stock, day=day, idle=self.plan.seasons.idle, undo=is_begun)
        )
        pay_days = PayDays(stock.stock.villagers)
        with quiet_memory():
            while day <= last:
                self.live(day, quotas, stock, pay_days, progress, is_begun=is_begun)
                is_begun, day = False, day + ONE_DAY
                if day.day == 1 or day > last:
                    tidy_memory()
                    progress.note(f"{day - ONE_DAY}: {self.spent.requests:,} 笔报文 requests")

    def left(self, last: date) -> int:
        """Return about how many operations shall succeed from where the world is up to ``last``."""
        day = self.next_day(self.sandbox.database.read_now(read_reached))
        return sum(
            sum(quota.values()) for that, quota in self.plan.quotas().items() if day <= that <= last
        )

    def next_day(self, reached: Reached | None) -> date:
        """Return the day to live through now."""
        if reached is None:
            return self.plan.first_day - RUN_IN_DAYS * ONE_DAY
        return reached.day + ONE_DAY if reached.stage is Stage.DONE else reached.day

    def live(
        self,
        day: date,
        quotas: Mapping[date, Quota],
        stock: YearStock,
        pay_days: PayDays,
        progress: Progress,
        *,
        is_begun: bool,
    ) -> None:
        """Live through one day: income and staff in the morning, customers, the day end."""
        database = self.sandbox.database
        if not is_begun:
            income = pay_days.income(day, stock.stock.villagers, stock.opened_with)
            villagers = stock.stock.villagers
            with self.spent.on("closing"):
                self.advance(datetime.combine(day, staff.OPENS, SHANGHAI))
                work = partial(begin, day=day, seed=self.seed, income=income, villagers=villagers)
                database.run_now(work)
            stock.credit(income)
        with self.spent.on("planning"):
            database.read_now(partial(stock.begin, day=day))
            planned = self.planned(day, quotas, stock.stock)
        with self.spent.on("engine"):
            self.send(planned.requests, progress)
            database.run_now(partial(write_reached, day=day, stage=Stage.SENT))
        with self.spent.on("closing"):
            self.close(day)
        with self.spent.on("planning"):
            database.read_now(partial(stock.end, day=day, people=planned.people))

    def send(self, requests: Sequence[Request], progress: Progress) -> None:
        """Send a day to the engine in large groups; held money arrives in its own moment."""
        sandbox = self.sandbox
        for at, group in groups_of(requests, sandbox.database.read_now(releases), self.group_max):
            release_due_now(sandbox, at)
            decisions = sandbox.engine.perform_now(group)
            assert all(decision.transaction is not None for decision in decisions)
            self.spent.requests += len(group)
            progress.advance(len(group))

    def planned(self, day: date, quotas: Mapping[date, Quota], stock: Stock) -> DayPlan:
        policy = self.sandbox.policies.on(day)
        if day in quotas:
            shops = self.wrongs.at_points(day, stock.shops)
            return plan_of(
                replace(stock, shops=shops),
                self.rhythm,
                quotas[day],
                day,
                policy,
                self.seed,
                {Business.CASH_REMITTANCE: self.rare.on(day)},
                self.wrongs.in_visits(day),
            )
        shops = stock.shops[day.toordinal() % RUN_IN_DAYS :: RUN_IN_DAYS]
        quota = {**NOBODY, Business.WITHDRAWAL: len(shops)}
        rhythm = replace(self.rhythm, habits=one_each(self.rhythm.habits))
        return plan_of(replace(stock, shops=shops), rhythm, quota, day, policy, self.seed)

    def advance(self, to: datetime) -> None:
        """Let the clock show ``to``, and do what is due on the way."""
        advance(self.sandbox, to, self.kinds)

    def close(self, day: date) -> None:
        """End the day: all that is due by then, and the world's clock past the cut-off."""
        sandbox, end = self.sandbox, end_of(day)
        self.advance(end)
        step = end - end_of(day - ONE_DAY)
        facts = replace(sandbox.world, clock_offset=sandbox.world.clock_offset + step)
        sandbox.database.run_now(partial(finish, day=day, facts=facts))
        sandbox.world = facts


def releases(connection: Connection) -> list[datetime]:
    """Return when held money is due, in order. What is held from now on is a day on its way."""
    return [from_us(row[0]) for row in HELD_UNTIL.rows(connection)]


def groups_of(
    requests: Sequence[Request], due: Sequence[datetime], most: int
) -> Iterator[tuple[datetime, Sequence[Request]]]:
    """Cut requests in the order of time into groups, each with its moment; none spans a due one."""
    moments = [request.received_at for request in requests]
    cuts = {bisect_left(moments, at) for at in due} | {len(requests)}
    first = 0
    for cut in sorted(cuts):
        for start in range(first, cut, most):
            yield moments[start], requests[start : min(start + most, cut)]
        first = cut


def begin(
    connection: Connection,
    day: date,
    seed: int,
    income: Mapping[int, int],
    villagers: Sequence[Villager],
) -> None:
    """Let the day's income arrive and staff look into cases, once."""
    post_income(connection, day, income, villagers)
    if BankCalendar().is_working(day):
        staff.work(connection, day, seed)
    write_reached(connection, day, Stage.BEGUN)


def finish(connection: Connection, day: date, facts: WorldFacts) -> None:
    """Note that a day is closed, and what the clock shows."""
    write_world(connection, facts)
    write_reached(connection, day, Stage.DONE)


def one_each(habits: Habits) -> Habits:
    """Return the same habits, but that no point is busier than another."""
    return replace(
        habits,
        busyness=((1, 1_000),),
        point_kinds=dict.fromkeys(PointKind, 1),
        market_day_percent=100,
    )


def is_begun(reached: Reached | None) -> bool:
    return reached is not None and reached.stage is Stage.BEGUN
