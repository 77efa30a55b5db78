"""Opening an account: a number of the bank's own, and its opening balance as a posting.

And which accounts go when a service point goes.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, insert

from pos_sim.domain.accounts import FIRST_ORDINARY, Account, AccountId, Kind, account_no_of
from pos_sim.domain.banks import Bank
from pos_sim.domain.journal import Entry
from pos_sim.domain.money import Fen
from pos_sim.domain.postings import credit, till_filled
from pos_sim.store.new_ids import next_id
from pos_sim.store.rows import ACCOUNT_COLUMNS, account_of
from pos_sim.store.save_book import save_entries
from pos_sim.store.sql import Statement
from pos_sim.store.tables import accounts

LOCK_OF_POINT = Statement(
    f"select {ACCOUNT_COLUMNS} from accounts a where account_id in"
    " (select operator_account_id from service_points where service_point_id = :point"
    "  union select till_account_id from service_points where service_point_id = :point"
    "  union select till_account_id from terminals where service_point_id = :point)"
    " and not exists (select 1 from service_points other where other.service_point_id <> :point"
    "  and other.status <> 'exited' and a.account_id in"
    "  (other.operator_account_id, other.till_account_id))"
    " order by account_id {lock:a}"
)


def lock_accounts_of_point(connection: Connection, point_id: str) -> dict[AccountId, Account]:
    """Lock the accounts of operator, till and cassettes that serve no other point."""
    found = map(account_of, LOCK_OF_POINT.rows(connection, point=point_id))
    return {account.account_id: account for account in found}


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
