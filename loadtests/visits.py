"""One visit as data, and the body of each of its requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from loadtests.profiles import Profile
from loadtests.scripts import PLAIN, Twist
from loadtests.village import Place, Terminal, Village, Villager

NOTE_FEN = 1_000
"""The smallest banknote that is paid out."""
FEES_FEN = 10_000
"""What a villager keeps for fees when spending."""
HAS_PAYEE = frozenset({"transfer", "cash_remittance"})
HAS_CASH = "cash"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a terminal who wants something; fen."""

    business: str
    script: str
    place: Place
    terminal: Terminal
    amount: int
    villager: Villager | None = None
    home: Place | None = None
    payee: Mapping[str, str] | None = None
    bill: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visit is going to be, before anybody is found who makes it."""

    business: str
    script: str
    amount: int
    with_cash: bool


def wish(profile: Profile, dice: Random) -> Wish:
    """Draw a visit."""
    business = profile.business(dice)
    amount = 0 if business == "balance_inquiry" else profile.amount(business, dice)
    is_bill = business == "bill_payment"
    cash = is_bill and dice.random() * 1_000 < profile.habits.cash_bill_permille
    with_cash = cash or business == "cash_remittance"
    return Wish(business, profile.script(business, dice), amount, with_cash)


def arrange(
    wanted: Wish, village: Village, profile: Profile, dice: Random, now: float
) -> Visit | None:
    """Find who makes the visit, and where; None: nobody can."""
    habits, bill = profile.habits, None
    if wanted.business == "bill_payment":
        is_waiting = dice.random() * 1_000 < habits.waiting_bill_permille
        bill = village.next_bill(wanted.amount, is_waiting=is_waiting)
    amount = bill["amount_fen"] if bill else wanted.amount
    if wanted.with_cash:
        place = village.place(dice, profile.crowd_permille)
        return Visit(
            business=wanted.business,
            script=wanted.script,
            place=place,
            terminal=dice.choice(place.terminals),
            amount=amount,
            payee=dice.choice(village.payees) if wanted.business in HAS_PAYEE else None,
            bill=bill,
        )
    fits = who_fits(wanted, amount, profile, now, dice)
    found = village.call(fits, dice, profile.crowd_permille)
    if found is None:
        return None
    home, villager = found
    is_trip = dice.random() * 1_000 < habits.trip_permille
    place = village.way(home, villager, now, habits.trip_kmh, is_trip=is_trip)
    return Visit(
        business=wanted.business,
        script=wanted.script if villager.is_exclusive else PLAIN,
        place=place,
        terminal=dice.choice(place.terminals),
        amount=amount,
        villager=villager,
        home=home,
        payee=villager.payee if wanted.business in HAS_PAYEE else None,
        bill=bill,
    )


def who_fits(
    wanted: Wish, amount: int, profile: Profile, now: float, dice: Random
) -> Callable[[Villager], bool]:
    """Return who can make a visit: has come home, and has the money, the room and the age."""
    elder_age = profile.habits.elder_age
    elder_only = (
        profile.elders_first and wanted.business == "withdrawal" and dice.random() < ELDERS_SHARE
    )

    def fits(villager: Villager) -> bool:
        if villager.home_after > now or villager.balance < amount + FEES_FEN:
            return False
        if wanted.business == "withdrawal":
            return villager.room >= amount and (villager.age >= elder_age or not elder_only)
        # Elders who send money to somebody new are asked back by the bank: that is a pattern.
        return wanted.business != "transfer" or villager.age < elder_age

    return fits


ELDERS_SHARE = 0.7
"""Of the withdrawals on pension day so many are made by elders."""


def body_of(
    visit: Visit, key: Mapping[str, str], twist: Twist | None, profile: Profile
) -> dict[str, Any]:
    """Return the body of a request of the visit, with one thing wrong if a twist says so."""
    body: dict[str, Any] = dict(key)
    if visit.villager is not None:
        body |= {"card_no": visit.villager.card_no, "pin": visit.villager.pin}
    if visit.business != "balance_inquiry":
        body["amount_fen"] = visit.amount
    if visit.payee is not None:
        body |= {"payee_account_no": visit.payee["account_no"], "payee_name": visit.payee["name"]}
        if visit.villager is None:
            body["payer_name"] = PAYER_NAME
    if visit.bill is not None:
        named = {name: visit.bill[name] for name in ("biller_id", "bill_no")}
        body |= {**named, "funding": "card" if visit.villager else HAS_CASH}
    return body if twist is None else {**body, **TWISTS[twist](visit, profile)}


PAYER_NAME = "赶集人"


def wrong_pin(visit: Visit, _profile: Profile) -> dict[str, Any]:
    assert visit.villager is not None
    first = (int(visit.villager.pin[0]) + 1) % 10
    return {"pin": f"{first}{visit.villager.pin[1:]}"}


def odd_amount(visit: Visit, _profile: Profile) -> dict[str, Any]:
    return {"amount_fen": visit.amount + NOTE_FEN // 2}


def over_limit(_visit: Visit, profile: Profile) -> dict[str, Any]:
    """More than a whole day allows, so that a change of date makes no difference."""
    return {"amount_fen": profile.habits.withdrawal_limit_fen + NOTE_FEN}


def short_of_money(visit: Visit, _profile: Profile) -> dict[str, Any]:
    assert visit.villager is not None
    return {"amount_fen": (visit.villager.balance // NOTE_FEN + 1) * NOTE_FEN}


def wrong_name(visit: Visit, _profile: Profile) -> dict[str, Any]:
    assert visit.payee is not None
    return {"payee_name": f"{visit.payee['name']}儿"}


TWISTS: Mapping[Twist, Callable[[Visit, Profile], dict[str, Any]]] = {
    Twist.WRONG_PIN: wrong_pin,
    Twist.ODD_AMOUNT: odd_amount,
    Twist.OVER_LIMIT: over_limit,
    Twist.SHORT_OF_MONEY: short_of_money,
    Twist.WRONG_NAME: wrong_name,
}
