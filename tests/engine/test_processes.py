"""Three processes on one PostgreSQL are asked the same things at once, each in its own order."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, text

from pos_sim.domain.requests import Request, Reversal
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from tests.conftest import PostgresCopies
from tests.engine.teller import Answer, day_of, record_of, task
from tests.state import State, check_all, in_database
from tests.worlds import SECRETS, UNBOUND, UNKNOWN

PROCESSES = 3


@dataclass(frozen=True)
class Rush:
    """Which day everybody asks for, and at which terminals; no terminals: at all of them."""

    name: str
    day: int
    stories: int
    keys: int
    terminals: tuple[str, ...] = ()

    @property
    def requests(self) -> list[Request]:
        return day_of(self.day, self.stories, self.terminals)


RUSHES = (
    Rush("a whole day", day=11, stories=2_700, keys=3_000),
    # Terminals without a point have no row that could be locked.
    Rush("unknown terminals", day=12, stories=4_000, keys=150, terminals=(UNKNOWN,)),
    Rush("terminals at no point", day=13, stories=4_000, keys=150, terminals=(UNBOUND,)),
    Rush("charges", day=14, stories=4_000, keys=150, terminals=("",)),
)


@dataclass(frozen=True)
class Outcome:
    """What three processes were answered, by place in the day, and what is in the books."""

    rush: Rush
    database: Database
    answers: list[dict[int, Answer]]
    state: State


Teller = subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def tellers() -> Iterator[list[Teller]]:
    """Processes that are told one rush after the other."""
    command = [sys.executable, "-m", "tests.engine.teller"]
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            )
            for _ in range(PROCESSES)
        ]


@pytest.fixture(scope="module", params=RUSHES, ids=lambda rush: rush.name)
def outcome(
    request: pytest.FixtureRequest, postgres_worlds: PostgresCopies, tellers: list[Teller]
) -> Iterator[Outcome]:
    database = Database(postgres_worlds())
    answers = rushed(tellers, database, request.param)
    yield Outcome(request.param, database, answers, database.read_now(in_database))
    database.close_now()


def rushed(tellers: list[Teller], database: Database, rush: Rush) -> list[dict[int, Answer]]:
    """Let all processes start together and return what each of them was answered."""
    url = database.url.render_as_string(hide_password=False)
    for order, each in enumerate(tellers, 1):
        hand(each, task(url, rush.day, rush.stories, order, rush.terminals))
    assert [next(heard(each)) for each in tellers] == ["ready"] * PROCESSES
    for each in tellers:
        hand(each, b"go\n")
    with ThreadPoolExecutor(PROCESSES) as listeners:  # who is not listened to has to wait
        said = list(listeners.map(said_by, tellers))
    # No group had to be tried again: who comes second finds the answer of the first.
    assert [lines[-1] for lines in said] == [{"failures": 0}] * PROCESSES
    return [{line["place"]: Answer(**line) for line in lines[:-1]} for lines in said]


def hand(teller: Teller, line: bytes) -> None:
    assert teller.stdin is not None
    teller.stdin.write(line)
    teller.stdin.flush()


def heard(teller: Teller) -> Iterator[Any]:
    assert teller.stdout is not None
    while line := teller.stdout.readline():
        yield json.loads(line)


def said_by(teller: Teller) -> list[Any]:
    """Return what a process says until its task is done."""
    lines = []
    for line in heard(teller):
        lines.append(line)
        if "failures" in line:
            break
    return lines


def test_the_days_are_full_of_trouble() -> None:
    """Else what follows would prove less than it says."""
    for rush in RUSHES:
        requests = rush.requests
        keys = {request.key for request in requests}
        assert len(keys) >= rush.keys, rush.name
        assert len(requests) > len(keys), rush.name  # sent more than once even by one process
    reversals = [request for request in RUSHES[0].requests if isinstance(request, Reversal)]
    keys = {request.key for request in RUSHES[0].requests}
    assert sum(reversal.original in keys for reversal in reversals) > 500


def test_everybody_is_answered_and_nobody_meets_an_error(outcome: Outcome) -> None:
    places = set(range(len(outcome.rush.requests)))
    for said in outcome.answers:
        assert said.keys() == places
        assert [answer.error for answer in said.values() if answer.error] == []


def test_all_processes_give_the_same_answers(outcome: Outcome) -> None:
    first, *others = [
        {place: (answer.record, answer.is_reused) for place, answer in said.items()}
        for said in outcome.answers
    ]
    for other in others:
        assert [place for place in first if first[place] != other[place]] == []


def test_each_key_has_one_effect(outcome: Outcome) -> None:
    transactions = outcome.state.transactions
    assert transactions.keys() == {r.key.transaction_id for r in outcome.rush.requests}
    decided = Counter[str]()
    for said in outcome.answers:
        for answer in said.values():
            if answer.record is not None:
                key = answer.record[0]
                assert record_of(transactions[key]) == answer.record
                decided[key] += not answer.is_replay
    assert set(decided.values()) == {1}  # decided by one of them, repeated by all the others


def test_no_money_is_lost_between_them(outcome: Outcome) -> None:
    check_all(outcome.state)
    assert outcome.database.read_now(lambda connection: audit(connection, SECRETS.key)) == []


def test_nobody_waited_in_a_circle(outcome: Outcome) -> None:
    """Locks are taken in one order, so PostgreSQL never had to break a deadlock."""
    question = text("select deadlocks from pg_stat_database where datname = current_database()")

    def deadlocks(connection: Connection) -> int:
        return int(connection.execute(question).scalar_one())

    assert outcome.database.read_now(deadlocks) == 0
