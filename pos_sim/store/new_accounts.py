"""Opening an account: a number of the bank's own, and its opening balance as a posting."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, insert

from pos_sim.domain.accounts import FIRST_ORDINARY, Account, AccountId, Kind, account_no_of
from pos_sim.domain.banks import Bank
from pos_sim.domain.journal import Entry
from pos_sim.domain.money import Fen
from pos_sim.domain.postings import credit, till_filled
from pos_sim.store.new_ids import next_id
from pos_sim.store.save_book import save_entries
from pos_sim.store.tables import accounts


def open_account(
    connection: Connection,
    kind: Kind,
    bank: Bank,
    name: str,
    opening: Fen,
    *,
    entry_id: str,
    day: date,
) -> Account:
    """Open an account that keeps its balance; ``opening`` comes from an entry, as all money does.

    Till and cassettes are filled with banknotes, the others credited.
    """
    account_id = AccountId(next_id(connection, accounts.c.account_id, FIRST_ORDINARY))
    account_no = account_no_of(bank, account_id)
    account = Account(account_id, account_no, kind, bank.bank_id, name, True, opening)
    connection.execute(
        insert(accounts).values(
            account_id=account_id,
            account_no=account_no,
            kind=kind.value,
            bank_id=bank.bank_id,
            name=name,
            is_open=True,
            balance_fen=opening,
        )
    )
    if opening:
        postings = till_filled if kind is Kind.TILL else credit
        save_entries(connection, [Entry(entry_id, day, postings(account, opening))])
    return account
