"""Money from outside: pensions, and what children send home when an account runs low.

A year's transfers move more than all accounts held at first, so without income nobody could pay in
autumn. Everybody has a day of the month; who has then less than half of what the account began
with gets that sum once more. Pensioners have the pension day. All of it is an assumption.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from pos_sim.domain.accounts import BANK_ACCOUNTS, Kind
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import postings
from risk.places import PENSION_DAY
from seeds.traffic.stock import Villager

DAYS = 28
"""Every month has so many days."""

FUNDING = {a.bank_id: a.account_id for a in BANK_ACCOUNTS.values() if a.kind is Kind.FUNDING}
INSERT = InsertSet(
    postings,
    ["entry_id", "business_date", "debit_account_id", "credit_account_id", "amount_fen"],
)
ARRIVES = Statement(
    "update accounts set balance_fen = balance_fen + p.amount from ("
    " select credit_account_id as account_id, sum(amount_fen) as amount from postings"
    " where business_date {in:days date} and entry_id = :entry group by credit_account_id) p"
    " where accounts.account_id = p.account_id"
)


class PayDays:
    """Who gets money on which day of the month."""

    def __init__(self, villagers: Sequence[Villager]) -> None:
        self._on: dict[int, list[int]] = defaultdict(list)
        for number, who in enumerate(villagers):
            day = PENSION_DAY if who.gets_subsidies else who.account_id % DAYS + 1
            self._on[day].append(number)

    def income(
        self, day: date, villagers: Sequence[Villager], opened_with: Mapping[int, int]
    ) -> dict[int, int]:
        """Return how much arrives for whom on ``day``, fen, by place in the list."""
        found: dict[int, int] = {}
        for number in self._on.get(day.day, ()):
            who = villagers[number]
            usual = opened_with.get(who.account_id, 0)
            if who.balance * 2 < usual:
                found[number] = usual
        return found


def post_income(
    connection: Connection, day: date, income: Mapping[int, int], villagers: Sequence[Villager]
) -> None:
    """Write the day's income into journal and accounts; the caller commits."""
    entry = f"credit-income-{day:%Y%m%d}"
    rows = [
        (entry, day.isoformat(), FUNDING[who.bank_id], who.account_id, amount)
        for number, amount in income.items()
        for who in (villagers[number],)
    ]
    INSERT.run(connection, rows)
    if rows:
        ARRIVES.run(connection, days=[day.isoformat()], entry=entry)
