"""One open stream: a short queue, and a bell."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from api.console.stream.sse import BEAT, Message

QUEUE_MAX = 200


class Viewer:
    """Whoever watches. One who does not keep up is let go, comes back, and gets what it missed."""

    def __init__(self, beat_s: float, queue_max: int) -> None:
        self._beat_s = beat_s
        self._queue_max = queue_max
        self._queue: deque[Message] = deque()
        self._bell = asyncio.Event()
        self._is_over = False

    def put(self, one: Message) -> None:
        """Queue a message."""
        if len(self._queue) >= self._queue_max:
            self.let_go()
        if not self._is_over:
            self._queue.append(one)
            self._bell.set()

    def let_go(self) -> None:
        """End this stream; what is queued comes again when the browser does."""
        self._queue.clear()
        self._is_over = True
        self._bell.set()

    async def messages(self) -> AsyncIterator[Message]:
        """Give what is queued as it comes, and a beat when nothing does."""
        while not self._is_over:
            while self._queue:
                yield self._queue.popleft()
            self._bell.clear()
            if self._queue or self._is_over:
                continue
            try:
                async with asyncio.timeout(self._beat_s):
                    await self._bell.wait()
            except TimeoutError:
                yield BEAT
