"""One answer for all who ask within a second: pages that poll cost one look together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH_S = 1.0


class Shared(Generic[T]):
    """Looks at most once in ``fresh_s`` seconds; who comes meanwhile waits for the same look."""

    def __init__(self, look: Callable[[], Awaitable[T]], fresh_s: float = FRESH_S) -> None:
        self._look = look
        self._fresh_s = fresh_s
        self._looking = asyncio.Lock()
        self._found: list[T] = []
        self._stale_at = 0.0

    async def get(self) -> T:
        """Return what was found at most ``fresh_s`` seconds ago; what the look raises, raised."""
        async with self._looking:
            if monotonic() >= self._stale_at or not self._found:
                self._found = [await self._look()]
                self._stale_at = monotonic() + self._fresh_s
            return self._found[0]
