"""What a book is made of: each kind of its rows, locked or only read, in one statement.

Asking and taking are two functions, so that what a group asks for can travel together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.accounts import BANK_ACCOUNTS, Account, AccountId
from pos_sim.domain.book import release_entry_id
from pos_sim.domain.cards import Card, CardSecrets
from pos_sim.domain.journal import Entry, Posting
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import (
    CardRequest,
    CashRemittance,
    Charge,
    Request,
    Reversal,
    Transfer,
)
from pos_sim.domain.service_points import ServicePoint, Terminal
from pos_sim.domain.transactions import Transaction
from pos_sim.store import rows
from pos_sim.store.settlements import SETTLED_BY_NOBODY
from pos_sim.store.sql import NOTHING, Answer, Statement
from pos_sim.store.tables import FOLLOWS

LOCK_POINTS = Statement(
    f"select {SETTLED_BY_NOBODY} from service_points p where p.service_point_id in"
    " (select service_point_id from terminals where terminal_id {in:terminal_ids text})"
    " order by p.service_point_id {lock:p}"
)
READ_TERMINALS = Statement(
    "select (select max(business_date) from settlements),"
    f" {rows.TERMINAL_COLUMNS}, {rows.POINT_COLUMNS} from terminals t"
    " left join service_points p on p.service_point_id = t.service_point_id"
    " where t.terminal_id {in:terminal_ids text}"
)
LOCK_STRANGERS = Statement(
    "select pg_advisory_xact_lock(number) from (select distinct hashtext(value) as number"
    " from {each:terminal_ids text} as t(value) order by number) as strangers"
)
LOCK_CARDS = Statement(
    f"select pan_hash, {rows.CARD_COLUMNS} from cards c where pan_hash {{in:pan_hashes text}}"
    " order by card_id {lock:c}"
)
LOCK_CARDS_BY_ID = Statement(
    f"select pan_hash, {rows.CARD_COLUMNS} from cards c"
    " where pan_hash {in:pan_hashes text} or card_id {in:card_ids bigint} order by card_id {lock:c}"
)
FIND_ACCOUNTS = Statement(
    "select account_no, account_id from accounts where account_no {in:account_nos text} and kind in"
    " ('cardholder', 'operator')"
)
LOCK_ACCOUNTS = Statement(
    f"select {rows.ACCOUNT_COLUMNS} from accounts a where account_id {{in:account_ids bigint}}"
    " order by account_id {lock:a}"
)
READ_TRANSACTIONS = Statement(
    f"select {', '.join(rows.TRANSACTION_COLUMNS)} from transactions"
    " where transaction_id {in:transaction_ids text}"
)
READ_TOMBSTONES = Statement(
    "select transaction_id, reversal_id from tombstones"
    " where transaction_id {in:transaction_ids text}"
)
READ_USAGE = Statement(
    "select subject_id, kind, business_date, amount_fen, count from usage"
    " where subject_id {in:subject_ids bigint} and business_date {in:days date}"
)
ENTRY = (
    "select entry_id, business_date, debit_account_id, credit_account_id, amount_fen, posting_no"
    " from postings where entry_id"
)
READ_ENTRIES = Statement(
    f"{ENTRY} {{in:ids text}} and business_date {{in:days date}}"
    f" union all {ENTRY} {{in:release_ids text}} and {FOLLOWS} order by 1, 6"
)


def ask_points(connection: Connection, terminal_ids: set[str]) -> Answer:
    """Lock the points of the terminals, then ask for the bindings."""
    if connection.dialect.name != "sqlite":
        LOCK_POINTS.ask(connection, terminal_ids=terminal_ids)
    return READ_TERMINALS.ask(connection, terminal_ids=terminal_ids)


def bindings_of(
    asked: Answer,
) -> tuple[dict[str, Terminal], dict[str, ServicePoint], date | None]:
    """Return terminals and their points, and which day was settled last."""
    found = asked.rows()
    terminals = [rows.terminal_of(row[1:6]) for row in found]
    points = [rows.point_of(row[6:]) for row in found if row[6] is not None]
    return (
        {terminal.terminal_id: terminal for terminal in terminals},
        {point.service_point_id: point for point in points},
        rows.day_or_none(found[0][0]) if found else None,
    )


def lock_strangers(
    connection: Connection, terminal_ids: set[str], terminals: Mapping[str, Terminal]
) -> None:
    """Lock the names of terminals at no point: no row stands for them."""
    at_a_point = {t.terminal_id for t in terminals.values() if t.service_point_id is not None}
    strangers = terminal_ids - at_a_point
    if strangers and connection.dialect.name != "sqlite":
        LOCK_STRANGERS.ask(connection, terminal_ids=strangers)


def original_ids(requests: Iterable[Request]) -> set[str]:
    """Return the keys that the reversals name."""
    return {r.original.transaction_id for r in requests if isinstance(r, Reversal)}


def read_originals(connection: Connection, requests: Sequence[Request]) -> dict[str, Transaction]:
    """Return the originals of reversals, which say what else to lock."""
    ids = original_ids(requests)
    return read_transactions(connection, ids) if ids else {}


def read_transactions(connection: Connection, ids: Iterable[str]) -> dict[str, Transaction]:
    """Return the transactions with these ids."""
    return transactions_of(READ_TRANSACTIONS.ask(connection, transaction_ids=ids))


def transactions_of(asked: Answer) -> dict[str, Transaction]:
    return {row[0]: rows.transaction_of(row) for row in asked.rows()}


def read_entries(
    connection: Connection, transactions: Mapping[str, Transaction]
) -> dict[str, Entry]:
    """Return the entries of these transactions, their releases included."""
    if not transactions:
        return {}
    found = READ_ENTRIES.rows(
        connection,
        ids=list(transactions),
        days={t.business_date.isoformat() for t in transactions.values()},
        release_ids=[release_entry_id(i) for i in transactions],
    )
    return {
        entry_id: entry_of(entry_id, list(lines))
        for entry_id, lines in groupby(found, key=lambda row: str(row[0]))
    }


def entry_of(entry_id: str, lines: Sequence[Any]) -> Entry:
    return Entry(
        entry_id,
        rows.to_day(lines[0][1]),
        tuple(Posting(AccountId(d), AccountId(c), Fen(a)) for _, _, d, c, a, _ in lines),
    )


def ask_cards(
    connection: Connection,
    requests: Sequence[Request],
    originals: dict[str, Transaction],
    secrets: CardSecrets | None = None,
) -> Answer:
    """Lock the cards of the requests, of the originals, and those that are charged."""
    pan_hashes = {
        secrets.pan_hash(r.pan) for r in requests if secrets and isinstance(r, CardRequest)
    }
    card_ids = {t.card_id for t in originals.values() if t.card_id is not None}
    card_ids |= {r.card_id for r in requests if isinstance(r, Charge)}
    if card_ids:
        return LOCK_CARDS_BY_ID.ask(connection, pan_hashes=pan_hashes, card_ids=card_ids)
    return LOCK_CARDS.ask(connection, pan_hashes=pan_hashes) if pan_hashes else NOTHING


def cards_of(asked: Answer) -> tuple[dict[str, int], dict[int, Card]]:
    cards = {row[0]: rows.card_of(row[1:]) for row in asked.rows()}
    return (
        {pan_hash: card.card_id for pan_hash, card in cards.items()},
        {card.card_id: card for card in cards.values()},
    )


def ask_payees(connection: Connection, requests: Sequence[Request]) -> Answer:
    """Ask for the ids of the payees by their numbers; they never change."""
    numbers = {r.payee_account_no for r in requests if isinstance(r, Transfer | CashRemittance)}
    return FIND_ACCOUNTS.ask(connection, account_nos=numbers) if numbers else NOTHING


def ids_to_lock(
    terminals: dict[str, Terminal],
    points: dict[str, ServicePoint],
    cards: dict[int, Card],
    entries: dict[str, Entry],
) -> set[AccountId]:
    """Return the accounts that the group may touch, as far as they are known by id."""
    touched = {posting.debit for entry in entries.values() for posting in entry.postings}
    touched |= {posting.credit for entry in entries.values() for posting in entry.postings}
    return (
        {card.account_id for card in cards.values()}
        | {point.operator_account_id for point in points.values()}
        | {t.till_account_id for t in terminals.values() if t.till_account_id is not None}
        | (touched - BANK_ACCOUNTS.keys())
    )


def payees_of(transactions: dict[str, Transaction]) -> set[AccountId]:
    """Return the payees; while money is held, no posting names them, but their limit is used."""
    return {AccountId(t.payee_account_id) for t in transactions.values() if t.payee_account_id}


def accounts_of(asked: Answer) -> dict[AccountId, Account]:
    accounts = map(rows.account_of, asked.rows())
    return {account.account_id: account for account in accounts}


def first_of_each_key(
    requests: Sequence[Request], earlier: Mapping[str, Transaction]
) -> list[Request]:
    """Return the requests that will be decided: no replay, and no key used for something else."""
    firsts: dict[str, Request] = {}
    for request in requests:
        firsts.setdefault(request.key.transaction_id, request)
    return [request for key, request in firsts.items() if key not in earlier]


def ask_usage(connection: Connection, subjects: set[int], days: set[date]) -> Answer:
    """Ask for what the subjects (cards, payee accounts) used on these days."""
    return READ_USAGE.ask(connection, subject_ids=subjects, days=[d.isoformat() for d in days])


def usage_of(asked: Answer) -> dict[tuple[int, LimitKind, date], Usage]:
    return {
        (subject, LimitKind(kind), rows.to_day(day)): Usage(Fen(amount), count)
        for subject, kind, day, amount, count in asked.rows()
    }
