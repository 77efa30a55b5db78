"""Service points: shop, hours, market day, the operator with training and relations, machines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import orjson

from pos_sim.domain.accounts import AccountId, Kind
from pos_sim.domain.calendar import MARKET_DAYS
from pos_sim.domain.cards import Product
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import Control, PointKind, PointStatus, TerminalKind
from pos_sim.domain.training import TITLES
from pos_sim.store.rows import controls_text
from seeds.dice import Dice, often
from seeds.names import person_name, shop_name, village_name
from seeds.people import born_between
from seeds.records import PointRow, TerminalRow
from seeds.scribe import Person, Scribe
from seeds.sites import IN_TOWN, Site

METERS_PER_DEGREE = 111_195
SPREAD_M = 200
"""A point stands at most so far north or south, and so far east or west, of its town's place."""

OPENING_HOURS = often({(480, 1_140): 4, (450, 1_200): 3, (510, 1_080): 2, (540, 1_260): 1})
"""Opens and closes, minutes after midnight."""
ROUND_THE_CLOCK = (0, 1_439)

STARS = often({1: 1, 2: 2, 3: 5, 4: 4, 5: 2})
PERSON_NUMBERS = 1 << 47


@dataclass(frozen=True, slots=True)
class Operator:
    """服务点负责人 with the settlement account and what is related to it."""

    person: Person
    account_id: AccountId
    relations: list[dict[str, object]]


def add_point(scribe: Scribe, site: Site, family_card_ids: Iterator[int]) -> None:
    """Write one point with its operator, its till, its machines and its opening balances."""
    dice = Dice(scribe.seed, "point", site.number)
    bank = site.place.bank
    village = village_of(scribe.seed, site)
    shop = shop_name(dice.below(PERSON_NUMBERS), village)
    operator = _operator(scribe, site, dice, family_card_ids)
    till_id = scribe.open_account(
        Kind.TILL, bank, f"{village}{shop}备付现金", _banknotes(dice, 20, 60), entry_of(site)
    )
    opens, closes = ROUND_THE_CLOCK if site.is_outside else dice.pick(OPENING_HOURS)
    latitude, longitude = _position(dice, site)
    opened_on = _opened_on(scribe.first_day, dice, site)
    trained_on = (opened_on or scribe.first_day) - timedelta(days=dice.between(10, 60))
    scribe.batch.service_points.append(
        PointRow(
            service_point_id=site.point_id,
            name=f"{site.place.town.name}{village}{shop}",
            bank_id=bank.bank_id,
            kind=site.place.kind.value,
            status=site.status.value,
            county=site.place.county.code,
            town=site.place.town.code,
            village=village,
            latitude=latitude,
            longitude=longitude,
            opens_minute=opens,
            closes_minute=closes,
            market_residue=market_residue(scribe, site),
            opened_on=opened_on.isoformat() if opened_on else None,
            star_grade=dice.pick(STARS),
            tier="B",
            operator_id=site.point_id.replace("SP", "OP"),
            operator_name=operator.person.name,
            operator_trained_on=trained_on.isoformat() if site.operator_is_trained else None,
            operator_training=_training(trained_on if site.operator_is_trained else None, dice),
            operator_relations=orjson.dumps(operator.relations).decode(),
            operator_account_id=operator.account_id,
            till_account_id=till_id,
            controls=_controls(site),
        )
    )
    _add_terminals(scribe, site, dice, till_id)


def add_spare_terminals(scribe: Scribe, terminal_ids: list[str]) -> None:
    """Write terminals that are known but bound to no point: they answer 97."""
    scribe.batch.terminals += [
        TerminalRow(terminal_id, TerminalKind.POS.value, f"SN{terminal_id}000000", None, None)
        for terminal_id in terminal_ids
    ]


def entry_of(site: Site) -> str:
    """Return the id of the entry that holds a site's opening balances."""
    return f"opening-{site.point_id}"


def village_of(seed: int, site: Site) -> str:
    """Return the village, community or resettlement site; two points in a row share one."""
    name = village_name(Dice(seed, "villages").below(800) + site.number // 2)
    if site.place.kind is PointKind.RESETTLEMENT:
        return name.removesuffix("村") + "安置社区"
    return name.removesuffix("村") + "社区" if site.place.kind in IN_TOWN else name


def market_residue(scribe: Scribe, site: Site) -> int:
    """Return on which of five days the town has its market: never on the world's first day.

    It is market day when ``day.toordinal() % 5`` is the residue. Towns side by side take turns,
    so that traders can walk from one to the next.
    """
    turn = (scribe.seed + int(site.place.town.code)) % (MARKET_DAYS - 1)
    return (scribe.first_day.toordinal() + 1 + turn) % MARKET_DAYS


def _operator(scribe: Scribe, site: Site, dice: Dice, family_card_ids: Iterator[int]) -> Operator:
    """Write the operator's settlement account, and a card each for operator and spouse."""
    county = site.place.county.code
    people = {}
    for relation in ("self", "spouse"):
        birth = born_between(scribe.first_day, dice, youngest=28, oldest=58)
        name = person_name(dice.below(PERSON_NUMBERS), birth.year)
        people[relation] = Person(name, birth.isoformat(), county)
    account_id = scribe.open_account(
        Kind.OPERATOR,
        site.place.bank,
        people["self"].name,
        Fen(yuan(1) * dice.between(50_000, 200_000)),
        entry_of(site),
    )
    relations = [_relation("self", people["self"].name, account_id, None)]
    for relation, person in people.items():
        card_account_id = scribe.open_account(
            Kind.CARDHOLDER,
            site.place.bank,
            person.name,
            Fen(yuan(1) * dice.between(5_000, 60_000)),
            entry_of(site),
        )
        card_id = next(family_card_ids)
        scribe.issue_card(card_id, site.place.bank, Product.DEBIT, person, card_account_id)
        relations.append(_relation(relation, person.name, card_account_id, card_id))
    return Operator(people["self"], account_id, relations)


def _relation(
    relation: str, name: str, account_id: AccountId, card_id: int | None
) -> dict[str, object]:
    return {"relation": relation, "name": name, "account_id": account_id, "card_id": card_id}


def _banknotes(dice: Dice, low: int, high: int) -> Fen:
    """Return an amount between so many thousand yuan, in hundred-yuan notes."""
    return Fen(yuan(100) * dice.between(low * 10, high * 10))


def _position(dice: Dice, site: Site) -> tuple[float, float]:
    """Return latitude and longitude, near enough to the town's place to be in its county."""
    town = site.place.town
    north = dice.between(-SPREAD_M, SPREAD_M) / METERS_PER_DEGREE
    east = dice.between(-SPREAD_M, SPREAD_M) / METERS_PER_DEGREE
    return (
        round(town.latitude + north, 5),
        round(town.longitude + east / math.cos(math.radians(town.latitude)), 5),
    )


def _opened_on(first_day: date, dice: Dice, site: Site) -> date | None:
    days_ago = dice.between(150, 4_000)
    return None if site.status is PointStatus.TRIAL else first_day - timedelta(days=days_ago)


def _training(trained_on: date | None, dice: Dice) -> str:
    """Return what the operator has been taught, as the column keeps it."""
    results = [
        {
            "subject": subject.value,
            "title": title,
            "title_en": title_en,
            "result": "pass" if trained_on else "open",
            "score": dice.between(80, 100) if trained_on else None,
            "date": trained_on.isoformat() if trained_on else None,
        }
        for subject, (title, title_en) in TITLES.items()
    ]
    return orjson.dumps(results).decode()


def _controls(site: Site) -> str:
    """A point under rectification may not transfer until it has done better."""
    if site.status is not PointStatus.RECTIFYING:
        return ""
    return controls_text((Control(Business.TRANSFER, allowed=False, limit=None, until=None),))


def _add_terminals(scribe: Scribe, site: Site, dice: Dice, till_id: AccountId) -> None:
    """Write the machines; an ATM has cassettes of its own."""
    for terminal_id, kind in site.terminals:
        own_till = till_id
        if kind is TerminalKind.ATM:
            name = f"{site.place.town.name}自助取款机{terminal_id}钞箱"
            notes = _banknotes(dice, 200, 400)
            own_till = scribe.open_account(Kind.TILL, site.place.bank, name, notes, entry_of(site))
        serial = f"SN{terminal_id}{dice.below(1_000_000):06d}"
        scribe.batch.terminals.append(
            TerminalRow(terminal_id, kind.value, serial, site.point_id, own_till)
        )
