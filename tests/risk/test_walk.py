"""The clock walks from due moment to due moment: in order, once, whoever walks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from pos_sim.domain.calendar import DEMO_START, StoppedClock
from pos_sim.engine.sandbox import Sandbox, SandboxClock
from pos_sim.store.database import Database, StoreCrossed
from pos_sim.store.world import read_world
from risk import walk
from risk.audit_log import verify_chain
from risk.due import Due, Fired, Planned, first_of
from risk.patrol import begin_patrols
from risk.walk import WorkFailed, advance, keep_up
from tests.counter import transfer
from tests.risk.walker import Walker, together
from tests.worlds import ATM, FACTS, RULES, SECRET

HOUR = timedelta(hours=1)


class Bell:
    """Rings at given moments, once each; what it did is kept in the table ``world``."""

    def __init__(self, name: str, *moments: datetime) -> None:
        self.name = name
        self.moments = moments

    def due(self) -> Due:
        return Due(self.name, self.next_at, self.ring)

    def rung(self, connection: Connection) -> int:
        found = connection.exec_driver_sql(
            f"select value from world where name = 'bell {self.name}'"
        ).scalar()
        return int(found or 0)

    def next_at(self, connection: Connection, now: datetime) -> datetime | None:
        left = self.moments[self.rung(connection) :]
        return left[0] if left else None

    def ring(self, connection: Connection, moment: datetime) -> Sequence[Fired]:
        rung = self.rung(connection)
        todo = [at for at in self.moments[rung:] if at <= moment]
        connection.exec_driver_sql(
            f"insert into world (name, value) values ('bell {self.name}', '{rung + len(todo)}')"
            " on conflict (name) do update set value = excluded.value"
        )
        return [Fired(moment, self.name, at.isoformat(), "铃", "bell") for at in todo]


def sandbox_of(database: Database, clock: StoppedClock | SandboxClock) -> Sandbox:
    return Sandbox.of(database, FACTS, RULES.policies, secret=SECRET, clock=clock)


def ringing(monkeypatch: pytest.MonkeyPatch, *kinds: Due) -> None:
    monkeypatch.setattr(walk, "due_kinds", lambda sandbox: kinds)


def at(hours: float) -> datetime:
    return DEMO_START + hours * HOUR


def test_the_earliest_comes_first_and_the_order_of_kinds_breaks_a_tie() -> None:
    one, two = Bell("one").due(), Bell("two").due()
    both = [Planned(one, at(2)), Planned(two, at(1))]
    assert first_of(both, at(3)) == both[1]
    assert first_of([Planned(two, at(2)), Planned(one, at(2))], at(2)) == Planned(two, at(2))
    assert first_of(both, at(1) - timedelta(microseconds=1)) is None


def test_everything_is_done_in_its_order_at_its_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Bell("one", at(1), at(5)), Bell("two", at(3), at(4), at(9))
    ringing(monkeypatch, one.due(), two.due())
    clock = StoppedClock()
    sandbox = sandbox_of(database, clock)
    fired = advance(sandbox, at(5))
    assert [(f.kind, f.at) for f in fired] == [
        ("one", at(1)), ("two", at(3)), ("two", at(4)), ("one", at(5)),
    ]  # fmt: skip
    assert clock.now() == at(5)
    assert advance(sandbox, at(5)) == []
    assert [f.at for f in advance(sandbox, at(10))] == [at(9)]


def test_what_was_missed_is_done_now(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ringing(monkeypatch, Bell("one", at(-2), at(-1)).due())
    fired = advance(sandbox_of(database, StoppedClock()), DEMO_START)
    assert [f.at for f in fired] == [DEMO_START, DEMO_START]


async def test_the_clock_is_moved_for_every_process(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ringing(monkeypatch, Bell("one", at(1)).due())
    offset = FACTS.clock_offset
    mine, other = (sandbox_of(database, SandboxClock(offset)) for _ in range(2))
    target = mine.clock.now() + 24 * HOUR
    advance(mine, target)
    assert target <= mine.clock.now() < target + HOUR
    assert await keep_up(other) == []
    facts = database.read_now(read_world)
    assert facts is not None
    assert target <= SandboxClock(facts.clock_offset).now() < target + HOUR
    advance(other, target - HOUR)  # behind what the row says: nothing moves back
    assert other.clock.now() >= target


async def test_a_kind_that_fails_hinders_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: Connection, moment: datetime) -> Sequence[Fired]:
        raise RuntimeError

    broken = Due("broken", lambda connection, now: DEMO_START - HOUR, fails)
    ringing(monkeypatch, broken, Bell("one", DEMO_START).due())
    sandbox, told = sandbox_of(database, StoppedClock()), []
    fired = await keep_up(sandbox, lambda error: told.append(error.due.kind))
    assert ([f.kind for f in fired], told) == (["one"], ["broken"])
    with pytest.raises(WorkFailed):
        advance(sandbox, DEMO_START)


class GivesWay:
    """Work that another transaction takes the locks from, the first times that it is begun."""

    def __init__(self, times: int) -> None:
        self.left = times

    def due(self) -> Due:
        bell = Bell("gives way", at(1))
        return Due("gives way", bell.next_at, lambda c, moment: self.work(c, moment, bell))

    def work(self, connection: Connection, moment: datetime, bell: Bell) -> Sequence[Fired]:
        done = bell.ring(connection, moment)
        self.left -= 1
        if self.left >= 0:
            raise OperationalError("update", None, psycopg.errors.DeadlockDetected("it failed"))
        return done


def test_work_that_gave_way_is_begun_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ringing(monkeypatch, GivesWay(Database.tries - 1).due())
    fired = advance(sandbox_of(database, StoppedClock()), at(2))
    assert [f.kind for f in fired] == ["gives way"]
    ringing(monkeypatch, GivesWay(Database.tries).due())
    with database.sync_engine.begin() as connection:
        connection.exec_driver_sql("delete from world where name = 'bell gives way'")
    with pytest.raises(StoreCrossed):
        advance(sandbox_of(database, StoppedClock()), at(2))


def test_what_was_stuck_in_a_transaction_that_gave_way_is_asked_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell, tries = Bell("late", at(0)), count()

    def stuck_at_first(connection: Connection, moment: datetime) -> Sequence[Fired]:
        return bell.ring(connection, moment) if next(tries) else []

    kinds = (Due("late", bell.next_at, stuck_at_first), GivesWay(1).due())
    ringing(monkeypatch, *kinds)
    sandbox = sandbox_of(database, StoppedClock())
    way = walk.Way.of(sandbox, at(2))
    both = partial(walk.go_on, sandbox=sandbox, kinds=way.kinds, to=at(2), stretch_s=10)
    way.walked(database.run_now(both))
    assert [f.kind for f in way.fired] == ["late", "gives way"]
    assert len(way.kinds) == len(kinds)


def test_a_kind_that_never_ends_does_not_hold_the_clock(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = Due("stuck", lambda connection, now: DEMO_START, lambda connection, moment: [])
    ringing(monkeypatch, stuck, Bell("one", at(1)).due())
    assert [f.kind for f in advance(sandbox_of(database, StoppedClock()), at(2))] == ["one"]


def test_two_processes_that_walk_the_same_days_do_everything_once(database: Database) -> None:
    sandbox = sandbox_of(database, SandboxClock(FACTS.clock_offset))
    at = sandbox.clock.now()
    sandbox.engine.perform_now([transfer(1, terminal=ATM, at=at), transfer(2, at=at)])
    database.run_now(lambda c: begin_patrols(c, at.date()))
    target = at + timedelta(days=3)
    parts = together(database, Walker("walk", target), Walker("walk", target))
    done = Counter(map(tuple, parts[0]["fired"] + parts[1]["fired"]))
    assert {kind for kind, _ in done} >= {"held_transaction", "settlement", "patrol"}
    assert set(done.values()) == {1}
    assert all(datetime.fromisoformat(part["shows"]) >= target for part in parts)
    assert database.read_now(verify_chain)[1] is None
