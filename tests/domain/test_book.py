"""The book of one group: later members see earlier ones, and only what changed is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pos_sim.domain.accounts import Kind, bank_account_id
from pos_sim.domain.book import Book, release_entry_id
from pos_sim.domain.cards import Pan
from pos_sim.domain.journal import Entry, Posting
from pos_sim.domain.limits import LimitKind, Usage
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.transactions import Status
from tests.counter import key, transfer, withdrawal
from tests.memory_bank import MemoryBank
from tests.worlds import ATM, BILL_NO, OPERATOR, POWER, SECRETS, SMALL, book_of

DAY = date(2026, 3, 2)
CARD, SHOP = SMALL.account_of("gyb_debit"), SMALL.account(OPERATOR)
USAGE = (1, LimitKind.WITHDRAWAL, DAY)


def entry(entry_id: str, amount: int) -> Entry:
    return Entry(entry_id, DAY, (Posting(CARD.account_id, SHOP.account_id, Fen(amount)),))


def test_a_fresh_book_has_nothing_to_write() -> None:
    changes = book_of().changes
    assert not any(getattr(changes, name) for name in type(changes).__dataclass_fields__)


def test_an_entry_moves_the_balances_that_are_kept() -> None:
    book = book_of()
    book.post(entry("one", 300))
    book.post(entry("two", 30))
    assert book.accounts[CARD.account_id].balance == yuan(10_000) - 330
    assert book.accounts[SHOP.account_id].balance == yuan(20_000) + 330
    assert book.changes.accounts == {CARD.account_id, SHOP.account_id}
    assert [e.entry_id for e in book.changes.entries] == ["one", "two"]


def test_hot_accounts_of_the_bank_are_not_held_and_not_changed() -> None:
    book, income = book_of(), bank_account_id("gyb", Kind.FEE_INCOME)
    book.post(Entry("fee", DAY, (Posting(CARD.account_id, income, Fen(5)),)))
    assert book.changes.accounts == {CARD.account_id}
    assert income not in book.accounts


def test_a_biller_is_summed_even_where_it_is_held() -> None:
    biller = SMALL.billers[0].account
    book = Book(accounts={biller.account_id: biller, CARD.account_id: CARD})
    book.post(Entry("bill", DAY, (Posting(CARD.account_id, biller.account_id, Fen(5)),)))
    assert book.accounts[biller.account_id].balance is None
    assert book.changes.accounts == {CARD.account_id}


def test_usage_adds_up_and_is_given_back() -> None:
    book = book_of()
    assert book.used(USAGE) == Usage(Fen(0), 0)
    book.use(USAGE, amount=500, count=1)
    book.use(USAGE, amount=200, count=1)
    book.use(USAGE, amount=-500, count=-1)
    assert book.used(USAGE) == Usage(Fen(200), 1)
    assert book.changes.usage == {USAGE}


def test_a_card_that_did_not_change_is_not_written() -> None:
    book = book_of()
    card = book.cards[1]
    book.put_card(replace(card))
    assert not book.changes.cards
    book.put_card(replace(card, pin_failures=1))
    assert book.changes.cards == {1}


def test_a_bill_is_found_as_it_was_put() -> None:
    book = book_of()
    book.put_bill(replace(book.bills[POWER, BILL_NO], paid_by="t"))
    assert book.bills[POWER, BILL_NO].paid_by == "t"
    assert book.changes.bills == {(POWER, BILL_NO)}


def test_a_decision_is_found_by_later_members_and_can_be_ended() -> None:
    bank = MemoryBank()
    t = bank.ask(withdrawal())
    bank.book.end(t, Status.REVERSED, "why")
    assert bank.book.earlier[t.transaction_id] == replace(t, status=Status.REVERSED, ended_by="why")
    assert bank.book.changes.ended == {t.transaction_id}


def test_only_the_first_tombstone_of_a_key_counts() -> None:
    book = book_of()
    book.bury("original", "first")
    book.bury("original", "second")
    assert book.tombstones == {"original": "first"}
    assert book.changes.tombstones == ["original"]


def test_a_buried_key_that_was_loaded_is_not_written_again() -> None:
    book = Book(tombstones={"original": "first"})
    book.bury("original", "second")
    assert not book.changes.tombstones


def test_the_postings_of_a_transaction_include_its_release() -> None:
    bank = MemoryBank()
    t = bank.ask(transfer(terminal=ATM))
    held = bank.book.entries_of(t.transaction_id)
    bank.release_due(t.available_at or t.decided_at)
    released = bank.book.entries[release_entry_id(t.transaction_id)].postings
    assert bank.book.entries_of(t.transaction_id) == held + released
    assert bank.book.entries_of(key(77).transaction_id) == ()


def test_cards_and_accounts_are_found_by_what_people_know() -> None:
    book = book_of()
    card = book.card(SECRETS.pan_hash(SMALL.pan("gyb_debit")))
    assert card is not None
    assert card.account_id == CARD.account_id
    assert book.card(SECRETS.pan_hash(Pan("9900010000000000"))) is None
    assert book.account_of_no(CARD.account_no) == CARD
    assert book.account_of_no("0") is None
