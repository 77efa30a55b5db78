"""The day's figures: read once, then counted on from what the stream brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, func, select, text

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.requests import Business
from pos_sim.domain.transactions import Transaction
from pos_sim.store.outbox import Place, ahead_of, here
from pos_sim.store.query_days import MOVED
from pos_sim.store.tables import transactions

HOUR_US = 3_600_000_000
EAST_HOURS = 8
"""Asia/Shanghai knows no summer time."""


@dataclass(slots=True)
class Today:
    """Counts of one business date; ``hours`` by hour of the clock and business, money in fen.

    ``counted`` are transactions that the first reading saw although the stream has yet to bring
    them.
    """

    day: date
    place: Place
    count: int = 0
    approved: int = 0
    amount: int = 0
    hours: Counter[tuple[int, str]] = field(default_factory=Counter)
    counted: set[str] = field(default_factory=set)

    def add(self, found: Iterable[Transaction]) -> set[int]:
        """Count new transactions; return the hours that grew."""
        grown: set[int] = set()
        for one in found:
            if one.transaction_id in self.counted:
                self.counted.discard(one.transaction_id)
            elif one.business_date == self.day:
                self.count += 1
                self.approved += one.moved_money
                self.amount += (one.amount or 0) if has_money(one) else 0
                hour = one.decided_at.astimezone(SHANGHAI).hour
                self.hours[hour, one.business] += 1
                grown.add(hour)
        return grown

    def figures(self) -> dict[str, int]:
        """Return what the figures on top of the page show."""
        return {"count": self.count, "approved": self.approved, "amount": self.amount}

    def by_hour(self, hours: Iterable[int] = range(24)) -> dict[str, dict[str, int]]:
        """Return the counts of these hours by business; hours are texts, as JSON has them."""
        wanted = set(hours)
        found: dict[str, dict[str, int]] = {str(hour): {} for hour in sorted(wanted)}
        for (hour, business), number in self.hours.items():
            if hour in wanted:
                found[str(hour)][business] = number
        return found


def has_money(one: Transaction) -> bool:
    """Say whether its amount moved; a reversal's went back."""
    return one.moved_money and one.business != Business.REVERSAL.value


def read_today(connection: Connection, day: date) -> Today:
    """Return the figures of a business date as this snapshot sees them."""
    place = here(connection)
    today = Today(day, place, counted=set(ahead_of(connection, place)))
    for business, hour, count, approved, amount in connection.execute(query(day)):
        today.count += count
        today.approved += int(approved)
        today.amount += int(amount)
        today.hours[int(hour), business] += count
    return today


def query(day: date) -> Any:
    t = transactions.c
    moved = t.first_status.in_(MOVED)
    hour = (t.decided_us // HOUR_US + EAST_HOURS) % 24
    with_money = moved & (t.business != Business.REVERSAL.value)
    return (
        select(
            t.business,
            hour.label("hour"),
            func.count(),
            func.sum(case((moved, 1), else_=0)),
            func.sum(case((with_money, func.coalesce(t.amount_fen, 0)), else_=0)),
        )
        .where(t.business_date == day, t.business != Business.CHARGE.value)
        .group_by(t.business, text("hour"))
    )
