"""The daily patrol 日终巡检: every point on the evening of a business date, alerts only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

from sqlalchemy import Connection

from pos_sim.domain.watching import Verdict
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.rows import from_us
from pos_sim.store.sql import Statement
from risk.deadlines import MondayToFriday, WorkingDays
from risk.live.rows import start_us_of
from risk.patrol_facts import PointDay, patrol_facts
from risk.rules import Hit
from risk.store.read_patrol import Evening, evening_of, noted, points_on
from risk.store.register import Register, read_register
from risk.store.save_hits import Said, save_said
from risk.suppressions import after_suppressions
from risk.vocabulary import Lane, Outcome, Tier

TAKE = Statement(
    "insert into world (name, value) values ('patrolled_to', :day)"
    " on conflict (name) do update set value = excluded.value where world.value < excluded.value"
)


async def patrol(sandbox: Sandbox, day: date) -> int:
    """Go through all points on the evening of ``day``; return how many hits were written.

    A day is patrolled once: whoever comes later finds it done.
    """
    return await sandbox.database.run(partial(patrol_day, day=day))


def patrol_now(sandbox: Sandbox, day: date) -> int:
    """The same without an event loop."""
    return sandbox.database.run_now(partial(patrol_day, day=day))


def patrol_day(connection: Connection, day: date, calendar: WorkingDays | None = None) -> int:
    """The same within a transaction."""
    if not TAKE.run(connection, day=day.isoformat()):
        return 0
    register, today = read_register(connection), day.toordinal()
    as_of_us = start_us_of(today + 1) - 1
    evening = evening_of(connection, today)
    said = [
        Said(hit, f"{that.point} {day}", that.point, as_of_us)
        for that, tier in points_on(connection, today, as_of_us)
        for hit in asked(register, evening, that, tier)
    ]
    said = without_repeated_notes(connection, said)
    save_said(connection, said, calendar or MondayToFriday())
    return len(said)


def asked(register: Register, evening: Evening, that: PointDay, tier: Tier) -> Iterable[Hit]:
    """Return what the rules of the patrol say about a point, suppressed ones as evidence."""
    release = register.release(that.today)
    hits = release.evaluate(patrol_facts(that, evening), Lane.BATCH, tier)
    return after_suppressions(hits, register.suppressions, from_us(that.as_of_us)) if hits else ()


def without_repeated_notes(connection: Connection, said: list[Said]) -> list[Said]:
    """Leave out notes that were made before and have not changed: an idle point fills no disk.

    A note is a hit that asks nobody for anything (R21). It is new when the point did business
    since, or when it came into another band.
    """
    notes = {one.hit.rule_id for one in said if is_note(one.hit)}
    before = {rule_id: noted(connection, rule_id) for rule_id in notes}

    def is_new(one: Said) -> bool:
        if not is_note(one.hit):
            return True
        key = (one.point or "", one.hit.clause, one.hit.band)
        last_us = before[one.hit.rule_id].get(key)
        return last_us is None or last_us < one.at_us - idle_us(one.hit)

    return [one for one in said if is_new(one)]


def is_note(hit: Hit) -> bool:
    return hit.outcome is Outcome.HIT and hit.decision is Verdict.ALLOW


def idle_us(hit: Hit) -> int:
    """Return how long the state of a note has lasted: so many days as it observed."""
    days = hit.observed or 0
    return int(days) * 86_400_000_000
