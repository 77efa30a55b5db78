"""Held transfers and remittances: released by the clock, or cancelled by a checker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from pos_sim.domain import postings
from pos_sim.domain.accounts import Account, Kind, bank_account_id
from pos_sim.domain.book import Book, release_entry_id
from pos_sim.domain.calendar import business_date
from pos_sim.domain.invariants import broken_promises
from pos_sim.domain.journal import Entry
from pos_sim.domain.reversals import undo
from pos_sim.domain.transactions import Status, Transaction
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.load_book import load_held
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.save_book import save_book
from pos_sim.store.sql import Statement

DUE = Statement(
    "select transaction_id from transactions where status = 'held' and available_us <= :now_us"
    " order by available_us, transaction_id limit :most"
)
NEXT = Statement("select min(available_us) from transactions where status = 'held'")
CHUNK = 128


class NotHeld(Exception):
    """The transaction is not held, or not any more; nothing was done."""


async def release_due(sandbox: Sandbox) -> int:
    """Release every held transaction whose time has come; return how many."""
    released = 0
    while True:
        step = partial(release_chunk, sandbox=sandbox, now=sandbox.clock.now())
        ids = await sandbox.database.read(partial(due_ids, now=sandbox.clock.now()))
        if not ids:
            return released
        now_released = await sandbox.database.run(partial(step, ids=ids))
        if not now_released:  # somebody else did it, or nobody can
            return released
        released += len(now_released)


def release_due_now(sandbox: Sandbox, now: datetime) -> int:
    """The same without an event loop."""
    released = 0
    while ids := sandbox.database.read_now(partial(due_ids, now=now)):
        work = partial(release_chunk, sandbox=sandbox, now=now, ids=ids)
        now_released = sandbox.database.run_now(work)
        if not now_released:
            break
        released += len(now_released)
    return released


async def cancel(sandbox: Sandbox, transaction_id: str, by: str) -> Transaction:
    """Cancel a held transaction: money and fee return.

    Raises `LookupError` when there is no such transaction and `NotHeld` when it is not held.
    """
    work = partial(cancel_held, sandbox=sandbox, transaction_id=transaction_id, by=by)
    return await sandbox.database.run(work)


def due_ids(connection: Connection, now: datetime) -> list[str]:
    return [row[0] for row in DUE.rows(connection, now_us=to_us(now), most=CHUNK)]


def first_available(connection: Connection) -> datetime | None:
    """Return when the first held transaction may move on, None where none is held."""
    us = NEXT.rows(connection)[0][0]
    return None if us is None else from_us(us)


def release_chunk(
    connection: Connection, sandbox: Sandbox, now: datetime, ids: Sequence[str]
) -> list[str]:
    """Bring the money of these transactions to their payees, as far as they are still held.

    Return the ids of those that were.
    """
    book = load_held(connection, ids)
    released = [t for t in book.earlier.values() if t.status is Status.HELD]
    for transaction in released:
        release(transaction, now, book)
    save(connection, book, sandbox)
    return [transaction.transaction_id for transaction in released]


def release(transaction: Transaction, now: datetime, book: Book) -> None:
    """Post the way from suspense to the payee, and mark the transaction as approved."""
    assert transaction.payee_account_id is not None
    assert transaction.amount is not None
    payee = next(a for a in book.accounts.values() if a.account_id == transaction.payee_account_id)
    moved = postings.release(payer_of(transaction, book), payee, transaction.amount)
    entry_id = release_entry_id(transaction.transaction_id)
    book.post(Entry(entry_id, business_date(now), moved))
    book.end(transaction, Status.APPROVED, entry_id)


def payer_of(transaction: Transaction, book: Book) -> Account:
    """Return the account that was debited when the money went into suspense."""
    first = book.entries[transaction.transaction_id].postings[0]
    payer = book.accounts[first.debit]
    assert first.credit == bank_account_id(payer.bank_id, Kind.SUSPENSE)
    return payer


def cancel_held(
    connection: Connection, sandbox: Sandbox, transaction_id: str, by: str
) -> Transaction:
    book = load_held(connection, [transaction_id])
    transaction = book.earlier.get(transaction_id)
    if transaction is None:
        raise LookupError(transaction_id)
    if transaction.status is not Status.HELD:
        raise NotHeld(transaction_id)
    today = business_date(sandbox.clock.now())
    undo(transaction, today, f"{transaction_id}-cancel", book)
    cancelled = replace(book.earlier[transaction_id], ended_by=f"by {by}")
    book.earlier[transaction_id] = cancelled
    save(connection, book, sandbox)
    return cancelled


def save(connection: Connection, book: Book, sandbox: Sandbox) -> None:
    broken = broken_promises(book)
    assert not broken, broken
    save_book(connection, book, sandbox.secrets.key)
