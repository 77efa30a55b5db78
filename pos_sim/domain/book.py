"""The rows that one group holds locked: gives facts, takes decisions, lists what changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from pos_sim.domain.accounts import Account, AccountId, Kind
from pos_sim.domain.bills import Bill, Biller
from pos_sim.domain.cards import Card
from pos_sim.domain.journal import Entry, Posting, movements
from pos_sim.domain.limits import UNUSED, Usage, UsageKey
from pos_sim.domain.money import Fen
from pos_sim.domain.service_points import ServicePoint, Terminal
from pos_sim.domain.transactions import Status, Transaction

BillKey = tuple[str, str]


@dataclass(slots=True)
class Changes:
    """What a group must write: names of rows; the rows themselves stand in the book."""

    transactions: list[str] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    accounts: set[AccountId] = field(default_factory=set)
    usage: set[UsageKey] = field(default_factory=set)
    cards: set[int] = field(default_factory=set)
    bills: set[BillKey] = field(default_factory=set)
    tombstones: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """The world of one group, as far as its requests can see and change it.

    Later members see what earlier ones did. A row that is missing here does not exist.
    """

    terminals: dict[str, Terminal] = field(default_factory=dict)
    points: dict[str, ServicePoint] = field(default_factory=dict)
    cards: dict[int, Card] = field(default_factory=dict)
    card_ids: dict[str, int] = field(default_factory=dict)
    accounts: dict[AccountId, Account] = field(default_factory=dict)
    account_ids: dict[str, AccountId] = field(default_factory=dict)
    billers: dict[str, Biller] = field(default_factory=dict)
    bills: dict[BillKey, Bill] = field(default_factory=dict)
    earlier: dict[str, Transaction] = field(default_factory=dict)
    tombstones: dict[str, str] = field(default_factory=dict)
    usage: dict[UsageKey, Usage] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    kinds: dict[AccountId, Kind] = field(default_factory=dict)
    settled_to: date | None = None

    def __post_init__(self) -> None:
        self.kinds = {
            account_id: account.kind
            for account_id, account in self.accounts.items()
            if account.balance is not None
        }

    def card(self, pan_hash: str) -> Card | None:
        """Return the card found under the keyed hash of its number."""
        card_id = self.card_ids.get(pan_hash)
        return None if card_id is None else self.cards[card_id]

    def account_of_no(self, account_no: str) -> Account | None:
        """Return the account with this number."""
        account_id = self.account_ids.get(account_no)
        return None if account_id is None else self.accounts[account_id]

    def used(self, key: UsageKey) -> Usage:
        """Return what was used of a daily limit so far."""
        return self.usage.get(key, UNUSED)

    def entries_of(self, transaction_id: str) -> tuple[Posting, ...]:
        """Return all postings of a transaction, its release included."""
        return tuple(
            posting
            for entry_id in (transaction_id, release_entry_id(transaction_id))
            if entry_id in self.entries
            for posting in self.entries[entry_id].postings
        )

    def post(self, entry: Entry) -> None:
        """Write an entry and move the balances that are kept."""
        for account_id, growth in movements(entry.postings, self.kinds).items():
            self.accounts[account_id] = self.accounts[account_id].grown_by(growth)
            self.changes.accounts.add(account_id)
        self.entries[entry.entry_id] = entry
        self.changes.entries.append(entry)

    def use(self, key: UsageKey, amount: int, count: int) -> None:
        """Add to what was used of a daily limit; negative numbers give back."""
        used = self.used(key)
        self.usage[key] = Usage(Fen(used.amount + amount), used.count + count)
        self.changes.usage.add(key)

    def put_card(self, card: Card) -> None:
        before = self.cards[card.card_id]
        if before is not card and before != card:
            self.cards[card.card_id] = card
            self.changes.cards.add(card.card_id)

    def put_bill(self, bill: Bill) -> None:
        key = (bill.biller_id, bill.bill_no)
        self.bills[key] = bill
        self.changes.bills.add(key)

    def add(self, transaction: Transaction) -> None:
        """Keep a new decision; a later member with the same key will find it."""
        self.earlier[transaction.transaction_id] = transaction
        self.changes.transactions.append(transaction.transaction_id)

    def end(self, transaction: Transaction, status: Status, ended_by: str) -> None:
        """Mark an earlier transaction as reversed or released."""
        ended = replace(transaction, status=status, ended_by=ended_by)
        self.earlier[transaction.transaction_id] = ended
        self.changes.ended.add(transaction.transaction_id)

    def bury(self, original_id: str, reversal_id: str) -> None:
        """Set a tombstone: the original, should it come, answers 94."""
        if original_id not in self.tombstones:
            self.tombstones[original_id] = reversal_id
            self.changes.tombstones.append(original_id)


def release_entry_id(transaction_id: str) -> str:
    """Return the id of the entry that releases a held transaction."""
    return f"{transaction_id}-release"
