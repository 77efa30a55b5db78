"""Before a group decides: which windows its requests can need, and only those."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from pos_sim.domain.book import Book
from pos_sim.domain.calendar import business_date
from pos_sim.domain.limits import LimitKind
from pos_sim.domain.policy import PolicySet
from pos_sim.domain.requests import (
    CardBillPayment,
    CardRequest,
    CashBillPayment,
    Request,
    Reversal,
)
from pos_sim.domain.transactions import Transaction
from pos_sim.store.reads_along import Held
from pos_sim.store.sql import Later
from risk.events import DAY_US, HOUR_US
from risk.live.memory import Memory, Spots, stamps_of
from risk.live.rows import APPROVED, Original, Spot, start_us_of
from risk.live.signs import REQUESTS
from risk.live.windows import GroupWindows
from risk.observe import USUAL_LIMIT, microseconds
from risk.store import read_group, read_payees
from risk.store.point_days import NO_PAST, ask_pasts
from risk.store.register import ask_places

PAYS_A_BILL = (CardBillPayment, CashBillPayment)


class Reading:
    """The windows of a group on their way: asked for behind the locks of its book.

    ``with_charges``: the book holds cards that the bank charges, too; those are not watched.
    """

    def __init__(
        self,
        connection: Connection,
        requests: Sequence[Request],
        policies: PolicySet,
        *,
        with_charges: bool,
    ) -> None:
        self.connection = connection
        self.requests = requests
        self.with_charges = with_charges
        self.policies = policies
        moments = [request.received_at for request in requests]
        self.first_us = microseconds(min(moments))
        self.days = days_of(moments)
        self.with_yesterday = self.days | {day - 1 for day in self.days}

    def ask_days(self) -> None:
        """Ask what the points of the group's terminals did today and yesterday."""
        terminal_ids = {request.key.terminal_id for request in self.requests}
        days = sorted(self.with_yesterday)
        self._days = read_group.ask_days(self.connection, terminal_ids, days)

    def ask(self, held: Held, memory: Memory) -> None:
        """Ask for the rest, and of points only what memory does not know."""
        self.windows = GroupWindows(self.connection, memory)
        self.windows.meets_cards_again = self.with_charges or meets_cards_again(self.requests, held)
        self.windows.first_day = min(self.days)
        self.windows.days = self._days.get()
        self._ask_points(set(held.points), memory)
        self._ask_cards(held)
        self._ask_reported()

    def ask_bills(self) -> None:
        """Ask what was paid of the group's bills, and by their payers."""
        bills = {(r.biller_id, r.bill_no) for r in self.requests if isinstance(r, PAYS_A_BILL)}
        since_us = self.first_us - DAY_US
        self._bills = read_group.ask_bills(self.connection, bills, since_us)
        self._cash_bills = read_group.ask_cash_bills(self.connection, bills, since_us)

    def taken(self, book: Book) -> GroupWindows:
        """Return the windows with all that was asked for."""
        windows, memory = self.windows, self.windows.memory
        memory.places.update(self._places.get())
        self._take_pasts()
        self._take_spots()
        windows.cards = self._seen.get()
        windows.payees = self._paid.get()
        windows.drawn = self._drawn.get()
        windows.readings = self._readings.get()
        windows.serials = self._serials.get()
        windows.bills = self._bills.get()
        windows.cash_bills = self._cash_bills.get()
        named = {r.original.transaction_id for r in self.requests if isinstance(r, Reversal)}
        windows.wanted = frozenset(named)
        windows.originals = {i: stored(book.earlier[i]) for i in named & book.earlier.keys()}
        return windows

    def _ask_points(self, points: set[str], memory: Memory) -> None:
        connection = self.connection
        unknown = [point for point in points if point not in memory.places]
        self._places = ask_places(connection, unknown)
        self._pasts = {
            day: (needed, ask_pasts(connection, needed, day))
            for day in self.days
            if (needed := self._points_to_ask_about(points, day))
        }
        self._since_us = self.first_us - 2 * HOUR_US
        self._limits = limits_on(self.policies, max(self.days))
        self._know_spots(points)
        moments = {point: spots.until_us for point, spots in self._behind.items()}
        self._later = read_group.ask_since(connection, moments, self._limits)
        self._spots = self._ask_spots(self._unknown)

    def _ask_spots(self, points: Collection[str]) -> Later[dict[str, list[Spot]]]:
        return read_group.ask_spots(self.connection, points, self._since_us, self._limits)

    def _points_to_ask_about(self, points: set[str], day: int) -> list[str]:
        """Return the points whose past a rule may soon want to know: busy, after an idle day.

        Who wants to know another one's asks for it then (`GroupWindows.past`).
        """
        windows = self.windows
        if windows.may_change_past(day):
            return []
        known = windows.memory.pasts
        return [
            point
            for point in points
            if (row := windows.days.get((point, day))) is not None
            and row.requests + 1 >= REQUESTS[0]
            and not windows.day_row(point, day - 1).cash_outs
            and known.get((point, day)) is None
        ]

    def _know_spots(self, points: set[str]) -> None:
        """Sort the points: memory knows the last hours, or all but the end of them, or not."""
        windows, with_yesterday = self.windows, self.with_yesterday
        self._stamps = {p: stamps_of(windows.days, p, with_yesterday) for p in points}
        self._behind: dict[str, Spots] = {}
        self._unknown: list[str] = []
        for point, stamps in self._stamps.items():
            spots = windows.memory.spots.get(point)
            if spots is None or spots.since_us > self._since_us:
                self._unknown.append(point)
            elif spots.are_true(stamps):
                windows.spots[point] = spots
            else:
                self._behind[point] = spots

    def _take_pasts(self) -> None:
        for day, (needed, asked) in self._pasts.items():
            found = asked.get()
            for point in needed:
                self.windows.memory.pasts.put((point, day), found.get(point, NO_PAST))

    def _take_spots(self) -> None:
        """Take what was read; where it does not prove that it is all, read the whole again."""
        windows, lost = self.windows, []
        self._put_spots(self._spots.get())
        for point, since in self._later.get().items():
            spots = self._behind[point]
            if spots.caught_up(since, self._stamps[point]):
                windows.spots[point] = spots
            else:
                lost.append(point)
        self._put_spots(self._ask_spots(lost).get())

    def _put_spots(self, found: dict[str, list[Spot]]) -> None:
        windows = self.windows
        for point, rows in found.items():
            windows.spots[point] = Spots(self._since_us, rows, self._stamps[point])
            windows.memory.spots.put(point, windows.spots[point])

    def _ask_cards(self, held: Held) -> None:
        """Ask what the cards did in seven days, and what came to them and to the payees."""
        connection, since_us = self.connection, self.first_us - 7 * DAY_US
        week = start_us_of(min(self.days) - 6)
        self._seen = read_group.ask_seen(connection, held.cards, week)
        payees = set(held.payees.values())
        accounts = {card.account_id for card in held.cards.values()} | payees
        self._paid = read_payees.ask_paid(connection, accounts, since_us)
        self.windows.drawn_accounts = frozenset(payees)
        self._drawn = read_payees.ask_drawn(connection, payees, since_us)

    def _ask_reported(self) -> None:
        """Ask what terminals reported before, as far as any reports something now."""
        requests = self.requests
        placed = {r.key.terminal_id for r in requests if r.reported.position is not None}
        serials = {s for r in requests if (s := r.reported.terminal_serial) is not None}
        self._readings = read_group.ask_readings(self.connection, placed)
        self._serials = read_group.ask_serials(self.connection, serials)


def meets_cards_again(requests: Sequence[Request], held: Held) -> bool:
    """Say whether a member of a group may ask what an earlier one did with the same card.

    Where each card request holds a card of its own, none does; reversals hold others.
    """
    kinds = list(map(type, requests))
    with_card = sum(issubclass(kind, CardRequest) for kind in kinds)
    return with_card > len(held.cards) or Reversal in kinds


def days_of(moments: Collection[datetime]) -> set[int]:
    """Return the business dates; most groups lie within one, so its ends say it."""
    first, last = business_date(min(moments)), business_date(max(moments))
    days = {first} if first == last else {business_date(moment) for moment in moments}
    return {day.toordinal() for day in days}


def stored(transaction: Transaction) -> Original:
    """Return what a reversal names, as it stands now."""
    t, at_us = transaction, microseconds(transaction.decided_at)
    settles = at_us if t.available_at is None else microseconds(t.available_at)
    return Original(
        event_id=t.transaction_id,
        at_us=at_us,
        business=t.business,
        moved=t.response_code == APPROVED,
        stands=t.stands,
        amount=t.amount or 0,
        point=t.service_point_id,
        card=t.card_id,
        payee=t.payee_account_id,
        settles_us=settles if t.response_code == APPROVED else None,
    )


def limits_on(policies: PolicySet, day: int) -> dict[bool, int]:
    """Return L at an ATM and elsewhere."""
    policy = policies.on(date.fromordinal(day))
    kinds = {True: LimitKind.ATM_WITHDRAWAL, False: LimitKind.WITHDRAWAL}
    return {at_atm: policy.limit(kind).amount_max or USUAL_LIMIT for at_atm, kind in kinds.items()}
