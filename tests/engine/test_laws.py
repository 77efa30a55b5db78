"""The laws of the engine: grouping is invisible, money is conserved, a key is decided once.

A bank in memory that decides one request at a time says what is right; every other bank must
agree with it to the last field: in memory in groups, on SQLite, on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from pos_sim.domain.calendar import DEMO_START, StoppedClock
from pos_sim.domain.decision import Decision
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Request, amount_of
from pos_sim.domain.transactions import Status, Transaction
from pos_sim.engine.holds import cancel_held, due_ids, release_chunk
from pos_sim.engine.post_group import post_group
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.settlements import settle
from tests.chances import (
    Cancel,
    Event,
    Release,
    busy_day,
    cuts,
    examples,
    grouped,
    request_streams,
    streams,
)
from tests.counter import (
    card_bill,
    cash_bill,
    inquiry,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.memory_bank import HELD_AMOUNT, MemoryBank, Suspicious
from tests.state import State, check_all, check_fees, in_database, in_memory
from tests.undone import undone
from tests.worlds import ANY, ATM, FACTS, OTHER_POS, RULES, SECRET, SECRETS


class Bank(Protocol):
    """A bank as the laws see it."""

    def ask_all(self, requests: Sequence[Request]) -> list[Decision]: ...
    def release_due(self, now: datetime) -> int: ...
    def cancel(self, transaction_id: str, now: datetime) -> None: ...
    def state(self) -> State: ...


class InMemory(MemoryBank):
    def state(self) -> State:
        return in_memory(self)


class InDatabase:
    """A bank in one open transaction of a database; each group reads what the last one wrote."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self.connection = connection
        self.monitor = Suspicious()
        self.sandbox = Sandbox.of(database, FACTS, RULES.policies, secret=SECRET)

    def ask_all(self, requests: Sequence[Request]) -> list[Decision]:
        return post_group(self.connection, requests, RULES, self.monitor)

    def release_due(self, now: datetime) -> int:
        ids = due_ids(self.connection, now)
        return len(release_chunk(self.connection, self.sandbox, now, ids))

    def cancel(self, transaction_id: str, now: datetime) -> None:
        self.sandbox.clock = StoppedClock(now)
        cancel_held(self.connection, self.sandbox, transaction_id, "a checker")

    def state(self) -> State:
        return in_database(self.connection)


Outcome = tuple[Transaction | None, bool, Effect | None]


def outcomes(bank: Bank, groups: Sequence[Sequence[Event]]) -> list[Outcome]:
    """Let everything happen and return what was answered to whom."""
    answers: list[Outcome] = []
    for group in groups:
        first = group[0]
        if isinstance(first, Release):
            bank.release_due(first.received_at)
        elif isinstance(first, Cancel):
            cancel_oldest(bank, first.received_at)
        else:
            decisions = bank.ask_all([e for e in group if isinstance(e, Request)])
            assert len(decisions) == len(group)
            answers += [(comparable_answer(d), d.is_replay, d.effect) for d in decisions]
    return answers


def comparable_answer(decision: Decision) -> Transaction | None:
    return without_canceller(decision.transaction) if decision.transaction else None


def cancel_oldest(bank: Bank, now: datetime) -> None:
    held = [t for t in bank.state().transactions.values() if t.status is Status.HELD]
    if held:
        oldest = min(held, key=lambda t: (t.decided_at, t.transaction_id))
        bank.cancel(oldest.transaction_id, now)


def comparable(state: State) -> State:
    transactions = {i: without_canceller(t) for i, t in state.transactions.items()}
    return replace(state, transactions=transactions)


def without_canceller(t: Transaction) -> Transaction:
    """Leave out what only a database writes: who cancelled."""
    ended_by = t.ended_by or ""
    is_cancelled = ended_by.startswith("by ") or ended_by.endswith("-cancel")
    return replace(t, ended_by="cancelled") if is_cancelled else t


def one_by_one(stream: Sequence[Event]) -> tuple[list[Outcome], State]:
    """Return what a bank does that has never heard of groups."""
    bank = InMemory()
    answers = outcomes(bank, [[event] for event in stream])
    return answers, comparable(bank.state())


# Grouping is invisible --------------------------------------------------------------------------


@examples(200)
@given(streams(), cuts)
def test_grouping_is_invisible_in_memory(stream: list[Event], sizes: list[int]) -> None:
    bank = InMemory()
    answers = outcomes(bank, list(grouped(stream, sizes)))
    assert (answers, comparable(bank.state())) == one_by_one(stream)


@examples(80)
@given(stream=streams(), sizes=cuts)
def test_grouping_is_invisible_in_a_database(
    still_database: Database, stream: list[Event], sizes: list[int]
) -> None:
    expected_answers, expected_state = one_by_one(stream)
    with undone(still_database) as connection:
        bank = InDatabase(connection, still_database)
        answers = outcomes(bank, list(grouped(stream, sizes)))
        state = bank.state()
        for day in {t.business_date for t in state.transactions.values()}:
            settle(connection, day)
        findings = audit(connection, SECRETS.key)
    assert answers == expected_answers
    assert comparable(state) == expected_state
    assert findings == []


@pytest.mark.parametrize("number", range(3))
def test_a_long_day_in_groups_is_the_same_day(still_database: Database, number: int) -> None:
    day = busy_day(number, stories=250)
    expected_answers, expected_state = one_by_one(day)
    with undone(still_database) as connection:
        bank = InDatabase(connection, still_database)
        answers = outcomes(bank, list(grouped(day, [64, 1, 128, 7])))
        assert answers == expected_answers
        assert comparable(bank.state()) == expected_state
        assert audit(connection, SECRETS.key) == []


SOON, LATER = DEMO_START + timedelta(minutes=1), DEMO_START + timedelta(hours=25)
MOVING: tuple[Request, ...] = (
    withdrawal(),
    withdrawal(card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)),
    withdrawal(terminal=ATM, card="ccb_debit"),
    transfer(),
    transfer(terminal=ATM),  # held
    transfer(amount=HELD_AMOUNT),
    remittance(),
    remittance(amount=HELD_AMOUNT),
    card_bill(),
    card_bill(biller=ANY, bill_no="7", amount=Fen(7)),
    cash_bill(),
    inquiry(),
)
SEQUELS: dict[str, list[Event]] = {
    "again": [],
    "cancelled": [Cancel(SOON)],
    "released": [Release(LATER)],
    "a new day": [withdrawal(77, at=LATER)],
}


def named(request: Request) -> str:
    return f"{type(request).__name__} {amount_of(request)} {request.key.terminal_id}"


@pytest.mark.parametrize("sequel", SEQUELS)
@pytest.mark.parametrize("request_", MOVING, ids=named)
def test_a_reversal_finds_all_it_needs_in_a_group_of_its_own(
    still_database: Database, request_: Request, sequel: str
) -> None:
    """Nobody else in the group names card, payee or bill of the original."""
    terminal = request_.key.terminal_id
    undo = [reversal(8, terminal=terminal, at=LATER), reversal(9, terminal=terminal, at=LATER)]
    stream: list[Event] = [request_, request_, *SEQUELS[sequel], *undo, request_]
    expected = one_by_one(stream)
    with undone(still_database) as connection:
        bank = InDatabase(connection, still_database)
        answers = outcomes(bank, [[event] for event in stream])
        assert (answers, comparable(bank.state())) == expected
        assert audit(connection, SECRETS.key) == []


# Money is conserved


@examples(200)
@given(request_streams(), st.randoms(use_true_random=False), cuts)
def test_whatever_the_order_of_arrival_money_is_conserved(
    stream: list[Request], chance: Random, sizes: list[int]
) -> None:
    """Reversals before their originals, replays before anything: nothing appears or vanishes."""
    chance.shuffle(stream)
    bank = InMemory()
    outcomes(bank, list(grouped(stream, sizes)))
    check_all(bank.state())


@examples(100)
@given(streams(), cuts)
def test_fees_and_waivers_are_stored_as_they_are_posted(
    stream: list[Event], sizes: list[int]
) -> None:
    bank = InMemory()
    outcomes(bank, list(grouped(stream, sizes)))
    check_fees(bank.state())


# A key is decided once


@examples(150)
@given(request_streams(), cuts, cuts)
def test_whoever_asks_again_hears_the_first_answer_and_changes_nothing(
    stream: list[Request], sizes: list[int], other_sizes: list[int]
) -> None:
    bank = InMemory()
    first = outcomes(bank, list(grouped(stream, sizes)))
    state = bank.state()
    assert len(state.transactions) == len({request.key for request in stream})
    again = outcomes(bank, list(grouped(stream, other_sizes)))
    assert bank.state() == state
    for (one, _, _), (other, is_replay, effect) in zip(first, again, strict=True):
        assert is_replay
        assert effect is None
        assert (one is None) == (other is None)  # used for something else, now as then
        if one and other:
            assert replace(other, status=one.status, ended_by=one.ended_by) == one


@examples(40)
@given(stream=request_streams(), sizes=cuts)
def test_the_same_in_a_database(
    still_database: Database, stream: list[Request], sizes: list[int]
) -> None:
    with undone(still_database) as connection:
        bank = InDatabase(connection, still_database)
        first = outcomes(bank, list(grouped(stream, sizes)))
        state = bank.state()
        again = outcomes(bank, [stream])  # all at once
        assert bank.state() == state
    assert len(state.transactions) == len({request.key for request in stream})
    for (one, _, _), (other, is_replay, _) in zip(first, again, strict=True):
        assert is_replay
        assert (one is None) == (other is None)
        if one and other:
            assert other == state.transactions[other.transaction_id]
            assert replace(other, status=one.status, ended_by=one.ended_by) == one
