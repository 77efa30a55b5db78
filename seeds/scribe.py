"""Writes the rows of a new world into batches and hands out ids in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from pos_sim.domain.accounts import (
    FIRST_ORDINARY,
    WITH_BALANCE,
    Account,
    AccountId,
    Kind,
    account_no_of,
)
from pos_sim.domain.banks import Bank
from pos_sim.domain.cards import CardSecrets, CardStatus, Product
from pos_sim.domain.money import ZERO, Fen
from pos_sim.domain.postings import credit, till_filled
from seeds.numbers import pan_of, pin_of
from seeds.records import AccountRow, Batch, CardRow, PostingRow


@dataclass(frozen=True, slots=True)
class Person:
    """A holder of cards and accounts."""

    name: str
    birth_date: str
    county: str


@dataclass(slots=True)
class Scribe:
    """Who writes down one new world; ``batch`` is the page that is open.

    ``first_day`` is the business date of every opening balance.
    """

    seed: int
    secrets: CardSecrets
    first_day: date
    batch: Batch = field(default_factory=Batch)
    account_ids: Iterator[int] = field(default_factory=lambda: count(FIRST_ORDINARY))
    posting_nos: Iterator[int] = field(default_factory=lambda: count(1))

    def turn_page(self) -> Batch:
        """Return the full batch and begin a new one."""
        full, self.batch = self.batch, Batch()
        return full

    def open_account(
        self, kind: Kind, bank: Bank, name: str, opening: Fen = ZERO, entry_id: str = ""
    ) -> AccountId:
        """Write a new account and the posting that brings its opening balance."""
        account_id = AccountId(next(self.account_ids))
        balance = opening if kind in WITH_BALANCE else None
        account = Account(
            account_id, account_no_of(bank, account_id), kind, bank.bank_id, name, True, balance
        )
        self.batch.accounts.append(
            AccountRow(
                account_id, account.account_no, kind.value, bank.bank_id, name, True, balance
            )
        )
        if opening:
            postings = till_filled if kind is Kind.TILL else credit
            self.batch.postings += [
                PostingRow(next(self.posting_nos), entry_id, self.first_day.isoformat(), *posting)
                for posting in postings(account, opening)
            ]
        return account_id

    def issue_card(
        self,
        card_id: int,
        bank: Bank,
        product: Product,
        holder: Person,
        account_id: AccountId,
        *,
        status: CardStatus = CardStatus.ACTIVE,
        gets_subsidies: bool = False,
        effect: str | None = None,
        magic_name: str | None = None,
    ) -> None:
        """Write a new card; its number and its PIN follow from the seed and are not written."""
        pan = pan_of(self.seed, bank, card_id)
        self.batch.cards.append(
            CardRow(
                card_id,
                self.secrets.pan_hash(pan),
                str(pan),
                product.value,
                bank.bank_id,
                account_id,
                holder.name,
                holder.birth_date,
                holder.county,
                status.value,
                self.secrets.pin_verification(pan, pin_of(self.seed, card_id)),
                gets_subsidies,
                effect,
                magic_name,
            )
        )
