"""Rows to facts and back: nothing is lost on the way through either database."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.domain.money import LARGEST, Fen
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import Control
from pos_sim.domain.transactions import Refusal, Status, Transaction, seal_of
from pos_sim.store import rows
from pos_sim.store.book_rows import read_transactions
from pos_sim.store.database import Database
from pos_sim.store.load_book import load_book
from pos_sim.store.save_book import INSERT_TRANSACTIONS
from pos_sim.store.seals import seal_of_row
from pos_sim.store.tables import transactions as table
from tests.chances import examples
from tests.counter import card_bill, charge, remittance, reversal, transfer, withdrawal
from tests.memory_bank import MemoryBank
from tests.undone import undone
from tests.worlds import ATM, MOBILE, OTHER_POS, SECRETS, SMALL, UNBOUND, book_of

fen = st.sampled_from([1, 2, 99, LARGEST - 1, LARGEST]) | st.integers(1, LARGEST)
moments = st.integers(0, 4 * 10**15).map(
    lambda us: datetime(2011, 1, 1, tzinfo=UTC).astimezone(SHANGHAI) + timedelta(microseconds=us)
)
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=16)
codes = st.text("0123456789abcdef", min_size=16, max_size=16)
ids = st.integers(1, 2**62)


@st.composite
def transactions(draw: st.DrawFn) -> Transaction:
    """Draw any transaction that the tables may hold."""

    def maybe(strategy: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | strategy)

    first = draw(st.sampled_from([Status.APPROVED, Status.DECLINED, Status.HELD]))
    waived, charged = draw(st.integers(0, LARGEST)), draw(st.integers(0, LARGEST))
    is_declined = first is Status.DECLINED
    refusals = st.builds(
        Refusal,
        check=words,
        code=st.just("61"),
        limit=st.none() | fen,
        used=st.none() | st.integers(0, LARGEST),
        resets_at=st.none() | moments,
    )
    details = st.dictionaries(words, words | st.integers(-(2**53), 2**53) | st.none())
    return Transaction(
        transaction_id=draw(words),
        terminal_id=draw(words)[:8],
        batch_no=draw(words)[:6],
        trace_no=draw(words)[:6],
        business=draw(st.sampled_from(Business)).value,
        first_status=first,
        status=draw(st.sampled_from(Status)),
        response_code="61" if is_declined else "00",
        fingerprint=draw(codes),
        business_date=draw(st.dates(date(2011, 1, 1), date(2100, 1, 1))),
        decided_at=draw(moments),
        policy_version=draw(words),
        service_point_id=maybe(words),
        card_id=maybe(ids),
        card_masked=maybe(words),
        region=maybe(words),
        amount=maybe(fen),
        fee_before=Fen(waived + charged),
        fee_waived=Fen(waived),
        fee_charged=Fen(charged),
        waiver_id=maybe(words),
        fee_bearer=maybe(words.map(lambda w: w[:12])),
        balance=maybe(st.integers(0, LARGEST)),
        payee_account_id=maybe(ids),
        payee_account_no=maybe(words),
        biller_id=maybe(words),
        bill_no=maybe(words),
        funding=maybe(st.sampled_from(["card", "cash"])),
        limit_kind=maybe(words),
        is_first_of_month=draw(st.booleans()),
        original_id=maybe(words),
        available_at=draw(moments) if first is Status.HELD else maybe(moments),
        ended_by=maybe(words),
        refusal=draw(refusals) if is_declined else None,
        details=maybe(details.filter(bool)),
    )


def batches() -> st.SearchStrategy[list[Transaction]]:
    return st.lists(transactions(), max_size=4, unique_by=lambda t: t.transaction_id)


@given(transactions())
def test_a_row_gives_back_the_transaction_it_was_made_of(t: Transaction) -> None:
    row = rows.transaction_row(t, SECRETS.key)
    assert rows.transaction_of(row) == t
    assert len(row) == len(rows.TRANSACTION_COLUMNS) + 1  # and its seal


@examples(60)
@given(batch=batches())
def test_a_database_gives_back_the_transactions_it_was_given(
    still_database: Database, batch: list[Transaction]
) -> None:
    with undone(still_database) as connection:
        new = [rows.transaction_row(t, SECRETS.key) for t in batch]
        INSERT_TRANSACTIONS.run(connection, new)
        found = read_transactions(connection, [t.transaction_id for t in batch])
    assert found == {t.transaction_id: t for t in batch}


def test_the_columns_are_those_of_the_table() -> None:
    assert [*rows.TRANSACTION_COLUMNS, "seal"] == [column.name for column in table.columns]
    assert len(rows.TRANSACTION_COLUMNS) == len(fields(Transaction))


# The seal -----------------------------------------------------------------------------------------

MAY_CHANGE = {"status", "ended_by"}
NOT_SEALED = {"terminal_id", "batch_no", "trace_no"}  # they are the transaction id


def changed(value: Any) -> Any:
    """Return another value of the same type."""
    others: dict[type, Any] = {
        int: lambda v: v + 1,
        str: lambda v: v + "x",
        bool: lambda v: not v,
        date: lambda v: v + timedelta(days=1),
        datetime: lambda v: v + timedelta(microseconds=1),
        Status: lambda v: Status.DECLINED,
        Refusal: lambda v: replace(v, check="other"),
        dict: lambda v: {**v, "more": 1},
        type(None): lambda v: "something",
    }
    return others[type(value)](value)


FULL = Transaction(
    transaction_id="52010001000001000001",
    terminal_id="52010001",
    batch_no="000001",
    trace_no="000001",
    business="transfer",
    first_status=Status.HELD,
    status=Status.HELD,
    response_code="00",
    fingerprint="f" * 32,
    business_date=date(2026, 3, 2),
    decided_at=DEMO_START,
    policy_version="2014-235",
    card_id=1,
    amount=Fen(100),
    fee_before=Fen(3),
    fee_waived=Fen(1),
    fee_charged=Fen(2),
    available_at=DEMO_START,
    refusal=Refusal("balance", "51", limit=1, used=2),
    details={"payee_name": "谁"},
)


@pytest.mark.parametrize(
    "name", [f.name for f in fields(Transaction) if f.name not in MAY_CHANGE | NOT_SEALED]
)
def test_the_seal_tells_when_anything_of_the_answer_was_changed(name: str) -> None:
    other = replace(FULL, **{name: changed(getattr(FULL, name))})
    assert seal_of(other, SECRETS.key) != seal_of(FULL, SECRETS.key)


def test_the_seal_stays_when_a_transaction_ends() -> None:
    ended = replace(FULL, status=Status.REVERSED, ended_by="somebody")
    assert seal_of(ended, SECRETS.key) == seal_of(FULL, SECRETS.key)


@given(transactions())
def test_a_row_has_the_seal_of_its_transaction(transaction: Transaction) -> None:
    row = rows.transaction_row(transaction, SECRETS.key)
    assert seal_of_row(row, SECRETS.key) == seal_of(transaction, SECRETS.key) == row[-1]


def test_the_seal_needs_the_key() -> None:
    assert seal_of(FULL, b"another key") != seal_of(FULL, SECRETS.key)


# Other rows -------------------------------------------------------------------------------------

controls = st.builds(
    Control,
    st.sampled_from(Business),
    st.booleans(),
    st.none() | fen.map(Fen),
    st.none() | moments,
)


@given(st.lists(controls, max_size=4).map(tuple))
def test_controls_survive_their_column(some: tuple[Control, ...]) -> None:
    assert rows.controls_of(rows.controls_text(some) or "[]") == some


@given(moments)
def test_a_moment_survives_as_microseconds(moment: datetime) -> None:
    back = rows.from_us(rows.to_us(moment))
    assert back == moment
    assert back.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("value", ["2026-03-02", date(2026, 3, 2)])
def test_a_day_is_a_day_from_either_database(value: object) -> None:
    assert rows.to_day(value) == date(2026, 3, 2)
    assert rows.day_or_none(None) is None


def test_the_world_that_was_written_is_the_world_that_is_read(still_database: Database) -> None:
    """A book loaded for requests that name everybody is the book of the world in memory."""
    everybody = [
        withdrawal(trace, terminal=terminal, card=card.name)
        for trace, card in enumerate(SMALL.cards, start=1)
        for terminal in ("52010001", ATM, OTHER_POS, MOBILE, UNBOUND)
    ]
    others = [transfer(900), remittance(901, payee="poor"), card_bill(902), charge(903)]

    def loaded(connection: Connection) -> None:
        book, world = load_book(connection, [*everybody, *others], SECRETS), book_of()
        assert book.terminals == world.terminals
        assert book.points == world.points
        assert book.cards == world.cards
        assert book.card_ids == world.card_ids
        assert {i: world.accounts[i] for i in book.accounts} == book.accounts
        assert book.kinds.items() <= world.kinds.items()
        assert book.account_ids.items() <= world.account_ids.items() | by_number(book.accounts)
        assert book.billers.items() <= world.billers.items()
        assert book.bills.items() <= world.bills.items()
        assert not book.earlier

    still_database.read_now(loaded)


def by_number(accounts: Any) -> Any:
    return {a.account_no: a.account_id for a in accounts.values()}.items()


def test_a_book_finds_what_was_decided_before(still_database: Database) -> None:
    t = MemoryBank().ask(withdrawal())
    with undone(still_database) as connection:
        INSERT_TRANSACTIONS.run(connection, [rows.transaction_row(t, SECRETS.key)])
        book = load_book(connection, [withdrawal(), reversal(5, of=1)], SECRETS)
    assert book.earlier == {t.transaction_id: t}
