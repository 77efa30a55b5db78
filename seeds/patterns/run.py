"""One run: a world, a play in it, the real engine with the real watch, and the reckoning."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import TypeAlias

from sqlalchemy import Connection

from pos_sim.domain.calendar import DEMO_START, StoppedClock, business_date
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.requests import Request
from pos_sim.engine.holds import release_due_now
from pos_sim.engine.sandbox import Sandbox
from pos_sim.policies import shipped as shipped_policies
from pos_sim.store.database import Database
from pos_sim.store.world import read_world
from risk.monitor import RiskMonitor
from risk.patrol import patrol_now
from risk.rulebook import Rulebook
from risk.rulebook import shipped as shipped_rules
from risk.vocabulary import Lane
from seeds.dice import Dice
from seeds.load import secrets_of, seed_database
from seeds.patterns import acts
from seeds.patterns.cast import Cast
from seeds.patterns.catalogue import PATTERNS
from seeds.patterns.edges import Edges
from seeds.patterns.episodes import Registration
from seeds.patterns.pattern import Pattern
from seeds.patterns.report import FalseAlarm, RiskReport
from seeds.patterns.schedule import cues_of, hosts_wanted, schedule
from seeds.patterns.score import lines_of, reckon
from seeds.patterns.stage import read_stage
from seeds.patterns.write import Play, write_play
from seeds.progress import Progress, Silent
from seeds.sizes import Size
from seeds.traffic.day import shipped_rhythm

Patrol: TypeAlias = Callable[[Sandbox, date], object]
"""Whoever goes through all points on the evening of a business date."""

GROUP_MAX = 64
PATROLLED = frozenset({"R21", "R22", "R23"})
FIRST_WEEK = 8
PER_RULE = 40
FIRST_DAY = DEMO_START.date()


def run_report(
    database: Database,
    seed: int,
    *,
    per_rule: int = PER_RULE,
    progress: Progress | None = None,
    patterns: Sequence[Pattern] = PATTERNS,
    size: Size = Size.COUNTY,
    patrol: Patrol | None = patrol_now,
    patrol_every: int = 1,
) -> RiskReport:
    """Seed a migrated, empty database, play ``per_rule`` episodes of each sort, and reckon.

    ``patrol`` is the daily lane; with None its rules are not asked. It comes every so many days
    (see `patrol_days`). The same seed gives the same report, but for ``timing_s``.
    """
    progress = progress or Silent()
    seed_database(database, size, seed, now=DEMO_START, clock_shows=DEMO_START, progress=progress)
    progress.start("编排案例 Writing the episodes", 1)
    play = prepared(database, seed, per_rule, patterns)
    progress.advance(1)
    progress.done()
    sandbox = sandbox_of(database)
    since = time.perf_counter()
    perform(sandbox, play, progress, patrol, patrol_every)
    took = time.perf_counter() - since
    return reckoned(database, play, seed, per_rule, took, is_patrolled=patrol is not None)


def prepared(
    database: Database, seed: int, per_rule: int, patterns: Sequence[Pattern] = PATTERNS
) -> Play:
    """Write the play for a seeded world, and its people and lists into the database."""
    return database.run_now(partial(prepare, seed=seed, per_rule=per_rule, patterns=patterns))


def prepare(
    connection: Connection, seed: int, per_rule: int, patterns: Sequence[Pattern] = PATTERNS
) -> Play:
    """The same within a transaction."""
    cues = cues_of(patterns, per_rule)
    stage = read_stage(connection, FIRST_DAY, hosts_wanted(cues))
    stays = schedule(cues, stage, FIRST_DAY, Dice(seed, "patterns", "schedule"))
    cast = Cast(connection, seed, secrets_of(seed), FIRST_DAY)
    habits = shipped_rhythm().habits
    play = write_play(stays, stage, edges_of(rules()), cast, habits, FIRST_DAY, seed)
    cast.save(connection)
    acts.before_the_run(connection, [act for e in play.episodes for act in e.acts])
    return play


@cache
def rules() -> Rulebook:
    """Return the rules in force when the run begins."""
    return shipped_rules().on(FIRST_DAY)


def edges_of(rulebook: Rulebook) -> Edges:
    limit = shipped_policies().on(FIRST_DAY).limit(LimitKind.WITHDRAWAL).amount_max
    assert limit is not None
    return Edges(rulebook, limit)


def sandbox_of(database: Database) -> Sandbox:
    """Return the sandbox of the world with the watch in it."""
    world = database.read_now(read_world)
    assert world is not None
    policies = shipped_policies()
    monitor = RiskMonitor(policies)
    clock = StoppedClock(DEMO_START)
    return Sandbox.of(database, world, policies, clock=clock, monitor=monitor)


def perform(
    sandbox: Sandbox,
    play: Play,
    progress: Progress,
    patrol: Patrol | None = patrol_now,
    patrol_every: int = 1,
) -> None:
    """Send everything in the order of time; the patrol comes in the evening."""
    progress.start("演练 Playing the episodes", len(play.requests))
    waiting = sorted(
        (act for e in play.episodes for act in e.acts if isinstance(act, Registration)),
        key=lambda act: act.at,
    )
    evenings = patrol_days(play, patrol_every) if patrol else []
    for group in groups_of(play.requests, [act.at for act in waiting]):
        first = group[0].received_at
        while patrol and evenings and evenings[0] < business_date(first):
            patrol(sandbox, evenings.pop(0))
        release_due_now(sandbox, first)
        while waiting and waiting[0].at <= first:
            sandbox.database.run_now(partial(acts.register, act=waiting.pop(0)))
        decisions = sandbox.engine.perform_now(group)
        assert all(decision.transaction is not None for decision in decisions)
        progress.advance(len(group))
    for day in evenings:
        assert patrol is not None
        patrol(sandbox, day)
    progress.done()


def patrol_days(play: Play, every: int) -> list[date]:
    """Return the days on whose evening the patrol comes, from when everybody may have come once.

    Where it does not come daily it still comes on the last day of a month, and when a claim begins.
    """
    days = [play.first + timedelta(days=n) for n in range((play.end - play.first).days)]
    claims = [claim for e in play.episodes for claim in e.claims if claim.rule_id in PATROLLED]
    begins = {claim.since.date() for claim in claims if claim.counted}
    return [
        day
        for number, day in enumerate(days[FIRST_WEEK:])
        if number % every == 0 or day in begins or (day + timedelta(days=1)).day == 1
    ]


def groups_of(
    requests: Sequence[Request], changes: Sequence[datetime]
) -> Iterator[Sequence[Request]]:
    """Cut the requests where a group is full, a business date begins or the register changes."""
    group: list[Request] = []
    kind: tuple[date, int] | None = None
    for request in requests:
        here = business_date(request.received_at), bisect_right(changes, request.received_at)
        if group and (here != kind or len(group) == GROUP_MAX):
            yield group
            group = []
        kind = here
        group.append(request)
    if group:
        yield group


def reckoned(
    database: Database, play: Play, seed: int, per_rule: int, took: float, *, is_patrolled: bool
) -> RiskReport:
    """Read what the watch said and put it beside the truth."""
    book = rules()
    seen = [one for one in database.read_now(acts.sightings) if one.rule_id in book.versions]
    score = reckon(play.episodes, play.ambient, seen)
    declined = database.read_now(partial(acts.declined_by_watch, episodes=play.episodes))
    asked = {
        rule_id: version
        for rule_id, version in sorted(book.versions.items())
        if is_patrolled or version.lane is not Lane.BATCH
    }
    return RiskReport(
        seed=seed,
        per_rule=per_rule,
        first_day=play.first.isoformat(),
        season=play.season.isoformat(),
        last_day=(play.end - timedelta(days=1)).isoformat(),
        places=play.places,
        requests=len(play.requests),
        customers=play.background,
        episodes=len(play.episodes),
        rulebook=book.checksum,
        lines=lines_of(asked.values(), play.episodes, score, declined),
        not_asked=sorted(book.versions.keys() - asked.keys()),
        false=[FalseAlarm(*key) for key in sorted(score.false)],
        customers_declined=declined.get("", 0),
        errors=database.read_now(acts.errors),
        timing_s=round(took, 1),
    )
