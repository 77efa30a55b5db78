"""The clock walks from one due moment to the next, and every piece of work is done at its time.

A stretch is one transaction: the row of the clock is locked first, then what is due is asked for
and done. So several processes may walk at once and nothing is done twice. Whoever moves the clock
and whoever only keeps up with it take the same steps.

Beside traffic everybody takes locks in one order: the clock's row; service points, by ascending
id; cards, accounts, bills; cases; subjects of alerts; last the end of the audit log. One kind of
work keeps to it. Two in one transaction would not, since the second begins with its points again:
where rows are locked one by one (PostgreSQL), each piece of work is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from sqlalchemy import Connection

from pos_sim.domain.calendar import StoppedClock
from pos_sim.engine.following import follow_policies, follow_policies_now
from pos_sim.engine.sandbox import Sandbox, SandboxClock
from pos_sim.store.database import gave_way
from pos_sim.store.world import locked_offset, move_clock
from risk.due import Due, Fired, Planned, first_of
from risk.due_kinds import due_kinds

STRETCH_S = 0.05
"""So long, about, one transaction goes on to the next work where there is one writer anyway."""


class WorkFailed(Exception):
    """One kind of work failed; the stretch was rolled back."""

    def __init__(self, due: Due) -> None:
        super().__init__(due.kind)
        self.due = due


@dataclass(slots=True)
class Stretch:
    """What one transaction did. ``shows``: the clock after it; ``is_there``: nothing is left.

    ``stuck`` are the kinds that did nothing and stay due: asked again, they would never end.
    """

    shows: datetime
    fired: list[Fired] = field(default_factory=list)
    stuck: list[Due] = field(default_factory=list)
    is_there: bool = False


def advance(sandbox: Sandbox, to: datetime, kinds: Sequence[Due] | None = None) -> list[Fired]:
    """Move the clock to ``to``, doing what becomes due on the way; return what was done.

    A moment that has passed moves nothing; what was due by then is done. Whoever advances day
    after day gives the same ``kinds`` each time: they need not read again what they remember.
    """
    way = Way.of(sandbox, to, kinds)
    while not way.is_there:
        stretch = sandbox.database.run_now(way.stretch)
        follow_policies_now(sandbox)  # before the clock shows a day on which a new one begins
        way.walked(stretch)
    return way.fired


async def advance_live(sandbox: Sandbox, to: datetime) -> list[Fired]:
    """The same beside other requests: they are served between two stretches."""
    way = Way.of(sandbox, to)
    while not way.is_there:
        stretch = await sandbox.database.run(way.stretch)
        await follow_policies(sandbox)
        way.walked(stretch)
    return way.fired


@dataclass(slots=True)
class Way:
    """The way of the clock to a moment: a stretch after the other, and what was done on it."""

    sandbox: Sandbox
    kinds: list[Due]
    stretch: Callable[[Connection], Stretch]
    fired: list[Fired] = field(default_factory=list)
    is_there: bool = False

    @classmethod
    def of(cls, sandbox: Sandbox, to: datetime, kinds: Sequence[Due] | None = None) -> Way:
        asked = list(due_kinds(sandbox) if kinds is None else kinds)
        stretch_s = STRETCH_S if sandbox.database.is_sqlite else 0
        stretch = partial(go_on, sandbox=sandbox, kinds=asked, to=to, stretch_s=stretch_s)
        return cls(sandbox, asked, stretch)

    def walked(self, stretch: Stretch) -> None:
        """Take note of a stretch that is committed; the clock shows it now."""
        show(self.sandbox, stretch.shows)
        drop(self.kinds, stretch.stuck)
        self.fired += stretch.fired
        self.is_there = stretch.is_there


async def keep_up(
    sandbox: Sandbox, failed: Callable[[WorkFailed], None] = lambda error: None
) -> list[Fired]:
    """Do what is due now and leave the clock alone; a kind that fails does not hinder the others.

    ``failed`` is told of it. Nothing is locked when nothing is due.
    """
    fired: list[Fired] = []
    kinds = list(due_kinds(sandbox))
    while True:
        now = sandbox.clock.now()
        try:
            if await sandbox.database.read(partial(next_of, kinds=kinds, now=now)) is None:
                return fired
            # Alone in its transaction, so that one that fails takes no other's work back.
            work = partial(go_on, sandbox=sandbox, kinds=kinds, to=now, stretch_s=0)
            stretch = await sandbox.database.run(work)
        except WorkFailed as error:
            failed(error)
            kinds.remove(error.due)
            continue
        fired += stretch.fired
        drop(kinds, stretch.stuck)
        if stretch.is_there:
            return fired


def drop(kinds: list[Due], stuck: Iterable[Due]) -> None:
    """Ask kinds no more that are stuck, once their stretch is committed: it may be begun again."""
    for due in stuck:
        kinds.remove(due)


def next_of(connection: Connection, kinds: Iterable[Due], now: datetime) -> Planned | None:
    """Return what is due by ``now``, the earliest first."""
    return first_of(planned(connection, kinds, now), now)


def planned(connection: Connection, kinds: Iterable[Due], now: datetime) -> list[Planned]:
    """Ask every kind when it is due next."""
    found: list[Planned] = []
    for due in kinds:
        try:
            at = due.next_at(connection, now)
        except Exception as error:
            if gave_way(error):
                raise
            raise WorkFailed(due) from error
        if at is not None:
            found.append(Planned(due, at))
    return found


def go_on(
    connection: Connection,
    sandbox: Sandbox,
    kinds: Sequence[Due],
    to: datetime,
    stretch_s: float,
) -> Stretch:
    """Do what is due by ``to``, one after the other, for a while; the caller commits."""
    since, offset = monotonic(), locked_offset(connection)
    stretch = Stretch(shown_with(offset, sandbox))
    while True:
        asked = [due for due in kinds if due not in stretch.stuck]
        found = first_of(planned(connection, asked, stretch.shows), to)
        if found is None:
            stretch.is_there = True
            stretch.shows = max(stretch.shows, to)
            break
        stretch.shows = max(stretch.shows, found.at)
        done = work_of(connection, found.due, stretch.shows)
        if not done and found.due.next_at(connection, stretch.shows) == found.at:
            stretch.stuck.append(found.due)
        stretch.fired += done
        if monotonic() - since >= stretch_s:
            break
    keep(connection, sandbox, stretch.shows, before=offset)
    return stretch


def work_of(connection: Connection, due: Due, moment: datetime) -> Sequence[Fired]:
    try:
        return due.work(connection, moment)
    except Exception as error:
        if gave_way(error):  # the stretch has not failed: it is begun again
            raise
        raise WorkFailed(due) from error


# The clock -----------------------------------------------------------------------------------


def shown_with(offset: timedelta, sandbox: Sandbox) -> datetime:
    """Return what the clock shows with the offset that all processes share."""
    clock = sandbox.clock
    return clock.with_offset(offset).now() if isinstance(clock, SandboxClock) else clock.now()


def keep(connection: Connection, sandbox: Sandbox, shows: datetime, before: timedelta) -> None:
    """Write the clock's offset for all processes, where it has been moved."""
    clock = sandbox.clock
    if isinstance(clock, SandboxClock):
        ahead = shows - clock.with_offset(timedelta(0)).now()
        if ahead > before:
            move_clock(connection, ahead)


def show(sandbox: Sandbox, shows: datetime) -> None:
    """Let this process's clock show it, now that it is committed; it never goes back."""
    clock, now = sandbox.clock, sandbox.clock.now()
    if shows <= now:
        return
    if isinstance(clock, SandboxClock):
        clock.offset += shows - now
    elif isinstance(clock, StoppedClock):
        clock.advance(shows - now)
