"""Villagers: who they are, which card they carry, and what is in the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pos_sim.domain.accounts import Kind
from pos_sim.domain.banks import BANKS, Bank
from pos_sim.domain.cards import CardStatus, Product
from pos_sim.domain.money import ZERO, Fen, yuan
from seeds.dice import Dice, often
from seeds.geography import OUTSIDE, counties
from seeds.names import person_name
from seeds.scribe import Person, Scribe
from seeds.sites import OUT, Site

PERSON_NUMBERS = 1 << 47

AGES = often({(60, 69): 24, (70, 79): 16, (80, 90): 5, (45, 59): 27, (30, 44): 18, (18, 29): 10})
"""Youngest and oldest of each group: the young work in the cities, the old are at home."""

NEAR_ITS_POINTS = 620
"""So many in a thousand carry a card of the bank whose point is nearest."""
OTHER_BANKS = often(
    {BANKS[bank_id]: weight for bank_id, weight in
     {"grcu": 40, "gyb": 18, "abc": 14, "psbc": 14, "ccb": 7, "gzb": 5, "out": 2}.items()}
)  # fmt: skip

PRODUCTS = often({Product.DEBIT: 64, Product.SOCIAL_SECURITY: 34, Product.CREDIT: 2})
PRODUCTS_OF: dict[str, tuple[Product, ...]] = {
    "gyb": often(
        {
            Product.DEBIT: 42,
            Product.RURAL_REVITALIZATION: 36,
            Product.SOCIAL_SECURITY: 20,
            Product.CREDIT: 2,
        }
    ),
    "out": (Product.DEBIT,),
}

FROM_ELSEWHERE = 30
"""So many in a thousand come from another county."""
NOT_IN_ORDER = 5
"""So many cards in a thousand are lost, stolen, expired or restricted."""
UNUSABLE = tuple(status for status in CardStatus if status is not CardStatus.ACTIVE)
PENSION_AGE = 60
PENSIONERS, SUBSIDIZED = 750, 120
"""So many in a thousand get a pension or a subsidy: of the old, and of the others."""

BALANCES_YUAN = (1_000, 1_900, 3_000, 4_400, 6_000, 8_000, 11_000, 16_000, 25_000, 45_000, 150_000)
BALANCES = tuple(yuan(1) * amount for amount in BALANCES_YUAN)
"""Deciles of the villagers' balances in fen."""


def add_passbook(scribe: Scribe, site: Site, dice: Dice, entry_id: str) -> None:
    """Write an account without a card (存折): somebody whom money can be sent to."""
    holder = _holder(scribe, site.place.county.code, dice)
    bank = _bank(dice, site.place.bank)
    scribe.open_account(Kind.CARDHOLDER, bank, holder.name, Fen(dice.along(BALANCES)), entry_id)


def add_villager(
    scribe: Scribe, site: Site, dice: Dice, card_ids: Iterator[int], entry_id: str
) -> None:
    """Write a villager of this point with account and card."""
    bank = _bank(dice, site.place.bank)
    holder = _holder(scribe, _home(dice, bank, site), dice)
    product = dice.pick(PRODUCTS_OF.get(bank.bank_id, PRODUCTS))
    is_credit = product is Product.CREDIT
    balance = ZERO if is_credit else Fen(dice.along(BALANCES))
    age = scribe.first_day.year - int(holder.birth_date[:4])
    gets_subsidies = dice.happens(PENSIONERS if age > PENSION_AGE else SUBSIDIZED)
    status = dice.pick(UNUSABLE) if dice.happens(NOT_IN_ORDER) else CardStatus.ACTIVE
    scribe.issue_card(
        next(card_ids),
        bank,
        product,
        holder,
        scribe.open_account(Kind.CARDHOLDER, bank, holder.name, balance, entry_id),
        status=status,
        gets_subsidies=gets_subsidies and not is_credit,
    )


def born_between(today: date, dice: Dice, youngest: int, oldest: int) -> date:
    """Return the birth date of somebody whose age today is between two whole numbers of years."""
    days = dice.between(youngest * 36_525 // 100 + 2, (oldest + 1) * 36_525 // 100 - 2)
    return date.fromordinal(today.toordinal() - days)


def _holder(scribe: Scribe, county: str, dice: Dice) -> Person:
    youngest, oldest = dice.pick(AGES)
    birth = born_between(scribe.first_day, dice, youngest, oldest)
    name = person_name(dice.below(PERSON_NUMBERS), birth.year)
    return Person(name, birth.isoformat(), county)


def _bank(dice: Dice, nearest: Bank) -> Bank:
    return nearest if dice.happens(NEAR_ITS_POINTS) else dice.pick(OTHER_BANKS)


def _home(dice: Dice, bank: Bank, site: Site) -> str:
    if bank is OUT:
        return OUTSIDE.code
    return dice.pick(counties()).code if dice.happens(FROM_ELSEWHERE) else site.place.county.code
