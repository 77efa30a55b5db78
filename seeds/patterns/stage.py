"""Where episodes play: service points with their neighbors, operators and families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection

from pos_sim.domain.banks import BANKS
from pos_sim.domain.cards import Pan, Pin
from pos_sim.domain.money import Fen
from pos_sim.store.sql import Statement
from risk.places import PENSION_DAY
from seeds.geography import distance_m
from seeds.numbers import pan_of, pin_of
from seeds.patterns.edges import MARKET_CYCLE_DAYS
from seeds.traffic.stock import Machine, Shop, Stock, read_stock

BLOCK = 8
"""Of so many neighbors one is a guest house: no episode is at home there, all may visit it."""
FEWEST_GUESTS = 8


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a card and the account behind it; ``balance`` in fen as it was at first."""

    card_id: int
    account_id: int
    account_no: str
    name: str
    pan: Pan
    pin: Pin
    balance: Fen


@dataclass(frozen=True, slots=True)
class Payee:
    """An account that money can be sent to."""

    account_id: int
    account_no: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A service point as a stage; ``family`` are operator and spouse with their cards."""

    shop: Shop
    residue: int
    operator_id: str
    operator: Payee
    family: tuple[Person, ...]

    @property
    def point_id(self) -> str:
        return self.shop.point_id

    @property
    def machine(self) -> Machine:
        """The machine that stays on the counter."""
        return next(machine for machine in self.shop.machines if machine.stands)

    @property
    def mobile(self) -> Machine | None:
        """The machine that is carried around (移动展业设备), if there is one."""
        return next((machine for machine in self.shop.machines if not machine.stands), None)

    def is_busy(self, day: date) -> bool:
        """Say whether it is market day 赶集 here, or pension day everywhere."""
        is_market = day.toordinal() % MARKET_CYCLE_DAYS == self.residue
        return is_market or day.day == PENSION_DAY

    def km_to(self, other: Place) -> float:
        return distance_m(self.shop, other.shop) / 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """All places of a run: hosts in the order in which they are taken, and guest houses.

    ``others`` are all other points of the world; nothing happens there.
    """

    stock: Stock
    hosts: Sequence[Place]
    guests: Sequence[Place]
    others: Sequence[str]

    def guests_of(self, place: Place) -> list[Place]:
        """Return the guest houses, the nearest first."""
        return sorted(self.guests, key=lambda guest: (place.km_to(guest), guest.point_id))


REGISTER = Statement(
    "select p.service_point_id, p.market_residue, p.operator_id, p.operator_relations,"
    " p.operator_account_id, a.account_no, a.name from service_points p"
    " join accounts a on a.account_id = p.operator_account_id where p.bank_id <> 'out'"
    " order by p.service_point_id"
)
ALL_POINTS = Statement("select service_point_id from service_points order by service_point_id")
FAMILY_ACCOUNTS = Statement(
    "select a.account_id, a.account_no, a.balance_fen from accounts a"
    " where a.account_id {in:account_ids bigint}"
)


def read_stage(connection: Connection, day: date, hosts_wanted: int) -> Stage:
    """Return the stage of a world that is new on ``day``; there may be fewer hosts than wanted."""
    stock = read_stock(connection, day)
    places = read_places(connection, stock)
    blocks = [places[at : at + BLOCK] for at in range(0, len(places), BLOCK)]
    wanted = max(FEWEST_GUESTS, -(-hosts_wanted // (BLOCK - 1)))
    chosen = evenly(blocks, min(wanted, len(blocks)))
    # One host of each block after the other, so that a small run is spread over the county too.
    hosts = [block[n] for n in range(1, BLOCK) for block in chosen if n < len(block)]
    hosts, guests = hosts[:hosts_wanted], [block[0] for block in chosen]
    used = {place.point_id for place in [*hosts, *guests]}
    others = [row[0] for row in ALL_POINTS.rows(connection) if row[0] not in used]
    return Stage(stock=stock, hosts=hosts, guests=guests, others=others)


def read_places(connection: Connection, stock: Stock) -> list[Place]:
    """Return every serving point at which all businesses are on."""
    rows = {row.service_point_id: row for row in REGISTER.named(connection)}
    ids = {
        relation["account_id"]
        for row in rows.values()
        for relation in orjson.loads(row.operator_relations)
    }
    accounts = {row[0]: row for row in FAMILY_ACCOUNTS.rows(connection, account_ids=ids)}
    return [
        Place(
            shop=shop,
            residue=row.market_residue,
            operator_id=row.operator_id,
            operator=Payee(row.operator_account_id, row.account_no, row.name),
            family=tuple(family_of(row.operator_relations, shop, accounts, stock.seed)),
        )
        for shop in stock.shops
        if not shop.off and (row := rows[shop.point_id]) and any(m.stands for m in shop.machines)
    ]


def family_of(
    relations: str, shop: Shop, accounts: dict[int, tuple[int, str, int]], seed: int
) -> list[Person]:
    """Return those on the register who have a card."""
    family = []
    for relation in orjson.loads(relations):
        if relation["card_id"] is not None:
            account_id, account_no, balance = accounts[relation["account_id"]]
            pan = pan_of(seed, BANKS[shop.bank_id], relation["card_id"])
            pin = pin_of(seed, relation["card_id"])
            who = (relation["card_id"], account_id, account_no, relation["name"])
            family.append(Person(*who, pan, pin, Fen(balance)))
    return family


def evenly(items: Sequence[list[Place]], count: int) -> list[list[Place]]:
    """Return ``count`` of the items, evenly spread over the list."""
    return [items[number * len(items) // count] for number in range(count)]
