"""The promises about money: each broken on purpose is named, and a right group has none broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from pos_sim.domain.accounts import Kind, bank_account_id
from pos_sim.domain.book import Book
from pos_sim.domain.invariants import broken_promises
from pos_sim.domain.journal import Entry, Posting, route
from pos_sim.domain.money import Fen, yuan
from tests.counter import transfer, withdrawal
from tests.memory_bank import MemoryBank
from tests.worlds import OPERATOR, SMALL

DAY = date(2026, 3, 2)
CARD, FAR, SHOP = (
    SMALL.account_of("gyb_debit"),
    SMALL.account_of("abc_debit"),
    SMALL.account(OPERATOR),
)


def busy_book() -> Book:
    bank = MemoryBank()
    bank.ask_all([withdrawal(1), transfer(2), transfer(3, card="abc_debit", payee="gyb_debit")])
    return bank.book


def test_a_right_group_breaks_nothing() -> None:
    assert broken_promises(busy_book()) == []


def post(*postings: Posting) -> Callable[[Book], None]:
    return lambda book: book.post(Entry("bad", DAY, postings))


def fee(**changes: int) -> Callable[[Book], None]:
    def spoil(book: Book) -> None:
        first = book.changes.transactions[0]
        book.earlier[first] = replace(book.earlier[first], **changes)  # type: ignore[arg-type]

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (post(*route(CARD, FAR, Fen(5))[:1]), "clearing is out by 5 fen"),
        (post(*route(CARD, FAR, Fen(5))[1:]), "clearing is out by -5 fen"),
        (post(Posting(CARD.account_id, SHOP.account_id, Fen(0))), "a posting without an amount"),
        (post(Posting(CARD.account_id, SHOP.account_id, Fen(-1))), "a posting without an amount"),
        (post(Posting(CARD.account_id, SHOP.account_id, yuan(20_000))), "is below zero"),
        (post(Posting(SHOP.account_id, CARD.account_id, yuan(30_000))), "is below zero"),
        (fee(fee_charged=1), "fee does not add up"),
        (fee(fee_before=1), "fee does not add up"),
        (fee(fee_before=-5, fee_charged=-5), "fee does not add up"),
        (fee(fee_waived=-5, fee_charged=5), "fee does not add up"),
        (fee(fee_before=5, fee_waived=6, fee_charged=-1), "fee does not add up"),
    ],
)
def test_a_broken_promise_is_named(spoil: Callable[[Book], None], sentence: str) -> None:
    book = busy_book()
    spoil(book)
    (broken,) = broken_promises(book)
    assert sentence in broken


@pytest.mark.parametrize(
    ("balance", "is_broken"), [(1, False), (0, False), (-1, True)], ids=["above", "at", "below"]
)
def test_the_floor_of_an_account(balance: int, is_broken: bool) -> None:
    bank = MemoryBank(SMALL.with_account("王小明", balance=Fen(5 + balance)))
    bank.book.post(Entry("e", DAY, (Posting(CARD.account_id, SHOP.account_id, Fen(5)),)))
    assert bool(broken_promises(bank.book)) is is_broken


def test_a_till_has_no_floor() -> None:
    book, till = MemoryBank().book, SMALL.account("till")
    cash = bank_account_id("gyb", Kind.CUSTOMER_CASH)
    book.post(Entry("e", DAY, (Posting(cash, till.account_id, yuan(999_999)),)))
    assert broken_promises(book) == []


def test_an_account_that_nobody_touched_is_not_looked_at() -> None:
    bank = MemoryBank(SMALL.with_account("王小明", balance=Fen(-1)))
    assert broken_promises(bank.book) == []
