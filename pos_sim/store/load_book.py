"""Lock in order, then read: the book of one group.

The order is the same for everybody, so that groups of several processes wait for each other and
never in a circle: service points, then cards, then accounts, then bills, each by ascending id.
Earlier answers are read only when the service points are locked, usage when everything is: a
replay that arrives meanwhile must find the first answer, and lets no bill be born.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.accounts import BANK_ACCOUNTS, Account, AccountId
from pos_sim.domain.bills import Bill, Biller, seal_of_bill
from pos_sim.domain.book import Book, release_entry_id
from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import Card, CardSecrets
from pos_sim.domain.journal import Entry, Posting
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import (
    CardBillPayment,
    CardRequest,
    CashBillPayment,
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
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import bills

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
    "select account_id from accounts where account_no {in:account_nos text} and kind in"
    " ('cardholder', 'operator')"
)
LOCK_ACCOUNTS = Statement(
    f"select {rows.ACCOUNT_COLUMNS} from accounts a where account_id {{in:account_ids bigint}}"
    " order by account_id {lock:a}"
)
READ_BILLERS = Statement(
    "select b.biller_id, b.name, b.name_en, b.category, b.takes_any_bill, a.account_id,"
    " a.account_no, a.kind, a.bank_id, a.name, a.is_open, a.balance_fen"
    " from billers b join accounts a on a.account_id = b.account_id"
    " where b.biller_id {in:biller_ids text}"
)
BEAR_BILLS = InsertSet(
    bills,
    ("biller_id", "bill_no", "amount_fen", "payer_name", "paid_by", "seal"),
    "on conflict do nothing",
)
LOCK_BILLS = Statement(
    "select biller_id, bill_no, amount_fen, payer_name, paid_by from bills b"
    " where biller_id {in:biller_ids text} and bill_no {in:bill_nos text}"
    " order by biller_id, bill_no {lock:b}"
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
READ_ENTRIES = Statement(
    "select entry_id, business_date, debit_account_id, credit_account_id, amount_fen"
    " from postings where entry_id {in:entry_ids text} order by entry_id, posting_no"
)


def load_book(connection: Connection, requests: Sequence[Request], secrets: CardSecrets) -> Book:
    """Return the book in which ``requests`` can be decided, its rows locked."""
    terminals, points, settled_to = lock_points(connection, {r.key.terminal_id for r in requests})
    originals = read_originals(connection, requests)
    entries = read_entries(connection, originals)
    card_ids, cards = lock_cards(connection, requests, originals, secrets)
    accounts = lock_accounts(
        connection,
        account_ids=ids_to_lock(terminals, points, cards, entries) | payees_of(originals),
        account_nos={
            r.payee_account_no for r in requests if isinstance(r, Transfer | CashRemittance)
        },
    )
    keys = {r.key.transaction_id for r in requests} | original_ids(requests)
    earlier = read_transactions(connection, keys)
    fresh = first_of_each_key(requests, earlier)
    billers, bills_held = lock_bills(connection, requests, fresh, originals, secrets.key)
    days = {business_date(r.received_at) for r in requests}
    days |= {original.business_date for original in originals.values()}
    return Book(
        terminals=terminals,
        points=points,
        cards=cards,
        card_ids=card_ids,
        accounts=accounts,
        account_ids={account.account_no: account.account_id for account in accounts.values()},
        billers=billers,
        bills=bills_held,
        earlier=earlier,
        tombstones={
            row[0]: row[1] for row in READ_TOMBSTONES.rows(connection, transaction_ids=keys)
        },
        usage=read_usage(connection, {*cards, *accounts}, days),
        # A release may have come between the first look and the locks.
        entries=entries if not originals else read_entries(connection, originals),
        settled_to=settled_to,
    )


def load_held(connection: Connection, ids: Sequence[str]) -> Book:
    """Return the book in which held transactions can be released or cancelled.

    Their points are locked first, as every reversal does, so nobody else ends them meanwhile.
    """
    seen = read_transactions(connection, ids)
    terminals, points, settled_to = lock_points(connection, {t.terminal_id for t in seen.values()})
    held = read_transactions(connection, ids)
    entries = read_entries(connection, held)
    card_ids, cards = lock_cards(connection, (), held)
    account_ids = ids_to_lock(terminals, points, cards, entries) | payees_of(held)
    accounts = lock_accounts(connection, account_ids, set())
    return Book(
        terminals=terminals,
        points=points,
        cards=cards,
        card_ids=card_ids,
        accounts=accounts,
        earlier=held,
        usage=read_usage(connection, {*cards, *accounts}, {t.business_date for t in held.values()}),
        entries=entries,
        settled_to=settled_to,
    )


def lock_points(
    connection: Connection, terminal_ids: set[str]
) -> tuple[dict[str, Terminal], dict[str, ServicePoint], date | None]:
    """Lock the points of the terminals, then read the bindings, and which day was settled last."""
    if connection.dialect.name != "sqlite":
        LOCK_POINTS.rows(connection, terminal_ids=terminal_ids)
    found = READ_TERMINALS.rows(connection, terminal_ids=terminal_ids)
    terminals = [rows.terminal_of(row[1:6]) for row in found]
    points = [rows.point_of(row[6:]) for row in found if row[6] is not None]
    at_a_point = {t.terminal_id for t in terminals if t.service_point_id is not None}
    strangers = terminal_ids - at_a_point  # no row stands for them, so their name is locked
    if strangers and connection.dialect.name != "sqlite":
        LOCK_STRANGERS.rows(connection, terminal_ids=list(strangers))
    return (
        {terminal.terminal_id: terminal for terminal in terminals},
        {point.service_point_id: point for point in points},
        rows.day_or_none(found[0][0]) if found else None,
    )


def original_ids(requests: Iterable[Request]) -> set[str]:
    """Return the keys that the reversals name."""
    return {r.original.transaction_id for r in requests if isinstance(r, Reversal)}


def read_originals(connection: Connection, requests: Sequence[Request]) -> dict[str, Transaction]:
    """Return the originals of reversals, which say what else to lock."""
    ids = original_ids(requests)
    return read_transactions(connection, ids) if ids else {}


def read_transactions(connection: Connection, ids: Iterable[str]) -> dict[str, Transaction]:
    """Return the transactions with these ids."""
    found = READ_TRANSACTIONS.rows(connection, transaction_ids=ids)
    return {row[0]: rows.transaction_of(row) for row in found}


def read_entries(connection: Connection, ids: Iterable[str]) -> dict[str, Entry]:
    """Return the entries of these transactions, their releases included."""
    entry_ids = [entry_id for i in ids for entry_id in (i, release_entry_id(i))]
    if not entry_ids:
        return {}
    found = READ_ENTRIES.rows(connection, entry_ids=entry_ids)
    return {
        entry_id: entry_of(entry_id, list(lines))
        for entry_id, lines in groupby(found, key=lambda row: str(row[0]))
    }


def entry_of(entry_id: str, lines: Sequence[Any]) -> Entry:
    return Entry(
        entry_id,
        rows.to_day(lines[0][1]),
        tuple(Posting(AccountId(d), AccountId(c), Fen(a)) for _, _, d, c, a in lines),
    )


def lock_cards(
    connection: Connection,
    requests: Sequence[Request],
    originals: dict[str, Transaction],
    secrets: CardSecrets | None = None,
) -> tuple[dict[str, int], dict[int, Card]]:
    """Lock and read the cards of the requests, of the originals, and those that are charged."""
    pan_hashes = {
        secrets.pan_hash(r.pan) for r in requests if secrets and isinstance(r, CardRequest)
    }
    card_ids = {t.card_id for t in originals.values() if t.card_id is not None}
    card_ids |= {r.card_id for r in requests if isinstance(r, Charge)}
    if card_ids:
        found = LOCK_CARDS_BY_ID.rows(connection, pan_hashes=pan_hashes, card_ids=card_ids)
    elif pan_hashes:
        found = LOCK_CARDS.rows(connection, pan_hashes=pan_hashes)
    else:
        found = []
    cards = {row[0]: rows.card_of(row[1:]) for row in found}
    return (
        {pan_hash: card.card_id for pan_hash, card in cards.items()},
        {card.card_id: card for card in cards.values()},
    )


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


def lock_accounts(
    connection: Connection, account_ids: set[AccountId], account_nos: set[str]
) -> dict[AccountId, Account]:
    """Lock and read the accounts; numbers are resolved first, ids never change."""
    if account_nos:
        found = FIND_ACCOUNTS.rows(connection, account_nos=account_nos)
        account_ids = account_ids | {row[0] for row in found}
    locked = LOCK_ACCOUNTS.rows(connection, account_ids=account_ids)
    accounts = [rows.account_of(row) for row in locked]
    return {account.account_id: account for account in accounts}


def first_of_each_key(
    requests: Sequence[Request], earlier: Mapping[str, Transaction]
) -> list[Request]:
    """Return the requests that will be decided: no replay, and no key used for something else."""
    firsts: dict[str, Request] = {}
    for request in requests:
        firsts.setdefault(request.key.transaction_id, request)
    return [request for key, request in firsts.items() if key not in earlier]


def lock_bills(
    connection: Connection,
    requests: Sequence[Request],
    fresh: Sequence[Request],
    originals: dict[str, Transaction],
    seal_key: bytes,
) -> tuple[dict[str, Biller], dict[tuple[str, str], Bill]]:
    """Lock and read the bills; where a biller takes any bill, a fresh request lets it be born."""
    asked = {
        (r.biller_id, r.bill_no)
        for r in requests
        if isinstance(r, CardBillPayment | CashBillPayment)
    }
    wanted = {
        (r.biller_id, r.bill_no): r.amount
        for r in reversed(fresh)  # a bill is born with the amount of the first who asks
        if isinstance(r, CardBillPayment | CashBillPayment)
    }
    paid = {(t.biller_id, t.bill_no) for t in originals.values() if t.biller_id and t.bill_no}
    if not asked and not paid:
        return {}, {}
    found = READ_BILLERS.rows(
        connection, biller_ids={biller_id for biller_id, _ in [*asked, *paid]}
    )
    billers = {row[0]: biller_of(row) for row in found}
    born = [
        Bill(biller_id, bill_no, amount, "", None)
        for (biller_id, bill_no), amount in sorted(wanted.items())
        if biller_id in billers and billers[biller_id].takes_any_bill
    ]
    BEAR_BILLS.run(connection, [bill_row(bill, seal_key) for bill in born])
    locked = LOCK_BILLS.rows(
        connection,
        biller_ids=set(billers),
        bill_nos={bill_no for _, bill_no in [*asked, *paid]},
    )
    held = {(row[0], row[1]): Bill(row[0], row[1], Fen(row[2]), row[3], row[4]) for row in locked}
    return billers, held


def bill_row(bill: Bill, seal_key: bytes) -> tuple[Any, ...]:
    seal = seal_of_bill(bill, seal_key)
    return (bill.biller_id, bill.bill_no, bill.amount, bill.payer_name, bill.paid_by, seal)


def biller_of(row: Any) -> Biller:
    biller_id, name, name_en, category, takes_any_bill, *account = row
    return Biller(
        biller_id, name, name_en, category, rows.account_of(account), bool(takes_any_bill)
    )


def read_usage(
    connection: Connection, subjects: set[int], days: set[date]
) -> dict[tuple[int, LimitKind, date], Usage]:
    """Return what the subjects (cards, payee accounts) used on these days."""
    found = READ_USAGE.rows(connection, subject_ids=subjects, days=[d.isoformat() for d in days])
    return {
        (subject, LimitKind(kind), rows.to_day(day)): Usage(Fen(amount), count)
        for subject, kind, day, amount, count in found
    }
