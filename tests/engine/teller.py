"""A process of its own that asks a bank many things at once and says what it was answered.

Run as ``python -m tests.engine.teller``. Each line on standard input is a task, ``[url, day,
stories, order, terminals]``, no terminals meaning all of them: the teller says that it is ready and
begins when it hears another line; with order 0 it begins at once. Each answer is one JSON line on
standard output, written as soon as it is known, so that whoever kills the process knows what was
promised. The last line of a task counts the groups that failed and had to be tried again.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Connection

from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Transaction
from pos_sim.engine.transaction_engine import KeyReused, TransactionEngine
from pos_sim.store.database import Database
from pos_sim.store.rows import transaction_row
from tests.chances import busy_day, requests_of
from tests.memory_bank import Suspicious
from tests.worlds import RULES, SECRETS

T = TypeVar("T")
CALLERS = 32


@dataclass(frozen=True)
class Answer:
    """What was answered to one request: the place of the request in its day, and the record."""

    place: int
    is_replay: bool
    is_reused: bool
    record: list[Any] | None
    error: str | None = None


class WatchedDatabase(Database):
    """Counts the groups that failed; none is begun again unseen."""

    failures, tries = 0, 1

    async def run_brief(self, work: Callable[[Connection], T]) -> T:
        try:
            return await super().run_brief(work)
        except Exception:
            self.failures += 1
            raise


def day_of(number: int, stories: int, terminals: Sequence[str] = ()) -> list[Request]:
    """Return the requests of a day, at some terminals or at all; the same ones for everybody."""
    requests = requests_of(busy_day(number, stories, traces=stories * 4))
    return [r for r in requests if not terminals or r.key.terminal_id in terminals]


def record_of(transaction: Transaction) -> list[Any]:
    """Return what must never change, as JSON can carry it; a reversal may come at any time."""
    first = replace(transaction, status=transaction.first_status, ended_by=None)
    record: list[Any] = json.loads(json.dumps(transaction_row(first, SECRETS.key)))
    return record


async def ask_everything(
    engine: TransactionEngine,
    asked: Sequence[tuple[int, Request]],
    say: Callable[[Answer], None],
    callers: int = CALLERS,
) -> None:
    """Let many callers share the requests; each waits for his answer before he asks again."""
    waiting = deque(asked)

    async def call() -> None:
        while waiting:
            place, request = waiting.popleft()
            say(await answer_to(engine, place, request))

    await asyncio.gather(*(call() for _ in range(callers)))


async def answer_to(engine: TransactionEngine, place: int, request: Request) -> Answer:
    try:
        decision = await engine.perform(request)
    except KeyReused:
        return Answer(place, is_replay=True, is_reused=True, record=None)
    except Exception as error:
        return Answer(place, False, False, None, error=f"{type(error).__name__}: {error}")
    assert decision.transaction is not None
    return Answer(place, decision.is_replay, False, record_of(decision.transaction))


def engine_of(database: Database, group_max: int = 128) -> TransactionEngine:
    return TransactionEngine(database, RULES, Suspicious(), group_max=group_max)


def say(answer: Answer) -> None:
    """Write one line, all of it or nothing, past every buffer of this process."""
    os.write(1, json.dumps(vars(answer)).encode() + b"\n")


async def work(url: str, number: int, stories: int, order: int, terminals: Sequence[str]) -> None:
    asked = list(enumerate(day_of(number, stories, terminals)))
    asked = [
        (i, replace(request, received_at=request.received_at + timedelta(microseconds=order)))
        for i, request in asked
    ]
    if order and not terminals:  # at a single terminal the race is closest in the same order
        Random(order).shuffle(asked)
    database = WatchedDatabase(url)
    engine = engine_of(database)
    os.write(1, b'"ready"\n')
    if order:
        sys.stdin.readline()  # wait until all are ready
    await ask_everything(engine, asked, say)
    await engine.close()
    await database.close()
    os.write(1, json.dumps({"failures": database.failures}).encode() + b"\n")


def task(url: str, day: int, stories: int, order: int = 0, terminals: Sequence[str] = ()) -> bytes:
    """Return the line that sets a teller to work."""
    return json.dumps([url, day, stories, order, list(terminals)]).encode() + b"\n"


def main() -> None:
    while line := sys.stdin.readline():
        asyncio.run(work(*json.loads(line)))


if __name__ == "__main__":
    main()
