"""Write what a group changed, a set of rows a table."""

from __future__ import annotations

from sqlalchemy import Connection

from pos_sim.domain.book import Book
from pos_sim.domain.journal import Entry
from pos_sim.store import rows
from pos_sim.store.lock_bills import bill_row
from pos_sim.store.outbox import announce_transactions
from pos_sim.store.settlements import correct_settlements
from pos_sim.store.sql import InsertSet, UpdateSet
from pos_sim.store.tables import (
    accounts,
    bills,
    cards,
    postings,
    tombstones,
    transactions,
    usage,
)

INSERT_TRANSACTIONS = InsertSet(transactions, [*rows.TRANSACTION_COLUMNS, "seal"])
END_TRANSACTIONS = UpdateSet(transactions, ["status", "ended_by"], ["transaction_id"])
INSERT_POSTINGS = InsertSet(
    postings,
    ["entry_id", "business_date", "debit_account_id", "credit_account_id", "amount_fen"],
)
UPDATE_BALANCES = UpdateSet(accounts, ["balance_fen"], ["account_id"])
UPDATE_CARDS = UpdateSet(
    cards,
    ["pin_failures", "pin_failed_on", "gets_subsidies", "first_withdrawal_month"],
    ["card_id"],
)
UPSERT_USAGE = InsertSet(
    usage,
    ["kind", "subject_id", "business_date", "amount_fen", "count"],
    "on conflict (business_date, subject_id, kind) do update"
    " set amount_fen = excluded.amount_fen, count = excluded.count",
)
UPDATE_BILLS = UpdateSet(bills, ["amount_fen", "paid_by", "seal"], ["biller_id", "bill_no"])
INSERT_TOMBSTONES = InsertSet(tombstones, ["transaction_id", "reversal_id"])


def save_book(connection: Connection, book: Book, seal_key: bytes) -> None:
    """Write the changes of the book; the caller commits."""
    changes = book.changes
    new = [rows.transaction_row(book.earlier[i], seal_key) for i in changes.transactions]
    ended = sorted(changes.ended - set(changes.transactions))
    INSERT_TRANSACTIONS.run(connection, new)
    END_TRANSACTIONS.run(
        connection, [(book.earlier[i].status.value, book.earlier[i].ended_by, i) for i in ended]
    )
    announce_transactions(connection, changes.transactions, ended)
    save_money(connection, book)
    if book.settled_to is not None:  # the clock may be moved while a request is on its way
        late = {entry.business_date for entry in changes.entries}
        correct_settlements(connection, {day for day in late if day <= book.settled_to})
    UPSERT_USAGE.run(
        connection,
        [
            (kind.value, subject, day.isoformat(), used.amount, used.count)
            for subject, kind, day in sorted(changes.usage)
            for used in (book.usage[subject, kind, day],)
        ],
    )
    UPDATE_CARDS.run(connection, [card_row(book, card_id) for card_id in sorted(changes.cards)])
    UPDATE_BILLS.run(
        connection,
        [
            (bill.amount, bill.paid_by, bill_row(bill, seal_key)[-1], *key)
            for key in sorted(changes.bills)
            for bill in (book.bills[key],)
        ],
    )
    INSERT_TOMBSTONES.run(connection, [(i, book.tombstones[i]) for i in changes.tombstones])


def save_money(connection: Connection, book: Book) -> None:
    """Write the entries of the book and the balances that they moved."""
    save_entries(connection, book.changes.entries)
    moved = sorted(book.changes.accounts)
    UPDATE_BALANCES.run(connection, [(book.accounts[i].balance, i) for i in moved])


def save_entries(connection: Connection, entries: list[Entry]) -> None:
    """Append entries to the journal."""
    INSERT_POSTINGS.run(
        connection,
        [
            (entry.entry_id, entry.business_date.isoformat(), *posting)
            for entry in entries
            for posting in entry.postings
        ],
    )


def card_row(book: Book, card_id: int) -> tuple[object, ...]:
    card = book.cards[card_id]
    failed_on = card.pin_failed_on.isoformat() if card.pin_failed_on else None
    return (
        card.pin_failures,
        failed_on,
        card.gets_subsidies,
        card.first_withdrawal_month,
        card_id,
    )
