"""One integer in, one whole world out: batch after batch, so that a province fits into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count

from pos_sim.domain.accounts import BANK_ACCOUNTS, Account, Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import CardSecrets, CardStatus, Product
from pos_sim.domain.magic import MAGIC_CARDS, Effect, MagicCard
from pos_sim.domain.money import Fen, yuan
from seeds.bills import BILLERS, add_billers, add_bills
from seeds.dice import Dice
from seeds.geography import OUTSIDE
from seeds.people import add_passbook, add_villager
from seeds.points import add_point, add_spare_terminals, entry_of
from seeds.records import AccountRow, Batch
from seeds.scribe import Person, Scribe
from seeds.sites import Site, sites_of, spare_terminal_ids
from seeds.sizes import EXTENTS, Size

CARDS_A_PASSBOOK = 5
"""One account without a card for so many cards."""

FAMILY = 2
"""Operator and spouse have a card each; their numbers come after those of all villagers."""

MAGIC_NAME = "魔法卡·"
"""How the holders' names of magic cards begin."""

AMPLE, SCARCE = yuan(100_000), yuan(5)


def world_of(size: Size, seed: int, secrets: CardSecrets, first_day: date) -> Iterator[Batch]:
    """Give the rows of a world in the order in which they can be written.

    Accounts without cards come first, the villagers' next, the operators' families' last: so
    the first cards and the first payees of a list belong to different people.
    """
    extent, sites = EXTENTS[size], sites_of(size)
    at_home = [site for site in sites if not site.is_outside]
    scribe = Scribe(seed, secrets, first_day)
    family_card_ids = count(extent.cards + 1)
    villager_card_ids = count(1)

    def passbooks(site: Site) -> None:
        dice = Dice(seed, "passbooks", site.number)
        for _ in range(share_of(extent.cards // CARDS_A_PASSBOOK, site.number, len(at_home))):
            add_passbook(scribe, site, dice, f"{entry_of(site)}-passbooks")

    def point(site: Site) -> None:
        add_point(scribe, site, family_card_ids)

    def villagers(site: Site) -> None:
        dice = Dice(seed, "villagers", site.number)
        for _ in range(share_of(extent.cards, site.number, len(at_home))):
            add_villager(scribe, site, dice, villager_card_ids, f"{entry_of(site)}-cards")

    scribe.batch.accounts += [_row_of_bank_account(account) for account in BANK_ACCOUNTS.values()]
    yield from _pages(scribe, passbooks, at_home)
    yield from _pages(scribe, point, sites)
    add_spare_terminals(scribe, spare_terminal_ids(sites))
    yield from _pages(scribe, villagers, at_home)
    add_magic_cards(scribe, extent.cards + FAMILY * len(sites) + 1, at_home[0])
    add_billers(scribe)
    for biller in BILLERS:
        add_bills(scribe, biller, extent.bills_each)
    yield scribe.turn_page()


def rows_expected(size: Size) -> int:
    """Return roughly how many rows a world of this size has, for a progress bar."""
    extent, points = EXTENTS[size], len(sites_of(size))
    a_card = 3 + 2 / CARDS_A_PASSBOOK  # account, card and posting; account and posting
    return int(extent.cards * a_card) + 13 * points + len(BILLERS) * extent.bills_each


def share_of(total: int, part: int, parts: int) -> int:
    """Return how much of ``total`` falls to one of equal parts, without a remainder.

    >>> [share_of(10, part, 4) for part in range(4)]
    [2, 3, 2, 3]
    """
    return total * (part + 1) // parts - total * part // parts


def add_magic_cards(scribe: Scribe, first_card_id: int, site: Site) -> None:
    """Write one card for each row of the table of magic cards."""
    for card_id, magic in enumerate(MAGIC_CARDS, start=first_card_id):
        bank = BANKS[magic.bank_id]
        holder = Person(
            name=f"{MAGIC_NAME}{magic.text}",
            birth_date=scribe.first_day.replace(year=scribe.first_day.year - 40, day=1).isoformat(),
            county=OUTSIDE.code if magic.bank_id == "out" else site.place.county.code,
        )
        scribe.issue_card(
            card_id,
            bank,
            Product(magic.product),
            holder,
            scribe.open_account(
                Kind.CARDHOLDER, bank, holder.name, _magic_balance(magic), "opening-magic"
            ),
            status=CardStatus(magic.status),
            effect=magic.effect.value if magic.effect else None,
            magic_name=magic.name,
        )


def _magic_balance(magic: MagicCard) -> Fen:
    return SCARCE if magic.effect is Effect.SHORT_OF_MONEY else AMPLE


def _row_of_bank_account(account: Account) -> AccountRow:
    return AccountRow(
        account.account_id,
        account.account_no,
        account.kind.value,
        account.bank_id,
        account.name,
        account.is_open,
        account.balance,
    )


def _pages(scribe: Scribe, add: Callable[[Site], None], sites: list[Site]) -> Iterator[Batch]:
    for site in sites:
        add(site)
        if scribe.batch.is_full:
            yield scribe.turn_page()
