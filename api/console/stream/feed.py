"""One reader a process, only while somebody watches, and its viewers.

The reader asks the database every half second what became final (for a crowd, up to every two),
turns it into one message, and hands the same bytes to all. A viewer who comes back names the last
place it saw and gets what it missed; it is asked for once the reader has begun, so nothing falls
between the two. A viewer who is too slow, or whose reader met trouble, is let go and comes back in
the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from api.console.stream.board import read_board
from api.console.stream.read import Names, News, changed_shown, read_news, recent, shown
from api.console.stream.sse import BEAT, GAP, HELLO, Message, message
from api.console.stream.state import State, changes_of, read_state
from api.console.stream.viewer import QUEUE_MAX, Viewer
from api.middleware import places_of
from pos_sim.domain.calendar import business_date
from pos_sim.domain.transactions import Transaction
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.outbox import Place, is_forgotten

T = TypeVar("T")

log = structlog.get_logger()

EVERY_S = 0.5
SENDS_A_SECOND = 60
CROWD_EVERY_S = 2.0
"""A crowd hears less often: sending costs more than reading, whatever there is to say."""
BEAT_S = 15.0
RECENT = 60


class Feed:
    """The stream of one process."""

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        every_s: float = EVERY_S,
        beat_s: float = BEAT_S,
        queue_max: int = QUEUE_MAX,
    ) -> None:
        self._sandbox = sandbox
        self._every_s = every_s
        self._beat_s = beat_s
        self._queue_max = queue_max
        self._viewers: set[Viewer] = set()
        self._reader: asyncio.Task[None] | None = None
        self._state: State | None = None
        self._begun = asyncio.Event()
        self._over = asyncio.Event()

    @property
    def watched_by(self) -> int:
        """How many streams are open."""
        return len(self._viewers)

    @property
    def is_reading(self) -> bool:
        """Say whether the reader has begun: the day is counted."""
        return self._begun.is_set()

    def end(self) -> None:
        """End all streams: the server stops."""
        self._over.set()
        self._let_all_go()

    async def close(self) -> None:
        """End all streams, and wait until the reader has put the database down."""
        self.end()
        if self._reader is not None:
            await self._reader

    async def watch(self, since: Place | None = None) -> AsyncGenerator[bytes]:
        """Give the stream behind a place, or from now on, for as long as somebody reads it."""
        viewer = Viewer(self._beat_s, self._queue_max)
        self._viewers.add(viewer)
        try:
            yield HELLO
            if self._over.is_set():
                return
            while not await self._has_begun():
                yield BEAT.content
            if since is not None:
                missed = await self._missed(since)
                since = missed.place or since
                yield missed.content
            async for one in viewer.messages():
                if since is None or one.place is None or one.start is None or one.start >= since:
                    yield one.content
                elif one.place > since:
                    # A part of it was seen: in what was missed, or before the connection was lost.
                    yield (await self._missed(since, one)).content
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

        return await self._read(look)

    # For a viewer -----------------------------------------------------------------------------

    async def _has_begun(self) -> bool:
        """Wait for the reader, no longer than a beat; wake it where it sleeps."""
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_on())
        try:
            async with asyncio.timeout(self._beat_s):
                await self._begun.wait()
        except TimeoutError:
            return False
        return True

    async def _missed(self, since: Place, within: Message | None = None) -> Message:
        """Return what became final behind a place; a gap where that is too much, or forgotten.

        ``within`` a message: only what belongs to it, with what was counted beside it.
        """
        names: Names = {}
        until, counted = (within.place, within.counted) if within else (None, None)

        def look(connection: Connection) -> News | None:
            if is_forgotten(connection, since):
                return None
            return read_news(connection, since, names, until)

        news = await self._read(look)
        if news is None or news.is_full or news.world:
            return GAP
        return message("news", body_of(news, names) | dict(counted or {}), news.place)

    async def _read(self, look: Callable[[Connection], T]) -> T:
        """Read to the end even when the viewer leaves: a connection is not put down half-way."""
        return await asyncio.shield(self._sandbox.database.read(look))

    # The reader -------------------------------------------------------------------------------

    async def _read_on(self) -> None:
        """Read and publish while somebody watches; after trouble everybody begins anew."""
        try:
            begin = partial(read_state, now=self._sandbox.clock.now())
            self._state = state = await self._sandbox.database.read(begin)
            self._begun.set()
            while self._viewers and not await self._is_over():
                self._state = state = await self._read_once(state)
        except Exception as error:
            log.warning(
                "the live stream waits", error=type(error).__name__, places=places_of(error)
            )
        finally:
            self._state = None
            self._begun.clear()
            self._let_all_go()

    async def _is_over(self) -> bool:
        """Wait until it is time to read again; say whether the server stops meanwhile."""
        try:
            async with asyncio.timeout(pause_s(self._every_s, len(self._viewers))):
                await self._over.wait()
        except TimeoutError:
            return False
        return True

    async def _read_once(self, state: State) -> State:
        """Read, publish, and return what is known then; another day or world begins anew."""
        now = self._sandbox.clock.now()

        def look(connection: Connection) -> tuple[News, State | None]:
            news = read_news(connection, state.today.place, state.names)
            if news.world or business_date(now) != state.today.day:
                return news, read_state(connection, now)
            return news, None

        news, fresh = await self._sandbox.database.read(look)
        if fresh is None:
            await self._tell(news, state)
            return state
        if news.is_full:
            self._let_all_go()  # they ask for what they missed, and find that it is too much
        self._publish(message("news", body_of(news, state.names), news.place))
        self._publish(GAP)
        return fresh

    async def _tell(self, news: News, state: State) -> None:
        """Count on and publish what is new; look at the board when it is time."""
        if not news.is_empty:
            start, state.today.place = state.today.place, news.place
            hours = state.today.add(news.new)
            counted = {"figures": state.today.figures(), "hours": state.today.by_hour(hours)}
            one = message("news", body_of(news, state.names) | counted, news.place)
            self._publish(one._replace(start=start, counted=counted))
        if state.is_time(news):
            await self._look_again(state)

    async def _look_again(self, state: State) -> None:
        """Publish what changed on the board since the last look; it has no place in the order."""
        now = self._sandbox.clock.now()
        before, began = state.board, monotonic()
        state.see(await self._sandbox.database.read(partial(read_board, now=now)), began)
        crowd = {"crowd": len(self._viewers)}
        self._publish(message("board", changes_of(before, state.board, now) | crowd))

    def _publish(self, one: Message) -> None:
        for viewer in self._viewers:
            viewer.put(one)

    def _let_all_go(self) -> None:
        for viewer in self._viewers:
            viewer.let_go()


def pause_s(every_s: float, viewers: int) -> float:
    """Return how long the reader pauses, in seconds, for so many viewers.

    >>> pause_s(0.5, 1), pause_s(0.5, 30), pause_s(0.5, 60), pause_s(0.5, 1_000)
    (0.5, 0.5, 1.0, 2.0)
    """
    return max(every_s, min(viewers / SENDS_A_SECOND, CROWD_EVERY_S))


def body_of(news: News, names: Names) -> dict[str, Any]:
    """Return news as a page wants them; what there is none of is left out."""
    body = {
        "new": [shown(one, names) for one in news.new],
        "changed": [changed_shown(one) for one in news.changed],
        "staff": news.staff,
    }
    return {name: value for name, value in body.items() if value}
