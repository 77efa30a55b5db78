"""One reader a process, only while somebody watches, and its viewers.

The reader asks the database every half second what became final, turns it into one message, and
hands the same bytes to all. A viewer who comes back names the last place it saw and gets what it
missed; a viewer who is too slow is let go, comes back, and gets it too. So nobody misses anything,
and nobody can make the process keep more than a short queue.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import Connection

from api.console.stream.board import Board, changed_looks, read_board
from api.console.stream.read import Names, News, changed_shown, read_news, recent, shown
from api.console.stream.sse import BEAT, GAP, HELLO, Message, message
from api.console.stream.today import Today, read_today
from api.middleware import places_of
from pos_sim.domain.calendar import business_date
from pos_sim.domain.transactions import Transaction
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.outbox import Place, is_forgotten

log = structlog.get_logger()

EVERY_S = 0.5
BOARD_EVERY_S = 2.0
CLOCK_EVERY_S = 15.0
BEAT_S = 15.0
QUEUE_MAX = 200
AFTER_TROUBLE_S = 3.0
MOST_LOOKS = 500
RECENT = 60


class Viewer:
    """One open stream: a short queue, and a bell."""

    __slots__ = ("bell", "is_over", "queue")

    def __init__(self) -> None:
        self.queue: deque[Message] = deque()
        self.bell = asyncio.Event()
        self.is_over = False

    def put(self, one: Message) -> None:
        """Queue a message; a viewer who does not keep up is let go and comes back."""
        if len(self.queue) >= QUEUE_MAX:
            self.end()
        else:
            self.queue.append(one)
            self.bell.set()

    def end(self) -> None:
        self.is_over = True
        self.bell.set()


@dataclass(slots=True)
class State:
    """What the reader knows: the day's figures, the board, and the names of points."""

    today: Today
    board: Board
    board_at: float
    names: Names = field(default_factory=dict)


class Feed:
    """The stream of one process."""

    def __init__(
        self, sandbox: Sandbox, *, every_s: float = EVERY_S, beat_s: float = BEAT_S
    ) -> None:
        self._sandbox = sandbox
        self._every_s = every_s
        self._beat_s = beat_s
        self._viewers: set[Viewer] = set()
        self._reader: asyncio.Task[None] | None = None
        self._state: State | None = None
        self._is_over = False

    @property
    def watched_by(self) -> int:
        """How many streams are open."""
        return len(self._viewers)

    def end(self) -> None:
        """End all streams: the server stops."""
        self._is_over = True
        for viewer in self._viewers:
            viewer.end()
        if self._reader is not None:
            self._reader.cancel()

    async def watch(self, since: Place | None = None) -> AsyncIterator[bytes]:
        """Give the stream behind a place, for as long as somebody reads it."""
        viewer = Viewer()
        self._viewers.add(viewer)
        try:
            self._wake_the_reader()
            yield HELLO
            seen = since
            if since is not None:
                missed = await self._missed(since)
                seen = missed.place or since
                yield missed.content
            async for one in self._queued(viewer):
                # What was missed may be in the queue, too.
                if seen is None or one.place is None or one.place > seen:
                    yield one.content
        finally:
            self._viewers.discard(viewer)

    async def state(self) -> tuple[State, Sequence[Transaction]]:
        """Return what is known now, and the newest transactions.

        While somebody watches, the day is counted already; a page costs no more than its table.
        """
        now = self._sandbox.clock.now()

        def look(connection: Connection) -> tuple[State, Sequence[Transaction]]:
            state = self._state or read_state(connection, now)
            return state, recent(connection, RECENT, state.names)

        return await self._sandbox.database.read(look)

    async def _queued(self, viewer: Viewer) -> AsyncIterator[Message]:
        while not (viewer.is_over or self._is_over):
            while viewer.queue:
                yield viewer.queue.popleft()
            viewer.bell.clear()
            try:
                async with asyncio.timeout(self._beat_s):
                    await viewer.bell.wait()
            except TimeoutError:
                yield BEAT

    async def _missed(self, since: Place) -> Message:
        """Return what became final behind a place; a gap where that is too much, or forgotten."""
        names: Names = {}

        def look(connection: Connection) -> News | None:
            if is_forgotten(connection, since):
                return None
            return read_news(connection, since, names)

        news = await self._sandbox.database.read(look)
        if news is None or news.is_full or news.world:
            return GAP
        return message("news", body_of(news, names), news.place)

    def _wake_the_reader(self) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        """Read and publish while somebody watches; trouble with the database passes."""
        while self._viewers:
            try:
                await self._read_while_watched()
            except Exception as error:
                log.warning(
                    "the live stream waits", error=type(error).__name__, places=places_of(error)
                )
                await asyncio.sleep(AFTER_TROUBLE_S)

    async def _read_while_watched(self) -> None:
        now = self._sandbox.clock.now()
        state = await self._sandbox.database.read(partial(read_state, now=now))
        self._state = state
        try:
            while self._viewers:
                await asyncio.sleep(self._every_s)
                if not await self._read_once(state):
                    self._publish(GAP)
                    return
        finally:
            self._state = None

    async def _read_once(self, state: State) -> bool:
        """Read and publish; False when the world or the day is another one."""
        read = partial(read_news, after=state.today.place, names=state.names)
        news = await self._sandbox.database.read(read)
        if news.world or business_date(self._sandbox.clock.now()) != state.today.day:
            return False
        await self._tell(news, state)
        return True

    async def _tell(self, news: News, state: State) -> None:
        """Count on and publish what is new; look at the board when it is time."""
        if not news.is_empty:
            state.today.place = news.place
            hours = state.today.add(news.new)
            counted = {"figures": state.today.figures(), "hours": state.today.by_hour(hours)}
            self._publish(message("news", body_of(news, state.names) | counted, news.place))
        if is_time(news, monotonic() - state.board_at):
            await self._look_again(state)

    async def _look_again(self, state: State) -> None:
        """Publish what changed on the board since the last look; it has no place in the order."""
        now = self._sandbox.clock.now()
        before = state.board
        state.board = await self._sandbox.database.read(partial(read_board, now=now))
        state.board_at = monotonic()
        self._publish(message("board", changes_of(before, state.board, now)))

    def _publish(self, one: Message) -> None:
        for viewer in self._viewers:
            viewer.put(one)


def read_state(connection: Connection, now: datetime) -> State:
    """Return the day's figures and the board as this snapshot sees them."""
    today = read_today(connection, business_date(now))
    return State(today, read_board(connection, now), monotonic())


def is_time(news: News, waited_s: float) -> bool:
    """Say whether the board may have changed: staff moved, or the time to look again has come."""
    return bool(news.staff) or waited_s >= (CLOCK_EVERY_S if news.is_empty else BOARD_EVERY_S)


def changes_of(before: Board, after: Board, now: datetime) -> dict[str, Any]:
    """Return what is other than before; where too many points are, the page reads them again."""
    looks = changed_looks(before.looks, after.looks)
    body: dict[str, Any] = {"clock": int(now.timestamp()), "figures": after.figures()}
    if after.alerts != before.alerts:
        body["alerts"] = after.alerts
    if len(looks) > MOST_LOOKS:
        body["stale"] = True
    elif looks:
        body["looks"] = looks
    return body


def body_of(news: News, names: Names) -> dict[str, Any]:
    """Return news as a page wants them; what there is none of is left out."""
    body = {
        "new": [shown(one, names) for one in news.new],
        "changed": [changed_shown(one) for one in news.changed],
        "staff": news.staff,
    }
    return {name: value for name, value in body.items() if value}
