"""The database is locked, full or gone while many wait: what they hear, what is in the books."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from pos_sim.domain.decision import Decision
from pos_sim.domain.requests import Request
from pos_sim.engine.transaction_engine import KeyReused, TransactionEngine
from pos_sim.store.audit import audit
from pos_sim.store.database import Database, StoreFull, StoreGone, StoreLocked
from tests.conftest import NewDatabase, SqliteCopies
from tests.counter import withdrawal
from tests.engine.teller import day_of, engine_of
from tests.full_disk import make_full, make_room
from tests.state import State, check_all, in_database
from tests.worlds import SECRETS

WAIT_S = 0.4
REQUESTS = [withdrawal(n) for n in range(1, 21)]


@pytest.fixture
async def database(new_database: NewDatabase) -> AsyncIterator[Database]:
    """A database that waits for locks as long as a test can wait."""
    url = new_database()
    database = Database(url, lock_wait_s=WAIT_S)
    yield database
    await database.close()
    new_database.drop(url)


Result = Decision | BaseException


async def all_of(engine: TransactionEngine, requests: Sequence[Request]) -> list[Result]:
    asking = (engine.perform(request) for request in requests)
    return await asyncio.gather(*asking, return_exceptions=True)


async def sound(database: Database) -> State:
    findings = await database.read(lambda connection: audit(connection, SECRETS.key))
    assert findings == []
    state = await database.read(in_database)
    check_all(state)
    return state


# Locked -------------------------------------------------------------------------------------------


async def test_while_it_is_locked_all_hear_that_nothing_was_done(database: Database) -> None:
    engine = engine_of(database)
    with somebody_works(database):
        started = time.monotonic()
        results = await all_of(engine, REQUESTS)
        assert time.monotonic() - started < 3 * WAIT_S  # one wait for all, not one for each
    assert {type(result) for result in results} == {StoreLocked}
    assert not (await sound(database)).transactions
    again = await all_of(engine, REQUESTS)
    assert not any(isinstance(result, BaseException) or result.is_replay for result in again)
    assert len((await sound(database)).transactions) == len(REQUESTS)
    await engine.close()


async def test_a_lock_of_a_moment_is_only_waited_for(database: Database) -> None:
    engine = engine_of(database)
    with somebody_works(database):
        asking = asyncio.create_task(all_of(engine, REQUESTS))
        await asyncio.sleep(WAIT_S / 4)
    assert not any(isinstance(result, BaseException) for result in await asking)
    await engine.close()


@contextmanager
def somebody_works(database: Database) -> Iterator[None]:
    """Another process holds what every group needs: the file, or the point of the terminal."""
    engine = create_engine(database.url)
    with engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("begin immediate")
        else:
            connection.exec_driver_sql("select 1 from service_points for update")
        yield
    engine.dispose()


# Full ---------------------------------------------------------------------------------------------


async def test_when_it_is_full_what_was_answered_stays_and_the_rest_never_was(
    database: Database,
) -> None:
    engine = engine_of(database, group_max=8)
    requests = day_of(5, 150)
    half = len(requests) // 2
    early = await all_of(engine, requests[:half])
    make_full(database, "postings", spare_pages=2)
    late = await all_of(engine, requests[half:])
    refused = [result for result in late if isinstance(result, StoreFull)]
    assert refused
    assert {type(r) for r in late if isinstance(r, BaseException)} <= {StoreFull, KeyReused}

    before = await sound(database)
    answered = [r for r in (*early, *late) if isinstance(r, Decision)]
    assert {d.transaction.transaction_id for d in answered if d.transaction} == set(
        before.transactions
    )
    make_room(database, "postings")
    again = await all_of(engine, requests)
    assert {type(r) for r in again if isinstance(r, BaseException)} <= {KeyReused}
    after = await sound(database)
    assert after.transactions.keys() == {request.key.transaction_id for request in requests}
    assert before.entries.items() <= after.entries.items()
    await engine.close()


# Gone ---------------------------------------------------------------------------------------------


async def test_while_its_folder_is_away_all_hear_that_nothing_is_known(
    sqlite_worlds: SqliteCopies,
) -> None:
    url = sqlite_worlds()
    folder = Path(url.removeprefix("sqlite:///")).parent
    database = Database(url)
    engine = engine_of(database)
    assert not any(isinstance(r, BaseException) for r in await all_of(engine, REQUESTS[:10]))
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    started = time.monotonic()
    results = await all_of(engine, REQUESTS)
    assert time.monotonic() - started < 2
    assert {type(result) for result in results} == {StoreGone}
    elsewhere.rename(folder)
    again = await all_of(engine, REQUESTS)
    assert [isinstance(r, Decision) and r.is_replay for r in again] == [True] * 10 + [False] * 10
    assert len((await sound(database)).transactions) == len(REQUESTS)
    await engine.close()
    await database.close()
