"""What a day can draw on: shops that serve, villagers with cards, payees, bills that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from pos_sim.domain.calendar import MARKET_DAYS, SHANGHAI
from pos_sim.domain.cards import CardStatus, Product
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import PointKind, TerminalKind
from pos_sim.store import rows
from pos_sim.store.sql import Statement
from pos_sim.store.world import read_world
from seeds.dice import Dice
from seeds.traffic.homes import Homes, counties_of, homes_of

ACTIVE, CREDIT = CardStatus.ACTIVE.value, Product.CREDIT.value


@dataclass(frozen=True, slots=True)
class Machine:
    """A POS or mobile terminal; only one that stays in its place reports where it stands."""

    terminal_id: str
    serial: str
    stands: bool


class Payee(NamedTuple):
    """An account that money can be sent to."""

    account_no: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A service point that serves on the day, seen from its counter; hours in minutes."""

    point_id: str
    name: str
    bank_id: str
    kind: PointKind
    county: str
    latitude: float
    longitude: float
    opens: int
    closes: int
    market_residue: int
    has_market: bool
    operator_account_id: int
    operator: Payee
    luck: int
    """How busy it is beside its kind: of 1,000."""
    off: frozenset[Business]
    machines: tuple[Machine, ...]


class Villager(NamedTuple):
    """A card in its holder's hand, and the account behind it; fen."""

    card_id: int
    bank_id: str
    county: str
    gets_subsidies: bool
    account_id: int
    account_no: str
    name: str
    balance: int
    born: str

    def with_balance(self, balance: int) -> Villager:
        """Return the same with another balance; `_replace` takes twice as long."""
        card_id, bank_id, county, gets_subsidies, account_id, account_no, name, _, born = self
        return Villager(
            card_id, bank_id, county, gets_subsidies, account_id, account_no, name, balance, born
        )


class WaitingBill(NamedTuple):
    """A bill that somebody has to pay; fen."""

    biller_id: str
    bill_no: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The world of one day; ``network`` counts all points of the province, closed ones too.

    ``seed`` is the world's: card numbers and PINs follow from it.
    """

    seed: int
    network: int
    shops: list[Shop]
    villagers: list[Villager]
    out_of_order: list[Villager]
    credit_cards: list[Villager]
    passbooks: list[Payee]
    bills: list[WaitingBill]
    any_biller: str
    homes: Homes
    paid: dict[int, dict[str, int]]
    """By card: whom it paid in the last half year, and on which day last (ordinal)."""


POINTS = Statement(
    f"select {rows.POINT_COLUMNS}, p.name, p.latitude, p.longitude, p.opens_minute,"
    " p.closes_minute, p.market_residue, p.operator_relations, a.account_no as operator_account_no,"
    " a.name as operator_name from service_points p"
    " join accounts a on a.account_id = p.operator_account_id"
    " where p.bank_id <> 'out' order by p.service_point_id"
)
MACHINES = Statement(
    "select service_point_id, terminal_id, kind, serial from terminals"
    " where service_point_id is not null and kind <> 'atm' order by terminal_id"
)
VILLAGERS = Statement(
    "select c.status, c.product, c.card_id, c.bank_id, c.county, c.gets_subsidies, a.account_id,"
    " a.account_no, a.name, a.balance_fen, c.birth_date from cards c join accounts a"
    " on a.account_id = c.account_id where c.effect is null and c.magic_name is null and a.is_open"
    " order by c.card_id"
)
PASSBOOKS = Statement(
    "select a.account_id, a.account_no, a.name from accounts a where a.kind = 'cardholder'"
    " and a.is_open and a.account_id not in (select account_id from cards)"
    " order by a.account_id"
)
BILLS = Statement(
    "select b.biller_id, b.bill_no, b.amount_fen from bills b"
    " left join transactions t on t.transaction_id = b.paid_by"
    " where (b.paid_by is null or t.business_date >= :day)"
    " and b.biller_id in (select biller_id from billers where not takes_any_bill)"
    " order by b.biller_id, b.bill_no"
)
ANY_BILLER = Statement("select biller_id from billers where takes_any_bill order by biller_id")
LAST_DAY = Statement("select max(business_date) from transactions")
PAID = Statement(
    "select t.card_id, a.account_no, max(t.business_date) from transactions t"
    " join accounts a on a.account_id = t.payee_account_id where t.business = 'transfer'"
    " and t.status in ('approved', 'held') and t.business_date >= :since"
    " and t.business_date < :day and t.card_id is not null group by t.card_id, a.account_no"
)
REMEMBERED_DAYS = 170
"""A payee of half a year ago is as good as new; a little less, to be sure."""


def read_stock(connection: Connection, day: date) -> Stock:
    """Read what business day ``day`` can draw on.

    The operators' families and the magic cards stay at home: an operator who uses the own
    counter is a pattern that the monitor looks for.
    """
    found = POINTS.named(connection)
    family = {account_id for row in found for account_id in accounts_of(row.operator_relations)}
    machines = machines_by_point(connection)
    world = read_world(connection)
    assert world is not None
    shops = shops_of(found, machines, day, world.seed)
    cards = [row for row in VILLAGERS.named(connection) if row.account_id not in family]
    villagers = list(holders(cards, is_active=True, is_credit=False))
    return Stock(
        seed=world.seed,
        network=len(found),
        shops=shops,
        villagers=villagers,
        out_of_order=list(holders(cards, is_active=False, is_credit=False)),
        credit_cards=list(holders(cards, is_active=True, is_credit=True)),
        passbooks=[
            Payee(row.account_no, row.name)
            for row in PASSBOOKS.named(connection)
            if row.account_id not in family
        ],
        bills=sorted(WaitingBill(*row) for row in BILLS.rows(connection, day=day.isoformat())),
        any_biller=ANY_BILLER.named(connection)[0].biller_id,
        homes=homes_of(shops, counties_of(villagers)),
        paid=payees_before(connection, day),
    )


def read_shops(connection: Connection, day: date) -> Stock:
    """Read the counters of business day ``day`` and nobody who comes to them: much quicker."""
    found = POINTS.named(connection)
    world = read_world(connection)
    assert world is not None
    shops = shops_of(found, machines_by_point(connection), day, world.seed)
    return Stock(
        seed=world.seed,
        network=len(found),
        shops=shops,
        villagers=[],
        out_of_order=[],
        credit_cards=[],
        passbooks=[],
        bills=[],
        any_biller=ANY_BILLER.named(connection)[0].biller_id,
        homes=homes_of(shops, {}),
        paid={},
    )


def shops_of(
    found: Iterable[Any], machines: dict[str, list[Machine]], day: date, seed: int
) -> list[Shop]:
    """Return the points that serve, by their ids."""
    noon = datetime.combine(day, time(12), SHANGHAI)
    shops = (shop_of(row, machines, day, noon, seed) for row in found)
    return sorted((shop for shop in shops if shop is not None), key=lambda shop: shop.point_id)


def payees_before(connection: Connection, day: date) -> dict[int, dict[str, int]]:
    """Return whom each card paid in the months before ``day``."""
    since = day - timedelta(days=REMEMBERED_DAYS)
    paid: dict[int, dict[str, int]] = defaultdict(dict)
    for card_id, account_no, last in PAID.rows(
        connection, since=since.isoformat(), day=day.isoformat()
    ):
        paid[card_id][account_no] = rows.to_day(last).toordinal()
    return paid


def last_day(connection: Connection) -> date | None:
    """Return the last business date that has transactions."""
    return rows.day_or_none(LAST_DAY.rows(connection)[0][0])


def shop_of(
    row: Any, machines: dict[str, list[Machine]], day: date, noon: datetime, seed: int
) -> Shop | None:
    """Return the point if it serves, with what is switched off there."""
    point = rows.point_of(row[:8])
    if not point.serves or point.service_point_id not in machines:
        return None
    name, latitude, longitude, opens, closes, residue, _, *operator = row[8:]
    off = [c.business for c in point.controls if c.is_in_force(noon) and not c.allowed]
    return Shop(
        point_id=point.service_point_id,
        name=name,
        bank_id=point.bank_id,
        kind=point.kind,
        county=point.county,
        latitude=latitude,
        longitude=longitude,
        opens=opens,
        closes=closes,
        market_residue=residue,
        has_market=has_market(residue, day),
        operator_account_id=point.operator_account_id,
        operator=Payee(*operator),
        luck=luck_of(seed, point.service_point_id),
        off=frozenset(off),
        machines=tuple(machines[point.service_point_id]),
    )


def has_market(residue: int, day: date) -> bool:
    """Say whether the town whose market days leave this residue has its market."""
    return day.toordinal() % MARKET_DAYS == residue


@cache
def luck_of(seed: int, point_id: str) -> int:
    """Return how lucky a point's place is, of 1,000: it stays for ever."""
    return Dice(seed, "busyness", point_id).below(1_000)


def machines_by_point(connection: Connection) -> dict[str, list[Machine]]:
    return machines_of(MACHINES.rows(connection))


def machines_of(found: Iterable[Any]) -> dict[str, list[Machine]]:
    """Return the machines of each point from rows of ``MACHINES``."""
    machines: dict[str, list[Machine]] = defaultdict(list)
    for point_id, terminal_id, kind, serial in found:
        machines[point_id].append(Machine(terminal_id, serial, kind == TerminalKind.POS.value))
    return machines


def accounts_of(relations: str) -> list[int]:
    """Return the accounts of an operator and the family."""
    return [relation["account_id"] for relation in orjson.loads(relations)]


def holders(cards: Iterable[Any], *, is_active: bool, is_credit: bool) -> Iterator[Villager]:
    """Give the holders of cards that are in order or not, credit cards or not."""
    for status, product, *card in cards:
        if (status == ACTIVE) is is_active and (product == CREDIT) is is_credit:
            card_id, bank_id, county, gets_subsidies, *account = card
            account_id, account_no, name, balance, born = account
            yield Villager(
                card_id, bank_id, county, bool(gets_subsidies),
                account_id, account_no, name, balance, str(born),
            )  # fmt: skip
