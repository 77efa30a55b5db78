"""The daily patrol 日终巡检: every point on the evening of a business date, alerts only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date, start_of
from pos_sim.engine.day_end import GRACE
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.sql import Statement
from pos_sim.store.world import read_mark, write_mark
from risk.audit_log import CLOCK, write_entry
from risk.bank_calendar import BankCalendar
from risk.deadlines import WorkingDays
from risk.due import Due, Fired
from risk.live.rows import start_us_of
from risk.rounds import Noted, Rounds, asked, is_note, note_of
from risk.store.read_patrol import points_on
from risk.store.save_hits import Said, save_said
from risk.weighing import weigh

PATROL, MARK = "patrol", "patrolled_to"
ONE_DAY = timedelta(days=1)

TAKE = Statement(
    "insert into world (name, value) values ('patrolled_to', :day)"
    " on conflict (name) do update set value = excluded.value where world.value < excluded.value"
)


def patrol_due() -> Due:
    """Every evening, a little after the cut-off, once the day is whole in the journal."""
    return Due(PATROL, patrolled_at, partial(work_of_evenings, rounds=Rounds()))


def patrolled_at(connection: Connection, now: datetime) -> datetime | None:
    """Return when the evening comes whose patrol is next; a world without one never waits."""
    day = read_mark(connection, MARK)
    return None if day is None else start_of(date.fromisoformat(day) + 2 * ONE_DAY) + GRACE


def work_of_evenings(connection: Connection, moment: datetime, rounds: Rounds) -> Sequence[Fired]:
    """Go through the next evening that has come: each has locks of its own."""
    last, over = read_mark(connection, MARK), business_date(moment - GRACE)
    assert last is not None
    day = date.fromisoformat(last) + ONE_DAY
    if day >= over:
        return ()
    hits = patrol_day(connection, day, rounds=rounds)
    write_entry(
        connection,
        at=moment,
        actor=CLOCK,
        action="patrol",
        subject_kind="business_day",
        subject_id=day.isoformat(),
        after={"hits": hits},
    )
    text, text_en = f"{day} 日终巡检，命中 {hits} 条", f"Patrol of {day}: {hits} hits"
    return [Fired(moment, PATROL, day.isoformat(), text, text_en)]


def begin_patrols(connection: Connection, first_day: date) -> None:
    """Let the first patrol of a new world be that of its first business date."""
    write_mark(connection, MARK, (first_day - ONE_DAY).isoformat())


def patrol_now(sandbox: Sandbox, day: date) -> int:
    """Go through all points on the evening of ``day``, without an event loop."""
    return sandbox.database.run_now(partial(patrol_day, day=day))


def patrol_day(
    connection: Connection,
    day: date,
    calendar: WorkingDays | None = None,
    rounds: Rounds | None = None,
) -> int:
    """Go through all points on the evening of ``day``; return how many hits were written.

    A day is patrolled once: whoever comes later finds it done.
    """
    if not TAKE.run(connection, day=day.isoformat()):
        return 0
    rounds = rounds or Rounds()
    said = list(said_on(connection, day, rounds))
    weighed = weigh(connection, said, rounds.register(connection))
    save_said(connection, weighed, calendar or BankCalendar())
    return len(said)


def said_on(connection: Connection, day: date, rounds: Rounds) -> Iterator[Said]:
    """Give what there is to say about all points, without notes that were made before."""
    today = day.toordinal()
    as_of_us = start_us_of(today + 1) - 1
    register, evening = rounds.register(connection), rounds.evenings.on(connection, today)
    release, noted = register.release(today), Noted(connection)
    for that, tier in points_on(connection, today, as_of_us):
        if evening.is_quiet(that.point):
            notes = rounds.notes(release, evening, that, tier)
            if notes is not None and noted.all_old(that.point, notes, as_of_us):
                continue
        for hit in asked(register, release, evening, that, tier):
            if not is_note(hit) or not noted.all_old(that.point, [note_of(hit)], as_of_us):
                yield Said(hit, f"{that.point} {day}", that.point, as_of_us)
