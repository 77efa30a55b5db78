"""What the days of a year draw on, kept from day to day and found again after a kill.

Reading a hundred thousand accounts every morning would cost more than planning the day. So the
stock stays in memory, and only what the day may have changed is read again. Whoever begins in the
middle of a day finds the stock as it was that morning: the journal says what the day did since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from pos_sim.store.sql import Statement
from seeds.traffic.homes import counties_of, homes_of
from seeds.traffic.stock import Stock, read_stock
from seeds.year.counters import Counters
from seeds.year.seasons import Idleness, sleeps

BALANCES = Statement(
    "select account_id, balance_fen from accounts where account_id {in:ids bigint}"
)
ASIDE = "entry_id not like 'credit-income-%' and entry_id not like 'opening%'"
MOVED_SINCE = Statement(
    "select account_id, sum(net) from ("
    " select credit_account_id as account_id, amount_fen as net from postings"
    f" where business_date >= :day and {ASIDE}"
    " union all select debit_account_id, -amount_fen from postings"
    f" where business_date >= :day and {ASIDE}) as sides group by account_id"
)
OPENED_WITH = Statement(
    "select credit_account_id, sum(amount_fen) from postings"
    " where entry_id >= 'opening-' and entry_id < 'opening.' group by credit_account_id"
)
PAID_ON = Statement(
    "select t.card_id, a.account_no from transactions t"
    " join accounts a on a.account_id = t.payee_account_id where t.business = 'transfer'"
    " and t.status in ('approved', 'held') and t.business_date = :day and t.card_id is not null"
)
HELD = Statement(
    "select t.payee_account_id from transactions t where t.status = 'held'"
    " union select c.account_id from transactions t join cards c on c.card_id = t.card_id"
    " where t.status = 'held'"
)
BILLED_ON = Statement(
    "select biller_id, bill_no from transactions where business = 'bill_payment'"
    " and status = 'approved' and business_date = :day"
)


@dataclass(slots=True)
class YearStock:
    """The stock of the day at hand; ``opened_with``: what each account began with, fen."""

    stock: Stock
    idle: Idleness
    opened_with: Mapping[int, int]
    counters: Counters
    lately: frozenset[int] = frozenset()
    """Whose accounts the days before may still change: held money is a day on its way."""
    _places: dict[int, int] = field(init=False)
    """By account: where its holder stands in the list of villagers."""
    _people: Mapping[str, Sequence[int]] = field(init=False)
    """By county: who lives there, for good."""

    def __post_init__(self) -> None:
        self._places = {who.account_id: n for n, who in enumerate(self.stock.villagers)}
        self._people = counties_of(self.stock.villagers)

    def begin(self, connection: Connection, day: date) -> None:
        """Look which points serve on ``day``: staff and the clock may have changed some."""
        shops = [
            shop
            for shop in self.counters.on(connection, day)
            if not sleeps(self.idle, self.stock.seed, shop.point_id, day)
        ]
        moved = [s.point_id for s in shops] != [s.point_id for s in self.stock.shops]
        homes = homes_of(shops, self._people) if moved else self.stock.homes
        self.stock = replace(self.stock, shops=shops, homes=homes)

    def credit(self, amounts: Mapping[int, int]) -> None:
        """Note money that arrived, by the place of its receiver in the list of villagers."""
        villagers = self.stock.villagers
        for number, amount in amounts.items():
            who = villagers[number]
            villagers[number] = who.with_balance(who.balance + amount)

    def end(self, connection: Connection, day: date, people: Collection[int]) -> None:
        """Read again what a day has changed: balances, bills that wait, who was paid."""
        self.read_balances(connection, self.lately.union(people))
        held = (self._places.get(row[0]) for row in HELD.rows(connection))
        self.lately = frozenset(number for number in held if number is not None)
        for card_id, account_no in PAID_ON.rows(connection, day=day.isoformat()):
            self.stock.paid.setdefault(card_id, {})[account_no] = day.toordinal()
        billed = {tuple(row) for row in BILLED_ON.rows(connection, day=day.isoformat())}
        bills = [bill for bill in self.stock.bills if bill[:2] not in billed]
        self.stock = replace(self.stock, bills=bills)

    def read_balances(self, connection: Connection, numbers: Collection[int]) -> None:
        villagers = self.stock.villagers
        place = {villagers[number].account_id: number for number in numbers}
        for account_id, balance in BALANCES.rows(connection, ids=sorted(place)):
            number = place[account_id]
            if villagers[number].balance != balance:
                villagers[number] = villagers[number].with_balance(balance)


def read_year_stock(
    connection: Connection, day: date, idle: Idleness, *, undo: bool = False
) -> YearStock:
    """Read everything that days from ``day`` on draw on.

    With ``undo`` the day has begun already, and is seen as it was in the morning, after its income.
    """
    stock = read_stock(connection, day)
    if undo:
        moved = dict(map(tuple, MOVED_SINCE.rows(connection, day=day.isoformat())))
        for number, who in enumerate(stock.villagers):
            if net := moved.get(who.account_id):
                stock.villagers[number] = who.with_balance(who.balance - int(net))
    opened_with = {row[0]: int(row[1]) for row in OPENED_WITH.rows(connection)}
    # Held money of the day before may still arrive on this one.
    lately = frozenset(range(len(stock.villagers)))
    return YearStock(stock, idle, opened_with, Counters(stock.seed), lately)
