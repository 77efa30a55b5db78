"""下发案例 A pattern sent into the running sandbox: its requests go through the engine as all do.

The clock goes from one request to the next, and what falls due on the way is done.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from api.clock_moves import go_to
from api.desk import Desk
from api.problems import invalid_field
from pos_sim.domain.calendar import business_date, in_local_time
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.requests import Request
from pos_sim.engine.sandbox import Sandbox
from risk.audit_log import write_entry
from risk.monitor import RiskMonitor
from risk.store.register import read_register
from risk.walk import advance_live
from seeds.mistakes import Mistake
from seeds.patterns import acts
from seeds.patterns.edges import Edges
from seeds.patterns.episodes import Registration
from seeds.patterns.live import Staged, Wish, World, stage
from seeds.patterns.sent import Sent, add_sent, end_sent
from seeds.patterns.teaching import find_pattern


@dataclass(frozen=True, slots=True)
class Planting:
    """Who wants which pattern where."""

    pattern: str
    service_point_id: str
    by: str


async def plant(desk: Desk, wish: Planting) -> Sent:
    """Stage a pattern at a point and play it to its end; 422 where it cannot be."""
    work = partial(begin, sandbox=desk.sandbox, wish=wish)
    try:
        staged, sent = await desk.sandbox.database.run(work)
    except Mistake as mistake:
        raise invalid_field(mistake.field, mistake.message) from None
    if isinstance(desk.sandbox.monitor, RiskMonitor):
        desk.sandbox.monitor.look_again()  # the play is over before it would ask by itself
    return await play(desk, staged, sent)


def begin(connection: Connection, sandbox: Sandbox, wish: Planting) -> tuple[Staged, Sent]:
    """Write people and lists of an episode, and enter it in the list of episodes."""
    pattern, now = find_pattern(wish.pattern), sandbox.clock.now()
    if pattern is None:
        raise Mistake("pattern", "无此案例 · No such pattern")
    world = World(
        facts=sandbox.world,
        secrets=sandbox.secrets,
        edges=edges_in(connection, sandbox, now),
        now=now,
    )
    token = secrets.token_hex(8)
    staged = stage(
        connection, Wish(pattern=pattern, point_id=wish.service_point_id, token=token), world
    )
    write_entry(
        connection,
        at=now,
        actor=wish.by,
        action="plant",
        subject_kind="service_point",
        subject_id=wish.service_point_id,
        after={"pattern": wish.pattern, "episode_id": token, "until": in_local_time(staged.until)},
    )
    return staged, add_sent(connection, staged, wish.pattern, wish.by, now)


def edges_in(connection: Connection, sandbox: Sandbox, now: datetime) -> Edges:
    """Return the thresholds of the rules in force: those that staff published, too."""
    day = business_date(now)
    limit = sandbox.policies.on(day).limit(LimitKind.WITHDRAWAL).amount_max
    if limit is None:
        raise Mistake("pattern", "当前政策没有取款限额 · The policy has no withdrawal limit")
    return Edges(read_register(connection).release(day.toordinal()), limit)


async def play(desk: Desk, staged: Staged, sent: Sent) -> Sent:
    """Let the clock go from one thing to the next, and do each at its time."""
    sandbox = desk.sandbox
    for one in in_time(staged):
        await advance_live(sandbox, one.at if isinstance(one, Registration) else one.received_at)
        if isinstance(one, Registration):
            await sandbox.database.run(partial(acts.register, act=one))
        else:
            await sandbox.engine.perform(replace(one, received_at=sandbox.clock.now()))
    now, _ = await go_to(desk, staged.until)
    await sandbox.database.run(partial(end_sent, episode_id=sent.episode_id, at=now))
    return replace(sent, ended_at=now)


def in_time(staged: Staged) -> Iterator[Request | Registration]:
    """Give requests and registrations in the order of time; of one moment, registrations first."""
    waiting = sorted(staged.registrations, key=lambda act: act.at)
    for request in staged.episode.requests:
        while waiting and waiting[0].at <= request.received_at:
            yield waiting.pop(0)
        yield request
    yield from waiting
