"""Lock in order, then read: the book of one group.

The order is the same for everybody, so that groups of several processes wait for each other and
never in a circle: service points, then cards, then accounts, then bills, each by ascending id.
Earlier answers are read only when the service points are locked, usage when everything is: a
replay that arrives meanwhile must find the first answer, and lets no bill be born.

What needs no answer first is asked in one trip: points and cards; then accounts, and all that is
only read; then bills, where there are any. Originals of reversals say what to lock: one trip more.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from pos_sim.domain.accounts import AccountId
from pos_sim.domain.bills import Biller
from pos_sim.domain.book import Book
from pos_sim.domain.calendar import business_date
from pos_sim.domain.cards import CardSecrets
from pos_sim.domain.requests import Request
from pos_sim.store.book_rows import (
    LOCK_ACCOUNTS,
    READ_TOMBSTONES,
    READ_TRANSACTIONS,
    accounts_of,
    ask_cards,
    ask_payees,
    ask_points,
    ask_usage,
    bindings_of,
    cards_of,
    first_of_each_key,
    ids_to_lock,
    lock_strangers,
    original_ids,
    payees_of,
    read_entries,
    read_originals,
    read_transactions,
    transactions_of,
    usage_of,
)
from pos_sim.store.lock_bills import ask_billers, billers_of, bills_of, lock_bills
from pos_sim.store.reads_along import NOBODY, Held, ReadsAlong


def load_book(
    connection: Connection,
    requests: Sequence[Request],
    secrets: CardSecrets,
    reader: ReadsAlong = NOBODY,
) -> Book:
    """Return the book in which ``requests`` can be decided, its rows locked.

    ``reader`` asks for more in the same trips, always behind their locks.
    """
    loading = Loading(connection, requests, secrets)
    loading.lock_points()
    reader.at_points()
    loading.lock_cards()
    loading.lock_accounts()
    reader.at_accounts(loading.held())
    loading.lock_bills()
    reader.at_bills()
    return loading.book()


class Loading:
    """A book on its way: each step takes what the one before asked for, and asks for more."""

    def __init__(
        self, connection: Connection, requests: Sequence[Request], secrets: CardSecrets
    ) -> None:
        self.connection = connection
        self.requests = requests
        self.secrets = secrets
        self.keys = {r.key.transaction_id for r in requests} | original_ids(requests)

    def lock_points(self) -> None:
        self._terminal_ids = {r.key.terminal_id for r in self.requests}
        self._asked_terminals = ask_points(self.connection, self._terminal_ids)

    def lock_cards(self) -> None:
        connection, requests = self.connection, self.requests
        self.originals = read_originals(connection, requests)
        self.entries = read_entries(connection, self.originals)
        self._asked_cards = ask_cards(connection, requests, self.originals, self.secrets)
        self._asked_payees = ask_payees(connection, requests)

    def lock_accounts(self) -> None:
        """Lock the accounts, and read what lies behind all locks but those of bills."""
        connection, keys = self.connection, self.keys
        self.terminals, self.points, self.settled_to = bindings_of(self._asked_terminals)
        self.card_ids, self.cards = cards_of(self._asked_cards)
        self.payees = {no: AccountId(account_id) for no, account_id in self._asked_payees.rows()}
        lock_strangers(connection, self._terminal_ids, self.terminals)
        payees = payees_of(self.originals) | set(self.payees.values())
        ids = ids_to_lock(self.terminals, self.points, self.cards, self.entries) | payees
        self._asked_accounts = LOCK_ACCOUNTS.ask(connection, account_ids=ids)
        self._asked_earlier = READ_TRANSACTIONS.ask(connection, transaction_ids=keys)
        self._asked_tombstones = READ_TOMBSTONES.ask(connection, transaction_ids=keys)
        if self.originals:  # a release may have come between the first look and the locks
            self.entries = read_entries(connection, self.originals)
        days = {business_date(r.received_at) for r in self.requests}
        days |= {original.business_date for original in self.originals.values()}
        self._asked_usage = ask_usage(connection, {*self.cards, *payees}, days)
        self._asked_billers = ask_billers(connection, self.requests, self.originals)

    def held(self) -> Held:
        return Held(self.points, self.cards, self.payees)

    def lock_bills(self) -> None:
        self.accounts = accounts_of(self._asked_accounts)
        self.earlier = transactions_of(self._asked_earlier)
        self.billers: dict[str, Biller] = billers_of(self._asked_billers)
        fresh = first_of_each_key(self.requests, self.earlier)
        self._asked_bills = lock_bills(
            self.connection, self.requests, fresh, self.originals, self.billers, self.secrets.key
        )

    def book(self) -> Book:
        return Book(
            terminals=self.terminals,
            points=self.points,
            cards=self.cards,
            card_ids=self.card_ids,
            accounts=self.accounts,
            account_ids={a.account_no: a.account_id for a in self.accounts.values()},
            billers=self.billers,
            bills=bills_of(self._asked_bills),
            earlier=self.earlier,
            tombstones={row[0]: row[1] for row in self._asked_tombstones.rows()},
            usage=usage_of(self._asked_usage),
            entries=self.entries,
            settled_to=self.settled_to,
        )


def load_held(connection: Connection, ids: Sequence[str]) -> Book:
    """Return the book in which held transactions can be released or cancelled.

    Their points are locked first, as every reversal does, so nobody else ends them meanwhile.
    """
    seen = read_transactions(connection, ids)
    terminal_ids = {t.terminal_id for t in seen.values()}
    terminals, points, settled_to = bindings_of(ask_points(connection, terminal_ids))
    lock_strangers(connection, terminal_ids, terminals)
    held = read_transactions(connection, ids)
    entries = read_entries(connection, held)
    card_ids, cards = cards_of(ask_cards(connection, (), held))
    payees = payees_of(held)
    account_ids = ids_to_lock(terminals, points, cards, entries) | payees
    accounts = accounts_of(LOCK_ACCOUNTS.ask(connection, account_ids=account_ids))
    days = {t.business_date for t in held.values()}
    return Book(
        terminals=terminals,
        points=points,
        cards=cards,
        card_ids=card_ids,
        accounts=accounts,
        earlier=held,
        usage=usage_of(ask_usage(connection, {*cards, *payees}, days)),
        entries=entries,
        settled_to=settled_to,
    )
