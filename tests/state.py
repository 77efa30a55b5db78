"""Everything a bank knows, read from memory or from a database, so that two banks compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from pos_sim.domain.accounts import (
    BANK_ACCOUNTS,
    CLEARING_ACCOUNTS,
    NEVER_BELOW_ZERO,
    NORMAL_SIDE,
    AccountId,
    Kind,
    Side,
    bank_account_id,
)
from pos_sim.domain.banks import BANKS
from pos_sim.domain.journal import Posting, clearing_imbalance, movements
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import Business
from pos_sim.domain.transactions import Transaction
from pos_sim.store import tables
from pos_sim.store.rows import TRANSACTION_COLUMNS, day_or_none, to_day, transaction_of
from tests.memory_bank import MemoryBank
from tests.world import World
from tests.worlds import SMALL, openings


@dataclass(frozen=True)
class State:
    """All that may change in a bank; zeros are left out where no row means zero."""

    transactions: dict[str, Transaction]
    balances: dict[AccountId, int]
    entries: dict[str, tuple[Posting, ...]]
    usage: dict[tuple[int, str, Any], tuple[int, int]]
    cards: dict[int, tuple[int, Any, int]]
    bills: dict[tuple[str, str], tuple[int, str | None]]
    tombstones: dict[str, str]
    world: World = field(default=SMALL, repr=False)


def in_memory(bank: MemoryBank) -> State:
    book = bank.book
    return State(
        transactions=dict(book.earlier),
        balances={i: a.balance for i, a in book.accounts.items() if a.balance is not None},
        entries={i: entry.postings for i, entry in book.entries.items()},
        usage={
            (subject, kind.value, day): (used.amount, used.count)
            for (subject, kind, day), used in book.usage.items()
            if used.amount or used.count
        },
        cards={
            i: (c.pin_failures, c.pin_failed_on, c.first_withdrawal_month)
            for i, c in book.cards.items()
        },
        bills={i: (bill.amount, bill.paid_by) for i, bill in book.bills.items()},
        tombstones=dict(book.tombstones),
    )


def in_database(connection: Connection) -> State:
    return State(
        transactions=_transactions(connection),
        balances={
            row.account_id: row.balance_fen
            for row in connection.execute(select(tables.accounts))
            if row.balance_fen is not None
        },
        entries=_entries(connection),
        usage={
            (subject, kind, to_day(day)): (amount, times)
            for kind, subject, day, amount, times in connection.execute(select(tables.usage))
            if amount or times
        },
        cards={
            row.card_id: (
                row.pin_failures,
                day_or_none(row.pin_failed_on),
                row.first_withdrawal_month,
            )
            for row in connection.execute(select(tables.cards))
        },
        bills={
            (row.biller_id, row.bill_no): (row.amount_fen, row.paid_by)
            for row in connection.execute(select(tables.bills))
        },
        tombstones={
            row.transaction_id: row.reversal_id
            for row in connection.execute(select(tables.tombstones))
        },
    )


def _transactions(connection: Connection) -> dict[str, Transaction]:
    found = connection.exec_driver_sql(
        f"select {', '.join(TRANSACTION_COLUMNS)} from transactions"
    ).all()
    return {row[0]: transaction_of(row) for row in found}


def _entries(connection: Connection) -> dict[str, tuple[Posting, ...]]:
    lines = connection.execute(select(tables.postings).order_by(tables.postings.c.posting_no)).all()
    entries: dict[str, list[Posting]] = {}
    for row in lines:
        posting = Posting(
            AccountId(row.debit_account_id), AccountId(row.credit_account_id), Fen(row.amount_fen)
        )
        entries.setdefault(row.entry_id, []).append(posting)
    return {i: tuple(e) for i, e in entries.items() if not i.startswith("opening")}


# What must be true of every bank -----------------------------------------------------------------


def check_money(state: State) -> None:
    """Money is conserved: nothing appears, nothing vanishes, no floor is broken."""
    kinds = {a.account_id: a.kind for a in (*BANK_ACCOUNTS.values(), *state.world.accounts)}
    bank_of = {a.account_id: a.bank_id for a in (*BANK_ACCOUNTS.values(), *state.world.accounts)}
    everything = [p for e in openings(state.world) for p in e.postings]
    everything += [p for postings in state.entries.values() for p in postings]
    moved = movements(everything, kinds)
    sign = {Side.CREDIT: 1, Side.DEBIT: -1}
    kept = moved | {AccountId(i): balance for i, balance in state.balances.items()}
    assert sum(sign[NORMAL_SIDE[kinds[i]]] * balance for i, balance in kept.items()) == 0
    for account_id, balance in state.balances.items():
        assert balance == moved.get(account_id, 0)
        assert balance >= 0 or kinds[account_id] not in NEVER_BELOW_ZERO
    for postings in state.entries.values():
        assert clearing_imbalance(postings, CLEARING_ACCOUNTS) == 0
        assert all(bank_of[p.debit] == bank_of[p.credit] for p in postings)
    clearing = {b: moved.get(bank_account_id(b, Kind.CLEARING), 0) for b in BANKS}
    assert sum(clearing.values()) == 0


def check_fees(state: State) -> None:
    """What a record says of fee and waiver is what was posted."""
    incomes = {bank_account_id(b, Kind.FEE_INCOME) for b in BANKS}
    for t in state.transactions.values():
        assert t.fee_before == t.fee_waived + t.fee_charged
        assert min(t.fee_waived, t.fee_charged) >= 0
        assert (t.fee_waived > 0) <= (t.waiver_id is not None)
        postings = state.entries.get(t.transaction_id, ())
        earned = sum(p.amount for p in postings if p.credit in incomes)
        returned = sum(p.amount for p in postings if p.debit in incomes)
        is_reversal = t.business == Business.REVERSAL
        assert (returned if is_reversal else earned) == t.fee_charged
        assert (earned if is_reversal else returned) == 0


def check_reversals(state: State) -> None:
    """Each original is taken back at most once, and by exactly what it moved."""
    undone: dict[str, list[str]] = {}
    for t in state.transactions.values():
        if t.business == Business.REVERSAL and t.transaction_id in state.entries:
            assert t.original_id is not None
            undone.setdefault(t.original_id, []).append(t.transaction_id)
    for original_id, reversals in undone.items():
        assert len(reversals) == 1
        moved = [*state.entries[original_id], *state.entries.get(f"{original_id}-release", ())]
        back = state.entries[reversals[0]]
        assert sum(p.amount for p in back) == sum(p.amount for p in moved)


def check_refusals(state: State) -> None:
    """Who was refused moved nothing, and every entry has somebody who was not."""
    for t in state.transactions.values():
        assert (t.refusal is None) == t.moved_money
        if not t.moved_money:
            assert t.transaction_id not in state.entries
        buried_by = state.tombstones.get(t.transaction_id, t.transaction_id)
        if buried_by != t.transaction_id:  # a reversal that names itself buries itself
            assert t.response_code == "94"
    owners = {i.removesuffix("-release").removesuffix("-cancel") for i in state.entries}
    assert owners <= state.transactions.keys()


def check_all(state: State) -> None:
    check_money(state)
    check_fees(state)
    check_reversals(state)
    check_refusals(state)
