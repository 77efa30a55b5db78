"""退出清算 When a point exits, its money leaves the books: nothing is owed to it any more.

The banknotes of the till are the operator's own and stay with them, those of cassettes are the
bank's and go back; the settlement account is paid out. An account that serves another point, too,
is left alone. Whoever reverses later finds the account empty, and the bank stands in (suspense).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from pos_sim.domain.accounts import Account
from pos_sim.domain.book import Book
from pos_sim.domain.journal import Entry
from pos_sim.domain.postings import emptied
from pos_sim.store.new_accounts import lock_accounts_of_point
from pos_sim.store.save_book import save_money


def pay_out(connection: Connection, point_id: str, day: date) -> Sequence[Account]:
    """Empty the accounts of a point, which is held; return them as they were before.

    It is one entry, ``exit-`` and the id of the point: a point exits once.
    """
    book = Book(accounts=lock_accounts_of_point(connection, point_id))
    before = list(book.accounts.values())
    moved = tuple(posting for account in before for posting in emptied(account))
    if moved:
        book.post(Entry(f"exit-{point_id}", day, moved))
    assert all(account.balance == 0 for account in book.accounts.values())
    save_money(connection, book)
    return before
