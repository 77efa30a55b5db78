"""Who plays: people of the episodes, with cards and accounts that nobody else uses."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any, Protocol

from sqlalchemy import Column, Connection, func, select

from pos_sim.domain.accounts import FIRST_ORDINARY, Kind, account_no_of
from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import CardSecrets, Product
from pos_sim.domain.money import Fen
from pos_sim.store.tables import accounts, cards, postings
from seeds.bulk import after_load, write_batch
from seeds.dice import Dice
from seeds.names import person_name
from seeds.numbers import pan_of, pin_of
from seeds.patterns.stage import Payee, Person
from seeds.people import PERSON_NUMBERS
from seeds.scribe import Person as Holder
from seeds.scribe import Scribe

ENTRY = "opening-patterns"


class Company(Protocol):
    """Whoever brings new people for an episode."""

    def person(
        self, *, born: date, county: str, bank_id: str, balance: Fen, name: str = ""
    ) -> Person:
        """Return somebody new with a debit card."""
        ...

    def payee(self, bank_id: str) -> Payee:
        """Return somebody new with an account and no card."""
        ...

    def name(self) -> str:
        """Return the name of somebody who pays with banknotes."""
        ...


class Cast:
    """Writes down new people; their rows wait until ``save``."""

    def __init__(
        self, connection: Connection, seed: int, secrets: CardSecrets, first_day: date
    ) -> None:
        card, account, posting = _next_ids(connection)
        self._cards = count(card)
        self._dice = Dice(seed, "patterns", "cast")
        self._scribe = Scribe(
            seed, secrets, first_day, account_ids=count(account), posting_nos=count(posting)
        )

    def person(
        self, *, born: date, county: str, bank_id: str, balance: Fen, name: str = ""
    ) -> Person:
        """Return somebody new with a debit card."""
        bank, card_id = BANKS[bank_id], next(self._cards)
        name = name or person_name(self._dice.below(PERSON_NUMBERS), born.year)
        account_id = self._scribe.open_account(Kind.CARDHOLDER, bank, name, balance, ENTRY)
        holder = Holder(name, born.isoformat(), county)
        self._scribe.issue_card(card_id, bank, Product.DEBIT, holder, account_id)
        seed = self._scribe.seed
        number = account_no_of(bank, account_id)
        pan, pin = pan_of(seed, bank, card_id), pin_of(seed, card_id)
        return Person(card_id, account_id, number, name, pan, pin, balance)

    def payee(self, bank_id: str) -> Payee:
        """Return somebody new with an account and no card."""
        name = self.name()
        account_id = self._scribe.open_account(Kind.CARDHOLDER, BANKS[bank_id], name)
        return Payee(account_id, account_no_of(BANKS[bank_id], account_id), name)

    def name(self) -> str:
        """Return the name of somebody who pays with banknotes."""
        return person_name(self._dice.below(PERSON_NUMBERS))

    def save(self, connection: Connection) -> int:
        """Write everybody; return how many rows that were."""
        written = write_batch(connection, self._scribe.turn_page())
        after_load(connection)
        return written


def birth_of(age: int, day: date, days_past: int = 100) -> date:
    """Return the birth date of somebody who turned ``age`` so many days before ``day``.

    >>> birth_of(60, date(2026, 3, 2), days_past=0).isoformat()
    '1966-03-02'
    """
    that = day - timedelta(days=days_past)
    return that.replace(year=that.year - age, day=min(that.day, 28))


def _next_ids(connection: Connection) -> tuple[int, int, int]:
    def after(column: Column[Any], least: int) -> int:
        highest = connection.execute(select(func.max(column))).scalar_one()
        return max(int(highest or 0), least) + 1

    return (
        after(cards.c.card_id, 0),
        after(accounts.c.account_id, FIRST_ORDINARY),
        after(postings.c.posting_no, 0),
    )
