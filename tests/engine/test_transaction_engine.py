"""What the outside may ask of the bank, on both databases, with many callers at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import update

from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Status, Transaction
from pos_sim.engine.group_commit import Busy, Closing
from pos_sim.engine.transaction_engine import KeyReused, TransactionEngine
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.finding import Finding
from pos_sim.store.tables import terminals
from tests.counter import cash_bill, charge, inquiry, key, reversal, transfer, withdrawal
from tests.engine.teller import Answer, ask_everything, day_of, engine_of
from tests.state import State, check_all, in_database
from tests.worlds import (
    ANY,
    MOBILE,
    OPERATOR,
    OTHER_POINT,
    POINT,
    POS,
    SECRETS,
    SMALL,
    WRONG_PIN,
)


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[TransactionEngine]:
    engine = engine_of(database)
    yield engine
    await engine.close()


async def ask(engine: TransactionEngine, request: Request) -> Transaction:
    decision = await engine.perform(request)
    assert decision.transaction is not None
    return decision.transaction


async def findings(database: Database) -> list[Finding]:
    return await database.read(lambda connection: audit(connection, SECRETS.key))


async def sound(database: Database) -> State:
    assert await findings(database) == []
    state = await database.read(in_database)
    check_all(state)
    return state


# Ask and find -------------------------------------------------------------------------------------


async def test_what_was_performed_is_found_by_its_key(engine: TransactionEngine) -> None:
    t = await ask(engine, withdrawal())
    assert t.response_code == "00"
    assert await engine.find(key(1)) == t
    assert await engine.find(key(2)) is None


async def test_a_refusal_is_an_answer_and_is_found_too(engine: TransactionEngine) -> None:
    t = await ask(engine, withdrawal(pin=WRONG_PIN))
    assert t.status is Status.DECLINED
    assert await engine.find(key(1)) == t


async def test_a_replay_is_told_from_a_first_answer(engine: TransactionEngine) -> None:
    first, again = await engine.perform(withdrawal()), await engine.perform(withdrawal())
    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.transaction == first.transaction


async def test_the_same_key_twice_in_a_group_is_decided_once(engine: TransactionEngine) -> None:
    decisions = await asyncio.gather(*(engine.perform(withdrawal()) for _ in range(5)))
    assert engine.groups.groups == 1
    assert [d.is_replay for d in decisions] == [False, True, True, True, True]
    assert len({d.transaction.balance for d in decisions if d.transaction}) == 1


async def test_a_key_with_other_content_is_refused_to_its_caller_alone(
    engine: TransactionEngine,
) -> None:
    requests = [withdrawal(1), withdrawal(1, amount=yuan(500)), withdrawal(2)]
    one, other, two = await asyncio.gather(
        *(engine.perform(request) for request in requests), return_exceptions=True
    )
    assert isinstance(other, KeyReused)
    assert other.key == key(1)
    assert not isinstance(one, BaseException)
    assert not isinstance(two, BaseException)
    assert two.transaction is not None
    assert two.transaction.balance == yuan(9_800)


@pytest.mark.parametrize("together", [True, False], ids=["in one group", "in another group"])
def test_a_key_with_other_content_lets_no_bill_be_born(database: Database, together: bool) -> None:
    engine = engine_of(database)
    first = cash_bill(1, biller=ANY, bill_no="1")
    other = cash_bill(1, biller=ANY, bill_no="2")
    groups = [[first, other]] if together else [[first], [other]]
    decisions = [decision for group in groups for decision in engine.perform_now(group)]
    assert [d.transaction is None for d in decisions] == [False, True]
    born = database.read_now(
        lambda c: c.exec_driver_sql("select bill_no from bills where biller_id = 'any'").fetchall()
    )
    assert [row[0] for row in born] == ["1"]


def test_a_group_can_be_performed_without_an_event_loop(database: Database) -> None:
    engine = engine_of(database)
    decisions = engine.perform_now([withdrawal(1), withdrawal(1), reversal(2, of=1)])
    assert [d.is_replay for d in decisions] == [False, True, False]


# Hanging up, breaking, closing --------------------------------------------------------------------


@pytest.mark.parametrize("turns", [0, 1, 2, 50], ids=lambda n: f"after {n} turns")
async def test_who_hangs_up_finds_his_answer_under_the_same_key(
    engine: TransactionEngine, turns: int
) -> None:
    calling = asyncio.create_task(engine.perform(withdrawal()))
    other = asyncio.create_task(engine.perform(withdrawal(2)))
    await asyncio.sleep(0)
    for _ in range(turns):
        await asyncio.sleep(0)
    calling.cancel()
    assert (await other).transaction is not None
    again = await engine.perform(withdrawal())
    assert again.is_replay
    assert await engine.find(key(1)) == again.transaction


async def test_a_broken_request_harms_only_itself(
    engine: TransactionEngine, database: Database
) -> None:
    """A charge to a card that nobody has is our own mistake; it takes no group with it."""
    nobody = replace(charge(1), card_id=999_999)
    results = await asyncio.gather(
        engine.perform(withdrawal(1)),
        engine.perform(nobody),
        engine.perform(withdrawal(2)),
        engine.perform(withdrawal(1)),
        return_exceptions=True,
    )
    assert [isinstance(result, AssertionError) for result in results] == [False, True, False, False]
    assert await engine.find(nobody.key) is None
    state = await sound(database)
    assert len(state.transactions) == 2


async def test_closing_answers_everybody_and_who_waited_may_ask_by_key(database: Database) -> None:
    engine = engine_of(database, group_max=4)
    asking = [asyncio.create_task(engine.perform(withdrawal(n))) for n in range(1, 13)]
    await asyncio.sleep(0)  # all have joined
    await asyncio.sleep(0)  # the first group is on its way
    await engine.close()
    results = await asyncio.gather(*asking, return_exceptions=True)
    answered = [r for r in results if not isinstance(r, BaseException)]
    assert len(answered) == 4
    assert all(isinstance(r, Closing) for r in results if isinstance(r, BaseException))
    for trace, result in enumerate(results, start=1):
        found = await engine.find(key(trace))
        assert (found is None) == isinstance(result, Closing)
    with pytest.raises(Closing):
        await engine.perform(withdrawal(99))


async def test_a_full_queue_is_told_and_nothing_was_done(database: Database) -> None:
    engine = TransactionEngine(
        database, engine_of(database).rules, engine_of(database).monitor, queue_max=8
    )
    asking = [asyncio.create_task(engine.perform(withdrawal(n))) for n in range(1, 21)]
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert [isinstance(r, Busy) for r in results] == [False] * 8 + [True] * 12
    assert await engine.find(key(9)) is None
    assert (await engine.perform(withdrawal(9))).transaction is not None
    await engine.close()


# Many callers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("group_max", [1, 5, 128])
async def test_many_callers_and_no_fen_is_lost(database: Database, group_max: int) -> None:
    engine = engine_of(database, group_max=group_max)
    requests, answers = day_of(3, 150), list[Answer]()
    await ask_everything(engine, list(enumerate(requests)), answers.append, callers=64)
    assert [a.error for a in answers if a.error] == []
    state = await sound(database)
    assert state.transactions.keys() == {r.key.transaction_id for r in requests}
    await engine.close()


async def test_an_audit_beside_a_working_bank_finds_nothing(database: Database) -> None:
    """As another process runs it: it sees one moment, whatever is committed meanwhile."""
    engine, auditor = engine_of(database, group_max=8), Database(database.url)
    look = partial(audit, seal_key=SECRETS.key)
    asking = asyncio.create_task(
        ask_everything(engine, list(enumerate(day_of(4, 300))), lambda answer: None)
    )
    audits = 0
    while not asking.done():
        assert await asyncio.to_thread(auditor.read_now, look) == []
        audits += 1
    await asking
    assert audits > 2
    await sound(database)
    await engine.close()
    await auditor.close()


async def test_a_terminal_that_lost_an_answer_reverses_and_tries_again(
    engine: TransactionEngine, database: Database
) -> None:
    """As a POS does it: no answer, so 冲正 under a new trace, then the business under another."""
    await engine.perform(transfer(1))
    assert (await ask(engine, reversal(2, of=1))).response_code == "00"
    assert (await ask(engine, transfer(3))).response_code == "00"
    assert (await ask(engine, inquiry(4))).balance == yuan(10_000) - yuan(101)
    assert (await ask(engine, inquiry(1, terminal=MOBILE, card="abc_debit"))).balance == yuan(
        400_100
    )
    await sound(database)


async def test_a_reversal_after_the_terminal_moved_goes_to_the_point_of_the_original(
    engine: TransactionEngine, database: Database
) -> None:
    await ask(engine, withdrawal(1, amount=yuan(500)))
    before = await sound(database)
    till, other_till = SMALL.tills[POINT], SMALL.tills[OTHER_POINT]
    await database.run(
        lambda connection: connection.execute(
            update(terminals)
            .where(terminals.c.terminal_id == POS)
            .values(service_point_id=OTHER_POINT, till_account_id=other_till)
        )
    )
    assert (await ask(engine, reversal(2, of=1))).response_code == "00"
    after = await sound(database)
    operator = SMALL.account(OPERATOR).account_id
    assert after.balances[operator] == before.balances[operator] - yuan(500)
    assert after.balances[till] == before.balances[till] + yuan(500)
    assert after.balances[other_till] == before.balances[other_till]
