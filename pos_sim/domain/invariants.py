"""The promises about money, as functions that return what is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pos_sim.domain.accounts import CLEARING_ACCOUNTS, NEVER_BELOW_ZERO
from pos_sim.domain.book import Book
from pos_sim.domain.journal import clearing_imbalance
from pos_sim.domain.transactions import Transaction


def broken_promises(book: Book) -> list[str]:
    """Return a sentence for every promise that this group is about to break; none is right."""
    return [*unbalanced_entries(book), *broken_floors(book), *broken_fees(changed(book))]


def unbalanced_entries(book: Book) -> Iterator[str]:
    """Every posting balances by its shape; between banks, clearing must balance too."""
    for entry in book.changes.entries:
        lost = clearing_imbalance(entry.postings, CLEARING_ACCOUNTS)
        if lost:
            yield f"entry {entry.entry_id}: clearing is out by {lost} fen"
        if any(posting.amount <= 0 for posting in entry.postings):
            yield f"entry {entry.entry_id}: a posting without an amount"


def broken_floors(book: Book) -> Iterator[str]:
    for account_id in book.changes.accounts:
        account = book.accounts[account_id]
        if account.kind in NEVER_BELOW_ZERO and (account.balance or 0) < 0:
            yield f"account {account.account_no}: balance {account.balance} fen is below zero"


def broken_fees(transactions: Iterable[Transaction]) -> Iterator[str]:
    for transaction in transactions:
        charged = transaction.fee_before - transaction.fee_waived
        if charged != transaction.fee_charged or min(charged, transaction.fee_waived) < 0:
            yield f"transaction {transaction.transaction_id}: fee does not add up"


def changed(book: Book) -> Iterator[Transaction]:
    return (book.earlier[transaction_id] for transaction_id in book.changes.transactions)
