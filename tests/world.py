"""A world as facts: its rows, found by name, and changed in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pos_sim.domain.accounts import Account, AccountId
from pos_sim.domain.bills import Bill, Biller
from pos_sim.domain.cards import Card, Pan
from pos_sim.domain.service_points import ServicePoint, Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOfWorld:
    """A card with what only its holder knows; ``name`` is what tests call it."""

    name: str
    pan: Pan
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All rows of a world, as facts."""

    accounts: tuple[Account, ...]
    points: tuple[ServicePoint, ...]
    tills: dict[str, AccountId]
    terminals: tuple[Terminal, ...]
    cards: tuple[CardOfWorld, ...]
    billers: tuple[Biller, ...]
    bills: tuple[Bill, ...]

    def card(self, name: str) -> CardOfWorld:
        """Return the card that tests call ``name``."""
        return next(card for card in self.cards if card.name == name)

    def pan(self, name: str) -> Pan:
        return self.card(name).pan

    def account(self, name: str) -> Account:
        """Return the account of that name; see ``PEOPLE``."""
        return next(account for account in self.accounts if account.name == name)

    def account_of(self, card_name: str) -> Account:
        """Return the account behind a card."""
        account_id = self.card(card_name).card.account_id
        return next(account for account in self.accounts if account.account_id == account_id)

    def with_card(self, name: str, **changes: Any) -> World:
        """Return the world with one card changed."""
        cards = tuple(
            replace(c, card=replace(c.card, **changes)) if c.name == name else c for c in self.cards
        )
        return replace(self, cards=cards)

    def with_account(self, account_name: str, **changes: Any) -> World:
        """Return the world with one account changed."""
        accounts = tuple(
            replace(a, **changes) if a.name == account_name else a for a in self.accounts
        )
        return replace(self, accounts=accounts)

    def with_point(self, service_point_id: str, **changes: Any) -> World:
        """Return the world with one service point changed."""
        points = tuple(
            replace(p, **changes) if p.service_point_id == service_point_id else p
            for p in self.points
        )
        return replace(self, points=points)
