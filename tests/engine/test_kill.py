"""Killed in the middle: what was answered is in the books, and nothing is there by half.

Another process serves 32 callers; it is killed without warning while they wait. Then the books
are compared with what it had said, and every key is sent again.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from random import Random

import pytest
from sqlalchemy import Connection, text

from pos_sim.domain.requests import Request
from pos_sim.store.audit import audit
from pos_sim.store.database import Database, StoreGone
from tests.conftest import NewDatabase, PostgresCopies
from tests.engine.teller import (
    Answer,
    ask_everything,
    day_of,
    engine_of,
    record_of,
    task,
)
from tests.postgres import Postgres
from tests.state import State, check_all, in_database
from tests.worlds import SECRETS

STORIES = 1_200
"""More than can be answered before the kill."""


@pytest.mark.parametrize("run", range(2))
async def test_a_killed_server_keeps_what_it_answered(new_database: NewDatabase, run: int) -> None:
    await kill_and_look(new_database(), run)


@pytest.mark.long
@pytest.mark.parametrize("run", range(100, 120))
async def test_a_killed_server_keeps_what_it_answered_every_time(
    new_database: NewDatabase, run: int
) -> None:
    await kill_and_look(new_database(), run)


async def kill_and_look(url: str, run: int) -> None:
    requests = day_of(run, STORIES)
    answered = answers_until_killed(url, run, after=Random(run).randint(1, len(requests) // 2))
    database = Database(url)
    wait_until_alone(database)
    before = await sound_state(database)
    assert_kept(answered, before)
    again = await resent(database, requests)
    await assert_one_effect(database, requests, before, again)
    await database.close()


def answers_until_killed(url: str, number: int, after: int) -> list[Answer]:
    """Return what the process said before it was killed, at least ``after`` answers."""
    command = [sys.executable, "-m", "tests.engine.teller"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as teller:
        assert teller.stdin is not None
        teller.stdin.write(task(url, number, STORIES))
        teller.stdin.flush()
        assert teller.stdout is not None
        lines = [teller.stdout.readline() for _ in range(after + 1)]
        teller.kill()
        lines += teller.stdout.readlines()  # what was on its way had been promised, too
    answers = [json.loads(line) for line in lines if line.endswith(b"\n")]
    assert answers[0] == "ready"
    assert "failures" not in answers[-1], "it had finished before it could be killed"
    return [Answer(**answer) for answer in answers[1:]]


def wait_until_alone(database: Database) -> None:
    """Wait until a server has noticed that its client is dead, and undone what it was doing."""
    if database.is_sqlite:
        return
    others = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and pid <> pg_backend_pid()"
    )
    for _ in range(200):
        if database.read_now(lambda connection: connection.execute(others).scalar_one()) == 0:
            return
        time.sleep(0.05)
    raise AssertionError("somebody is still there")


async def sound_state(database: Database) -> State:
    """Return what is in the books, all promises kept."""

    def look(connection: Connection) -> State:
        assert audit(connection, SECRETS.key) == []
        return in_database(connection)

    state = await database.read(look)
    check_all(state)
    return state


def assert_kept(answered: list[Answer], state: State) -> None:
    """Every answer that was given is in the books, to the last field."""
    assert [answer.error for answer in answered if answer.error] == []
    for answer in answered:
        if answer.record is not None:
            assert record_of(state.transactions[answer.record[0]]) == answer.record


async def resent(database: Database, requests: list[Request]) -> dict[int, Answer]:
    """Send every key again and return the answers."""
    answers: list[Answer] = []
    engine = engine_of(database)
    await ask_everything(engine, list(enumerate(requests)), answers.append)
    await engine.close()
    return {answer.place: answer for answer in answers}


async def assert_one_effect(
    database: Database, requests: list[Request], before: State, again: dict[int, Answer]
) -> None:
    """What was decided before is only repeated; everything is there once."""
    after = await sound_state(database)
    assert after.transactions.keys() == {request.key.transaction_id for request in requests}
    for place, request in enumerate(requests):
        answer, key = again[place], request.key.transaction_id
        assert answer.error is None
        if answer.record is None:
            assert answer.is_reused
            continue
        assert answer.record == record_of(after.transactions[key])
        if key in before.transactions:
            assert answer.is_replay
            assert answer.record == record_of(before.transactions[key])
    assert all(after.entries[i] == postings for i, postings in before.entries.items())


# The database server is killed --------------------------------------------------------------------


async def test_callers_hear_that_nothing_is_known_and_the_engine_goes_on(
    postgres: Postgres, postgres_worlds: PostgresCopies
) -> None:
    database = Database(postgres_worlds())
    engine = engine_of(database)
    requests = day_of(7, 900)
    answers: dict[int, Answer] = {}
    errors: list[str] = []

    def note(answer: Answer) -> None:
        if answer.error is None:
            answers[answer.place] = answer
        else:
            errors.append(answer.error)

    asking = asyncio.create_task(ask_everything(engine, list(enumerate(requests)), note))
    while len(answers) < 200:
        await asyncio.sleep(0.005)
    await asyncio.to_thread(postgres.kill)
    await asyncio.to_thread(postgres.start)
    await asking
    assert errors, "the server was killed too late"
    assert {error.split(":")[0] for error in errors} == {StoreGone.__name__}

    before = await sound_state(database)
    assert_kept(list(answers.values()), before)
    again: list[Answer] = []
    await ask_everything(engine, list(enumerate(requests)), again.append)
    await assert_one_effect(database, requests, before, {a.place: a for a in again})
    await engine.close()
    await database.close()
