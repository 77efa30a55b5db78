"""One business day of the network, from the first customer to the audit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from itertools import groupby

from sqlalchemy import Connection

from pos_sim.domain.calendar import CUT_OFF, SHANGHAI, StoppedClock, business_date
from pos_sim.domain.requests import Request
from pos_sim.engine.day_end import GRACE, settle_now
from pos_sim.engine.holds import release_due_now
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.settlements import Settlement
from pos_sim.store.world import read_world, write_world
from risk.rulebook import Rulebook
from risk.rulebook import shipped as shipped_rules
from seeds.load import seed_database
from seeds.progress import Progress, Silent
from seeds.sizes import Size
from seeds.traffic import figures
from seeds.traffic.habits import shipped_habits
from seeds.traffic.lines import AuditLine, DayReport, Sent, Timing
from seeds.traffic.plan import Rhythm, plan_day
from seeds.traffic.stock import Stock, last_day, read_stock
from seeds.traffic.volumes import shipped_volumes
from seeds.traffic.watched import rule_lines

GROUP_MAX = 64
EVE = time_of_day(12, 0)
"""What the clock of a world shows that is made for one day: noon of the day before."""


class DayRefused(Exception):
    """The day lies behind what the world has seen; nothing was done."""


def prepare(
    database: Database,
    size: Size,
    seed: int,
    day: date,
    *,
    now: datetime,
    secret: str | None = None,
    progress: Progress | None = None,
) -> StoppedClock:
    """Seed a migrated, empty database for ``day``, and return the clock to build a sandbox with.

    ``now`` is real time. A world that is there already is used as it is. Raises `DayRefused` when
    its clock is past the day. The world begins on the day before, because no town has its market
    on a world's first day.
    """
    world = database.read_now(read_world)
    if world is None:
        eve = datetime.combine(day - timedelta(days=1), EVE, SHANGHAI)
        seed_database(
            database,
            size,
            seed,
            now=now,
            clock_shows=eve,
            secret=secret,
            demo=secret is None,
            progress=progress,
        )
        return StoppedClock(eve)
    shows = (now + world.clock_offset).astimezone(SHANGHAI)
    if business_date(shows) > day:
        raise DayRefused(
            f"世界的时钟已过这一天 · The clock of this world shows {shows:%Y-%m-%d %H:%M}"
        )
    return StoppedClock(shows)


def run_day(
    sandbox: Sandbox,
    day: date,
    seed: int,
    progress: Progress | None = None,
    *,
    rhythm: Rhythm | None = None,
    group_max: int = GROUP_MAX,
) -> DayReport:
    """Drive one business day through the engine, settle it, audit it, and report.

    ``seed`` is the chance of the traffic; how requests are cut into groups changes nothing.
    Raises `DayRefused` when the day or a later one has transactions already.
    """
    progress = progress or Silent()
    rhythm = rhythm or shipped_rhythm()
    progress.start("计划营业日 Planning the day", 1)
    stock = sandbox.database.read_now(partial(stock_for, day=day))
    requests = planned(sandbox, stock, rhythm, day, seed)
    progress.start(f"营业日 Business day {day}", len(requests))
    since = time.perf_counter()
    sent = drive(sandbox, requests, progress, group_max)
    took = time.perf_counter() - since
    progress.start("日终与审计 Day end and audit", 1)
    settled = close(sandbox, day)
    report = report_of(sandbox, day, seed, stock, rhythm, sent, settled)
    progress.advance(1)
    progress.done()
    rate = round(sent.requests / took) if took else 0
    return replace(report, timing=Timing(engine_s=round(took, 2), requests_per_s=rate))


def shipped_rhythm() -> Rhythm:
    """Return the record of 2025 with the habits that fit it."""
    record = shipped_volumes()
    return Rhythm(record, shipped_habits(record))


def rules_on(day: date) -> Rulebook:
    """Return the shipped rules of a day: their titles."""
    return shipped_rules().on(day)


def stock_for(connection: Connection, day: date) -> Stock:
    """Return what the day can draw on; raises `DayRefused` when it has begun already."""
    seen = last_day(connection)
    if seen is not None and seen >= day:
        raise DayRefused(f"这一天已有交易 · There are transactions of {seen} already")
    return read_stock(connection, day)


def planned(sandbox: Sandbox, stock: Stock, rhythm: Rhythm, day: date, seed: int) -> list[Request]:
    """Return the requests of a plain day: exactly a 365th of the year, whatever the season."""
    return plan_day(
        stock,
        rhythm,
        rhythm.record.quota(stock.network),
        day,
        sandbox.policies.on(day),
        seed,
    )


def drive(
    sandbox: Sandbox, requests: Sequence[Request], progress: Progress, group_max: int
) -> Sent:
    """Send the requests to the engine in the order of time; due holds are released every hour."""
    replays = released = 0
    for hour, of_hour in groupby(requests, key=lambda r: r.received_at.replace(minute=0, second=0)):
        released += release_due_now(sandbox, hour)
        for group in cut(list(of_hour), group_max):
            decisions = sandbox.engine.perform_now(group)
            assert all(decision.transaction is not None for decision in decisions)
            replays += sum(decision.is_replay for decision in decisions)
            progress.advance(len(group))
    return Sent(requests=len(requests), replays=replays, released=released)


def cut(requests: Sequence[Request], group_max: int) -> Iterator[Sequence[Request]]:
    return (requests[at : at + group_max] for at in range(0, len(requests), group_max))


def close(sandbox: Sandbox, day: date) -> list[Settlement]:
    """End the day: release what is due, settle, and move the world's clock past the cut-off."""
    end = datetime.combine(day, CUT_OFF, SHANGHAI) + GRACE
    release_due_now(sandbox, end)
    settled = settle_now(sandbox, day)
    clock = sandbox.clock
    assert isinstance(clock, StoppedClock), "a day is simulated on a stopped clock"
    step = end - clock.now()
    clock.advance(step)
    facts = replace(sandbox.world, clock_offset=sandbox.world.clock_offset + step)
    sandbox.database.run_now(partial(write_world, facts=facts))
    sandbox.world = facts
    return settled


def report_of(
    sandbox: Sandbox,
    day: date,
    seed: int,
    stock: Stock,
    rhythm: Rhythm,
    sent: Sent,
    settled: Sequence[Settlement],
) -> DayReport:
    """Read the figures of the day and audit the books."""
    policy, record, world = sandbox.policies.on(day), rhythm.record, sandbox.world
    read = sandbox.database.read_now
    groups = read(partial(figures.groups_of, day=day))
    businesses = list(figures.business_lines(groups, record, stock.network))
    findings = read(partial(audit, seal_key=sandbox.secrets.key))
    return DayReport(
        date=day.isoformat(),
        size=world.size,
        world_seed=world.seed,
        seed=seed,
        policy_version=policy.version,
        record_title=record.title,
        record_title_en=record.title_en,
        record_points=record.points,
        record_days=record.days,
        network_points=stock.network,
        serving_points=len(stock.shops),
        market_points=sum(shop.has_market for shop in stock.shops),
        market_day_percent=rhythm.habits.market_day_percent,
        sent=sent,
        businesses=businesses,
        total_count=sum(line.count for line in businesses),
        record_total_count=round(sum(line.record_count for line in businesses), 1),
        refusals=figures.refusal_lines(groups),
        fees=figures.fee_lines(groups, policy),
        operators=read(partial(figures.operator_lines, day=day)),
        tills=read(partial(figures.till_lines, day=day)),
        settlements=figures.settlement_lines(settled),
        reversals=figures.reversal_lines(groups),
        rules=read(partial(rule_lines, rules=rules_on(day), first=day, last=day)),
        audit=[AuditLine(check=f.check, subject=f.subject, text=f.text) for f in findings],
        timing=Timing(engine_s=0.0, requests_per_s=0),
    )
