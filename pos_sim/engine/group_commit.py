"""Many waiting callers, one transaction. Knows neither money nor SQL.

No timer: while one group commits, the next one gathers, so a lone caller is a group of one and
pays no delay. Between two groups the loop turns a few times: who has just been answered and asks
again at once is in the next group and not in the one after, so groups are fewer and larger.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


TURNS = 8
"""Turns of the event loop between two groups: one sends the answers, others read what follows."""


class Busy(Exception):
    """The queue is full; nothing was done."""


class Closing(Exception):
    """The server is closing; whether it was done is not known. Ask by key."""


class GroupCommit(Generic[A, B]):
    """Hands groups of at most ``group_max`` items to ``commit``, one group at a time.

    ``commit`` answers item by item, in order, or raises when nothing of the group was done. A
    group that raises is tried again member by member, so a broken item harms only itself; but
    not when ``is_hopeless`` says that the error would meet every member.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[A]], Awaitable[Sequence[B]]],
        *,
        group_max: int = 128,
        queue_max: int = 4_096,
        is_hopeless: Callable[[Exception], bool] = lambda error: False,
    ) -> None:
        self.group_max = group_max
        self.queue_max = queue_max
        self.groups = 0
        self._commit = commit
        self._is_hopeless = is_hopeless
        self._waiting: deque[tuple[A, asyncio.Future[B]]] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._is_closing = False

    @property
    def waiting(self) -> int:
        """How many callers wait for a group."""
        return len(self._waiting)

    def submit(self, item: A) -> asyncio.Future[B]:
        """Join the group that gathers; the future gets the item's own answer.

        A caller who stops waiting changes nothing: the group goes on.
        """
        if self._is_closing:
            raise Closing
        if len(self._waiting) >= self.queue_max:
            raise Busy
        future: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return future

    async def close(self) -> None:
        """Let the running group finish; everybody still waiting gets `Closing`."""
        self._is_closing = True
        while self._waiting:
            _settle(self._waiting.popleft()[1], Closing())
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        while self._waiting:
            size = min(self.group_max, len(self._waiting))
            group = [self._waiting.popleft() for _ in range(size)]
            await self._commit_group(group)
            await self._gather(size)
        self._worker = None

    async def _gather(self, answered: int) -> None:
        """Let those who have their answers go first, and ask again where they are near.

        A lone caller comes back alone, so nobody is gathered after one.
        """
        for _ in range(TURNS if answered > 1 else 1):
            await asyncio.sleep(0)

    async def _commit_group(self, group: Sequence[tuple[A, asyncio.Future[B]]]) -> None:
        self.groups += 1
        try:
            answers = await self._commit([item for item, _ in group])
        except Exception as error:
            if len(group) == 1 or self._is_hopeless(error):
                _settle_all(group, error)
                return
            for member in group:
                await self._commit_group([member])
            return
        if len(answers) != len(group):  # it is done, so trying again could do it twice
            mistake = f"{len(answers)} answers to {len(group)} items"
            _settle_all(group, AssertionError(mistake))
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():
                future.set_result(answer)


def _settle_all(group: Sequence[tuple[A, asyncio.Future[B]]], error: Exception) -> None:
    for _, future in group:
        _settle(future, error)


def _settle(future: asyncio.Future[B], error: Exception) -> None:
    """Give the caller the error, unless it has stopped waiting."""
    if not future.done():
        future.set_exception(error)
