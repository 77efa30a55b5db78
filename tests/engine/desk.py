"""A desk behind a group commit, and callers who wait there. No database, no money."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from pos_sim.engine.group_commit import GroupCommit


class Broken(Exception):
    """An item that cannot be done."""


class Gone(Exception):
    """Nobody can be done."""


class Desk:
    """Commits when it is let; remembers every group, and what was done for good.

    ``answer`` says what becomes of an item and may raise; what a group that raises did is undone.
    """

    def __init__(self, answer: Callable[[str], str] = str.upper) -> None:
        self.answer = answer
        self.groups: list[list[str]] = []
        self.done: list[str] = []
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def commit(self, items: Sequence[str]) -> list[str]:
        self.groups.append(list(items))
        await self.may_go.wait()
        answers = [self.answer(item) for item in items]
        self.done += items
        return answers


def refuse(*bad: str, error: type[Exception] = Broken) -> Callable[[str], str]:
    def answer(item: str) -> str:
        if item in bad:
            raise error(item)
        return item.upper()

    return answer


async def settled(waiting: Sequence[asyncio.Future[str]]) -> list[str | BaseException]:
    return await asyncio.gather(*waiting, return_exceptions=True)


async def busy(groups: GroupCommit[str, str], desk: Desk) -> asyncio.Future[str]:
    """Start a group that lasts until the desk may go on, so that others must gather."""
    desk.may_go.clear()
    first = groups.submit("first")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert desk.groups == [["first"]]
    return first
