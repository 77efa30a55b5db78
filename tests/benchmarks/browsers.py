"""Browsers with a page of the console open: what each asks of the server, as its modules do.

They run in a process of their own. ``operations`` hears the stream. A page of staff
(``static/staff/follow.js``) hears it, too, and reads itself again when staff moved something that
it shows, when the open alerts changed, and a minute later. ``class`` asks every three seconds.
``clock`` and ``desk`` ask nothing until somebody presses a button.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson

FIELD = re.compile(r'name="csrf" value="([^"]+)"')
WATCH = re.compile(r'id="watch">(\{.*?\})</script>', re.DOTALL)
OPEN_WITHIN_S = 60.0
SOON_S, LIST_S, MINUTE_S, CLASS_S = 0.25, 8.0, 60.0, 3.0
LIST_EACH_S, SPREAD_EACH_S = 0.6, 0.015
AGAIN = {"X-Read-Again": "1"}
USUALLY_S = 45.0
"""So old is what sixty pages of a list show where it changes all the time."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What a page does while it is open: its path, and what it asks for every few seconds."""

    path: str
    hears: bool = True
    polls: str = ""
    every_s: float = 0.0


PAGES = {
    "operations": Habit("/console"),
    "alerts": Habit("/console/alerts"),
    "cases": Habit("/console/cases"),
    "approvals": Habit("/console/approvals"),
    "points": Habit("/console/points"),
    "clock": Habit("/console/clock", hears=False),
    "desk": Habit("/console/desk", hears=False),
    "class": Habit("/console/class", hears=False, polls="/console/class/now", every_s=CLASS_S),
}


@contextmanager
def watching(address: str, page: str, number: int) -> Iterator[None]:
    """Keep so many consoles open meanwhile."""
    ready, over = multiprocessing.Event(), multiprocessing.Event()
    process = multiprocessing.Process(target=open_all, args=(address, page, number, ready, over))
    process.start()
    try:
        assert ready.wait(OPEN_WITHIN_S), "the consoles did not open"
        yield
    finally:
        over.set()
        process.join(20)


def open_all(address: str, page: str, number: int, ready: Any, over: Any) -> None:
    asyncio.run(hold(address, PAGES[page], number, ready, over))


async def hold(address: str, habit: Habit, number: int, ready: Any, over: Any) -> None:
    """Open the consoles one after the other, and keep them open."""
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        page = await client.get("/console/sign-in", headers={"Accept": "text/html"})
        csrf = FIELD.findall(page.text)[0]
        await client.post("/console/sign-in", data={"csrf": csrf, "api_key": "demo-auditor"})
        consoles = [asyncio.create_task(Console(client, habit).live()) for _ in range(number)]
        await asyncio.sleep(3.0)
        assert not any(console.done() for console in consoles), "a console closed"
        ready.set()
        while not over.is_set():
            await asyncio.sleep(0.05)
        for console in consoles:
            console.cancel()
        await asyncio.gather(*consoles, return_exceptions=True)


class Console:
    """One page in one browser."""

    def __init__(self, client: httpx2.AsyncClient, habit: Habit) -> None:
        self._client = client
        self._habit = habit
        self._watch: dict[str, Any] = {}
        self._on_board = b""
        self._read_at = 0.0
        self._changed_at = 0.0
        self._crowd = 1
        self._due = asyncio.Event()
        self._due_at = float("inf")

    async def live(self) -> None:
        """Open the page and do what it does, for as long as it is open."""
        await self.read()
        if self._habit.hears:
            await asyncio.gather(self.hear(), self.read_again())
        await asyncio.sleep(random.uniform(0, self._habit.every_s))
        while True:
            if self._habit.polls:
                (await self._client.get(self._habit.polls)).raise_for_status()
            await asyncio.sleep(self._habit.every_s or MINUTE_S)

    async def read(self, **again: str) -> None:
        headers = {"Accept": "text/html"} | again
        self._read_at = time.monotonic()
        answer = await self._client.get(self._habit.path, headers=headers)
        answer.raise_for_status()
        self._read_at -= float(answer.headers.get("Age", 0))
        if self._changed_at > self._read_at:
            self.again_later()
        if found := WATCH.search(answer.text):
            self._watch = orjson.loads(found[1])

    async def hear(self) -> None:
        """Read the stream, on a connection of its own as a browser has it."""
        url = self._client.base_url
        cookie = "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())
        path = f"/console/stream?since={self._watch.get('since', '')}"
        head = f"GET {path} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nCookie: {cookie}\r\n\r\n"
        reader, writer = await asyncio.open_connection(url.host, url.port, limit=2**22)
        try:
            writer.write(head.encode())
            assert b" 200 " in await reader.readline(), "the stream was refused"
            event = b""
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    event = line[7:].strip()
                elif line.startswith(b"data: ") and self._watch:
                    self.heard(event, line[6:])
            raise AssertionError("the stream ended")
        finally:
            writer.close()

    def heard(self, event: bytes, data: bytes) -> None:
        """Decide as ``follow.js`` does whether the page has to be read again, and when."""
        body = orjson.loads(data)
        if event == b"news":
            mine = [
                (name, who)
                for kind, name, _, who in body.get("staff", ())
                if kind in self._watch["kinds"] or name in self._watch["ids"]
            ]
            if mine:
                is_late = all(
                    who == "clock" and name not in self._watch["ids"] for name, who in mine
                )
                if is_late:
                    self.again_later()
                else:
                    self.again(self.soon_s())
        if event == b"board":
            self._crowd = body.get("crowd", self._crowd)
            if "alerts" in body and self._watch["board"]:
                self.again_later()

    def soon_s(self) -> float:
        return SOON_S + random.random() * self._crowd * SPREAD_EACH_S

    def again_later(self) -> None:
        self._changed_at = time.monotonic()
        every = max(LIST_S, self._crowd * LIST_EACH_S) * random.uniform(1, 1.5)
        self.again(max(self.soon_s(), every - (self._changed_at - self._read_at)))

    def again(self, wait_s: float) -> None:
        self._due_at = min(self._due_at, time.monotonic() + wait_s)
        self._due.set()

    async def read_again(self) -> None:
        """Read the page when it is time: asked for, or a minute later; they read it at any time."""
        if not self._watch:
            await asyncio.Event().wait()
        self._read_at -= random.uniform(0, USUALLY_S)
        while True:
            self._due.clear()
            now = time.monotonic()
            wait_s = min(self._due_at, self._read_at + MINUTE_S) - now
            if wait_s > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._due.wait()
                continue
            self._due_at = float("inf")
            await self.read(**AGAIN)
