"""Held money: released by the clock, cancelled by a checker, once, whoever comes first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from pos_sim.domain.calendar import StoppedClock
from pos_sim.domain.money import yuan
from pos_sim.domain.transactions import Status, Transaction
from pos_sim.engine import holds
from pos_sim.engine.holds import CHUNK, NotHeld, cancel, release_due, release_due_now
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from tests.counter import inquiry, key, remittance, reversal, transfer
from tests.memory_bank import HELD_AMOUNT, Suspicious
from tests.state import State, check_all, in_database
from tests.worlds import ATM, FACTS, RULES, SECRET, SECRETS, SMALL

DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def sandbox(database: Database, clock: StoppedClock) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox.of(
        database, FACTS, RULES.policies, secret=SECRET, clock=clock, monitor=Suspicious()
    )
    yield sandbox
    await sandbox.engine.close()


async def held(sandbox: Sandbox, trace: int = 1) -> Transaction:
    decision = await sandbox.engine.perform(
        transfer(trace, terminal=ATM, amount=yuan(30), at=sandbox.clock.now())
    )
    assert decision.transaction is not None
    assert decision.transaction.status is Status.HELD
    return decision.transaction


async def sound(sandbox: Sandbox) -> State:
    findings = await sandbox.database.read(lambda connection: audit(connection, SECRETS.key))
    assert findings == []
    state = await sandbox.database.read(in_database)
    check_all(state)
    return state


def balance(state: State, card: str) -> int:
    return state.balances[SMALL.account_of(card).account_id]


async def test_money_is_released_when_its_time_has_come(
    sandbox: Sandbox, clock: StoppedClock
) -> None:
    await held(sandbox)
    clock.advance(DAY - TICK)
    assert await release_due(sandbox) == 0
    clock.advance(TICK)
    assert await release_due(sandbox) == 1
    assert await release_due(sandbox) == 0
    state = await sound(sandbox)
    assert balance(state, "abc_debit") == yuan(400_030)
    found = await sandbox.engine.find(key(1, ATM))
    assert found is not None
    assert (found.first_status, found.status) == (Status.HELD, Status.APPROVED)


async def test_a_remittance_that_the_monitor_held_is_released_too(
    sandbox: Sandbox, clock: StoppedClock
) -> None:
    await sandbox.engine.perform(remittance(1, payee="poor", amount=HELD_AMOUNT))
    clock.advance(DAY)
    assert await release_due(sandbox) == 1
    assert balance(await sound(sandbox), "poor") == HELD_AMOUNT


async def test_a_replay_repeats_the_first_answer_after_the_release(
    sandbox: Sandbox, clock: StoppedClock
) -> None:
    first = await held(sandbox)
    clock.advance(DAY)
    await release_due(sandbox)
    again = await sandbox.engine.perform(transfer(1, terminal=ATM, amount=yuan(30)))
    assert again.is_replay
    assert again.transaction is not None
    assert again.transaction.first_status is Status.HELD
    assert again.transaction.available_at == first.available_at


async def test_more_than_one_chunk_is_released(
    sandbox: Sandbox, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CHUNK > 1
    monkeypatch.setattr(holds, "CHUNK", 3)
    for trace in range(1, 8):
        await held(sandbox, trace)
    clock.advance(DAY)
    assert await release_due(sandbox) == 7
    assert balance(await sound(sandbox), "abc_debit") == yuan(400_210)


def test_it_is_released_without_an_event_loop_too(database: Database, clock: StoppedClock) -> None:
    sandbox = Sandbox.of(database, FACTS, RULES.policies, secret=SECRET, clock=clock)
    sandbox.engine.perform_now([transfer(1, terminal=ATM), transfer(2, terminal=ATM)])
    assert release_due_now(sandbox, clock.now()) == 0
    assert release_due_now(sandbox, clock.now() + DAY) == 2


@pytest.mark.parametrize("name", ["checker", "周" * 40], ids=["short", "as long as names may be"])
async def test_a_checker_cancels_and_money_and_fee_return(sandbox: Sandbox, name: str) -> None:
    t = await held(sandbox)
    cancelled = await cancel(sandbox, t.transaction_id, name)
    assert (cancelled.status, cancelled.ended_by) == (Status.REVERSED, f"by {name}")
    assert await sandbox.engine.find(key(1, ATM)) == cancelled
    state = await sound(sandbox)
    assert balance(state, "gyb_debit") == yuan(10_000)
    assert balance(state, "abc_debit") == yuan(400_000)


async def test_nobody_cancels_twice_nor_what_was_never_held(
    sandbox: Sandbox, clock: StoppedClock
) -> None:
    t = await held(sandbox)
    await cancel(sandbox, t.transaction_id, "one")
    with pytest.raises(NotHeld):
        await cancel(sandbox, t.transaction_id, "two")
    other = await sandbox.engine.perform(inquiry(2))
    assert other.transaction is not None
    with pytest.raises(NotHeld):
        await cancel(sandbox, other.transaction.transaction_id, "two")
    with pytest.raises(LookupError):
        await cancel(sandbox, key(99).transaction_id, "two")
    clock.advance(DAY)
    assert await release_due(sandbox) == 0
    await sound(sandbox)


async def test_what_was_released_is_not_cancelled_but_reversed(
    sandbox: Sandbox, clock: StoppedClock
) -> None:
    t = await held(sandbox)
    clock.advance(DAY)
    await release_due(sandbox)
    with pytest.raises(NotHeld):
        await cancel(sandbox, t.transaction_id, "late")
    decision = await sandbox.engine.perform(reversal(9, terminal=ATM, at=clock.now()))
    assert decision.transaction is not None
    assert decision.transaction.response_code == "00"
    state = await sound(sandbox)
    assert balance(state, "gyb_debit") == yuan(10_000)
    assert balance(state, "abc_debit") == yuan(400_000)


async def test_a_held_transfer_is_reversed_by_its_terminal(
    sandbox: Sandbox, clock: StoppedClock
) -> None:
    t = await held(sandbox)
    await sandbox.engine.perform(reversal(9, terminal=ATM))
    with pytest.raises(NotHeld):
        await cancel(sandbox, t.transaction_id, "late")
    clock.advance(DAY)
    assert await release_due(sandbox) == 0
    assert balance(await sound(sandbox), "gyb_debit") == yuan(10_000)


async def test_a_payee_account_that_was_closed_meanwhile_still_gets_its_money(
    sandbox: Sandbox, clock: StoppedClock
) -> None:
    """It was accepted when the account was open; what then is between the holder and his bank."""
    await held(sandbox)
    account_id = SMALL.account_of("abc_debit").account_id
    await sandbox.database.run(
        lambda connection: connection.exec_driver_sql(
            f"update accounts set is_open = false where account_id = {account_id}"
        )
    )
    clock.advance(DAY)
    assert await release_due(sandbox) == 1
    assert balance(await sound(sandbox), "abc_debit") == yuan(400_030)
