"""Who comes to the counters of a seeded world, and what they ask for: all that a counter offers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.cards import Pan, Pin
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import (
    BalanceInquiry,
    CashBillPayment,
    CashRemittance,
    Key,
    Request,
    Reversal,
    ReversalReason,
    Transfer,
    Withdrawal,
)
from pos_sim.store.tables import accounts, cards, service_points, terminals
from seeds.numbers import pan_of, pin_of

SEED = 20260101
PER_ROUND = 8_000
STEP = timedelta(microseconds=400)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody with a card, and the terminal of the own village."""

    pan: Pan
    pin: Pin
    terminal: str


@dataclass(frozen=True, slots=True)
class Village:
    """Who asks, where, and whom they pay."""

    customers: list[Customer]
    payees: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody at a counter goes by; ``last``: the withdrawal before, if there was one."""

    key: Key
    at: datetime
    who: Customer
    village: Village
    dice: random.Random
    last: list[Request]


def village_in(connection: Connection) -> Village:
    """Give every working card a counter of its own town's points."""
    at_counter = (
        select(terminals.c.terminal_id, service_points.c.county)
        .join(service_points)
        .where((service_points.c.status == "open") & (terminals.c.kind == "pos"))
        .order_by(terminals.c.terminal_id)
    )
    counters: dict[str, list[str]] = {}
    for terminal_id, county in connection.execute(at_counter):
        counters.setdefault(county, []).append(terminal_id)
    working = (cards.c.status == "active") & (cards.c.product != "credit")
    query = (
        select(
            cards.c.card_id, cards.c.bank_id, cards.c.county, accounts.c.account_no, accounts.c.name
        )
        .join(accounts, accounts.c.account_id == cards.c.account_id)
        .where(working & cards.c.magic_name.is_(None))
    )
    found = connection.execute(query).all()
    customers = [
        Customer(pan_of(SEED, BANKS[b], i), pin_of(SEED, i), at_home[i % len(at_home)])
        for i, b, county, _, _ in found
        if (at_home := counters.get(county))
    ]
    return Village(customers, [(row[3], row[4]) for row in found[::7]])


def requests_of(village: Village, number: int) -> Iterator[Request]:
    """Give the requests of one round; each round goes on where the one before ended."""
    dice = random.Random(number)
    start = DEMO_START + number * PER_ROUND * STEP
    last: list[Request] = []
    for trace in range(PER_ROUND):
        customer = dice.choice(village.customers)
        key = Key(customer.terminal, f"{number:06d}", f"{trace:06d}")
        what = dice.choices(ERRANDS, WEIGHTS)[0]
        request = what(Errand(key, start + trace * STEP, customer, village, dice, last))
        last = [request] if isinstance(request, Withdrawal) else last
        yield request


def withdraw(it: Errand) -> Request:
    amount = yuan(100 * it.dice.randint(1, 5))
    return Withdrawal(key=it.key, received_at=it.at, pan=it.who.pan, pin=it.who.pin, amount=amount)


def ask(it: Errand) -> Request:
    return BalanceInquiry(key=it.key, received_at=it.at, pan=it.who.pan, pin=it.who.pin)


def send(it: Errand) -> Request:
    account_no, name = it.dice.choice(it.village.payees)
    return Transfer(
        key=it.key, received_at=it.at, pan=it.who.pan, pin=it.who.pin, amount=yuan(50),
        payee_account_no=account_no, payee_name=name,
    )  # fmt: skip


def remit(it: Errand) -> Request:
    account_no, name = it.dice.choice(it.village.payees)
    return CashRemittance(
        key=it.key, received_at=it.at, amount=yuan(50), payer_name="张三",
        payee_account_no=account_no, payee_name=name,
    )  # fmt: skip


def pay(it: Errand) -> Request:
    bill_no = f"{it.dice.randrange(10**9)}"
    return CashBillPayment(
        key=it.key, received_at=it.at, amount=yuan(60), biller_id="any", bill_no=bill_no
    )


def take_back(it: Errand) -> Request:
    if not it.last:
        return ask(it)
    original = it.last[0].key
    key = it.key._replace(terminal_id=original.terminal_id)
    return Reversal(key=key, received_at=it.at, original=original, reason=ReversalReason.TIMEOUT)


ERRANDS = (withdraw, ask, send, remit, pay, take_back)
WEIGHTS = (60, 15, 8, 5, 10, 2)
