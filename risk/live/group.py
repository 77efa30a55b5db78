"""The windows of one group in memory: what was read before it, and what its members added.

Everything is ordered by moment and id and cut to the newest rows in the same way as it is read,
so that it makes no difference whether an earlier request is found here or in the database.
"""

from __future__ import annotations

from bisect import insort
from typing import TypeVar

from sqlalchemy import Connection

from risk.events import ELDER_AGE
from risk.live.case import Case, Original, Place
from risk.live.memory import Memory, Spots, stamp_after
from risk.live.point_facts import is_non_local_withdrawal, is_off_hours, marks_of
from risk.live.request_facts import bill, holder_age, reading
from risk.live.rows import (
    APPROVED,
    BILL_PAYMENT,
    DEALINGS,
    MOVES_MONEY,
    PAYS_IN,
    WITHDRAWAL,
    DayRow,
    Drawn,
    Paid,
    Seen,
    Spot,
    start_us_of,
)
from risk.observe import microseconds
from risk.store import read_later
from risk.store.newest import MOST
from risk.store.point_days import NO_PAST, Past, Usual, pasts, save_days, usual_days
from risk.store.read_group import Moments
from risk.store.read_later import Own, PaidBefore, Week
from risk.store.register import Register, read_places

R = TypeVar("R", Seen, Paid)


class GroupWindows:
    """All windows that one group may ask about."""

    def __init__(self, connection: Connection, memory: Memory) -> None:
        self.connection = connection
        self.memory = memory
        self.register: Register = memory.register
        self.cards: dict[int, list[Seen]] = {}
        self.payees: dict[int, list[Paid]] = {}
        self.drawn: dict[tuple[int, str | None], list[Drawn]] = {}
        self.drawn_accounts: frozenset[int] = frozenset()
        self.spots: dict[str | None, Spots] = {}
        self.days: dict[tuple[str, int], DayRow] = {}
        self.pasts: dict[tuple[str, int], Past] = {}
        self.bills: dict[str, Moments] = {}
        self.cash_bills: dict[tuple[str, str, int], Moments] = {}
        self.originals: dict[str, Original] = {}
        self.wanted: frozenset[str] = frozenset()
        self.readings: dict[str, tuple[int, float, float]] = {}
        self.serials: dict[str, dict[str, int]] = {}
        self.done: list[Case] = []
        self.undone: dict[str, int] = {}
        self.touched: set[tuple[str, int]] = set()
        self.first_day = 0

    def let_go(self) -> None:
        """Say that the group is over; what it knew is free at once."""
        for case in self.done:
            case.let_go()
        self.done.clear()

    # What facts ask --------------------------------------------------------------------------

    def place(self, point: str | None) -> Place | None:
        if point is None:
            return None
        found = self.memory.places.get(point)
        if found is None:
            self.memory.places.update(read_places(self.connection, [point]))
            found = self.memory.places.get(point)
        return found

    def spots_at(self, point: str) -> Spots:
        return self.spots[point]

    def paid_to(self, payee: int | None) -> list[Paid]:
        return self.payees.get(payee, []) if payee is not None else []

    def day_row(self, case: Case) -> DayRow:
        return self._day_row(case.point, case.day)

    def past(self, case: Case) -> tuple[Past, DayRow]:
        """Return the days up to the one before yesterday, and yesterday."""
        if case.point is None:
            return NO_PAST, DayRow("", case.day - 1)
        self._write_older(case.point, case.day)
        past = self.pasts.get((case.point, case.day), NO_PAST)
        return past, self._day_row(case.point, case.day - 1)

    def usual_days(self, case: Case) -> Usual:
        """Return day, count and sum of active and usual days, the latest first."""
        if case.point is None:
            return []
        self._write_older(case.point, case.day)
        found = self._usual(case.point, case.day)
        yesterday = self._day_row(case.point, case.day - 1)
        if yesterday.moves and not yesterday.jumped:
            return [(yesterday.day, yesterday.moves, yesterday.moved), *found]
        return found

    def own_dealings(self, case: Case) -> list[Own]:
        """Return a month of dealings of the point's own people, this group's included."""
        if case.place is None:
            return []
        since = start_us_of(case.day - 30)
        found = read_later.own_dealings(self.connection, case.place.profile, since)
        found = [one._replace(undone_us=self.undone.get(one.event_id, one.undone_us))
                 for one in found]  # fmt: skip
        return found + [
            Own(one.at_us, one.event_id, one.moved, one.amount, self.undone.get(one.event_id))
            for one in self.done
            if one.point == case.point and one.is_own and one.business in DEALINGS
        ]

    def off_hours(self, case: Case, since_us: int) -> int:
        if case.place is None:
            return 0
        before = read_later.off_hours(self.connection, case.place.profile, since_us)
        here = (one for one in self.done if one.point == case.point and one.at_us >= since_us)
        return before + sum(map(is_off_hours, here))

    def week(self, case: Case, since_us: int) -> Week:
        """Return how often money moved here and how often it was taken back."""
        if case.point is None:
            return Week(0, 0)
        before = read_later.week_of(self.connection, case.point, since_us)
        here = [one for one in self.done if one.point == case.point and one.at_us >= since_us]
        return Week(
            before.moves + sum(one.business in MOVES_MONEY and one.moved for one in here),
            before.reversals + sum(one.undoes for one in here),
        )

    def paid_before(self, case: Case) -> int:
        """Return what the card paid to the payee in 180 days, as far as it has arrived."""
        assert case.card is not None
        assert case.payee is not None
        before = read_later.paid_before(self.connection, case.card, case.payee, case.day - 179)
        before += [
            PaidBefore(one.event_id, one.amount, settles_us(one) or 0, None)
            for one in self.done
            if (one.card, one.payee) == (case.card, case.payee) and one.moved
        ]
        return read_later.standing(before, self.undone, case.at_us)

    # What decisions add ----------------------------------------------------------------------

    def add(self, case: Case, *, jumped: bool) -> None:
        """Remember a decided request; later members see it."""
        self.done.append(case)
        if case.undoes and case.original is not None:
            self._undo(case.original, case.at_us)
        if case.card is not None:
            add_row(self.cards.setdefault(case.card, []), seen_of(case))
        if case.point is not None:
            self._add_to_day(case, case.point, jumped=jumped)
            self._add_spot(case, case.point)
        if case.business in PAYS_IN and case.payee is not None and case.payee in self.payees:
            add_row(self.payees[case.payee], paid_of(case, case.payee))
        if case.business == WITHDRAWAL and case.moved and case.account in self.drawn_accounts:
            self._add_drawn(case)
        if case.business == BILL_PAYMENT:
            self._add_bill(case)
        self._add_reported(case)
        if case.event_id in self.wanted:
            self.originals[case.event_id] = original_of(case)

    def _usual(self, point: str, day: int) -> Usual:
        """Return what is usual; other groups may keep it where this one wrote no older day."""
        key = (point, day)
        found = self.memory.usual.get(key)
        if found is None or self.first_day < day - 1:
            found = usual_days(self.connection, point, day)
            if self.first_day >= day - 1:
                self.memory.usual.put(key, found)
        return found

    def _write_older(self, point: str, day: int) -> None:
        """Write what this very group did here before yesterday, so that it can be read as past.

        Only a group that spans days has any of it: a simulation, never a bank.
        """
        if self.first_day >= day - 1:
            return
        older = {key for key in self.touched if key[0] == point and key[1] < day - 1}
        if older:
            save_days(self.connection, [self.days[key] for key in sorted(older)])
            self.touched -= older
            for key in [key for key in self.pasts if key[0] == point]:
                self.pasts |= {key: pasts(self.connection, [point], key[1])[point]}

    def _undo(self, original: Original, at_us: int) -> None:
        """Let an original be taken back, in every window that counts what stands."""
        event_id = original.event_id
        self.undone[event_id] = at_us
        self.originals[event_id] = original._replace(stands=False)
        paid = self.paid_to(original.payee)
        for place, one in enumerate(paid):
            if one.event_id == event_id:
                paid[place] = one._replace(undone_us=at_us)
        for rows in self.drawn.values():
            rows[:] = [one for one in rows if one.event_id != event_id]

    def _day_row(self, point: str | None, day: int) -> DayRow:
        if point is None:
            return DayRow("", day)
        row = self.days.get((point, day))
        if row is None:
            row = self.days[point, day] = DayRow(point, day)
        return row

    def _add_to_day(self, case: Case, point: str, *, jumped: bool) -> None:
        row = self._day_row(point, case.day)
        moved, is_cash = case.moved, case.business == WITHDRAWAL
        row.requests += 1
        row.withdrawals += is_cash
        row.non_local += is_non_local_withdrawal(case)
        if moved and case.business in MOVES_MONEY:
            row.moves += 1
            row.moved += case.amount
            row.cash_outs += is_cash
            row.withdrawn += case.amount if is_cash else 0
        elif case.undoes and case.original is not None:
            row.moved -= case.original.amount
            row.withdrawn -= case.original.amount if case.original.business == WITHDRAWAL else 0
        row.jumped = row.jumped or jumped
        row.stamp = stamp_after(row.stamp, case.event_id, case.code)
        self.touched.add((point, case.day))

    def _add_spot(self, case: Case, point: str) -> None:
        spots = self.spots.get(point)
        if spots is None:
            return
        spots.stamps[case.day] = self.days[point, case.day].stamp
        spots.until_us = max(spots.until_us, case.at_us)
        marks = marks_of(case)
        if marks and case.card is not None:
            spots.add(Spot(case.at_us, case.event_id, case.card, marks))

    def _add_drawn(self, case: Case) -> None:
        if case.account is not None:
            rows = self.drawn.setdefault((case.account, case.point), [])
            insort(rows, Drawn(case.at_us, case.event_id, case.amount))

    def _add_bill(self, case: Case) -> None:
        moment = (case.at_us, case.event_id)
        that = bill(case)
        if that is not None:
            self.bills.setdefault(that, []).append(moment)
        if case.card is None and case.payer is not None and case.facts.biller is not None:
            key = (case.payer, case.facts.biller.biller_id, case.amount)
            self.cash_bills.setdefault(key, []).append(moment)

    def _add_reported(self, case: Case) -> None:
        reported = case.request.reported
        if reported.terminal_serial is not None:
            seen = self.serials.setdefault(reported.terminal_serial, {})
            seen[case.terminal] = max(case.at_us, seen.get(case.terminal, 0))
        that = reading(case) if reported.position is not None else None
        if that is not None and case.at_us >= self.readings.get(case.terminal, (0, 0, 0))[0]:
            self.readings[case.terminal] = (case.at_us, *that)


def add_row(rows: list[R], row: R) -> None:
    """Put a row in its place and keep the newest, as many as are read."""
    insort(rows, row)
    del rows[:-MOST]


def seen_of(case: Case) -> Seen:
    assert case.card is not None
    undone = case.original if case.undoes else None
    return Seen(
        case.at_us,
        case.event_id,
        case.card,
        case.business,
        case.code,
        undone.amount if undone else case.amount or None,
        case.point,
        case.decision.biller_id if case.decision else None,
        undone.event_id if undone else None,
        undone.business if undone else None,
    )


def paid_of(case: Case, payee: int) -> Paid:
    age = holder_age(case)
    return Paid(
        case.at_us,
        case.event_id,
        payee,
        case.business,
        case.code,
        case.amount,
        case.point,
        case.facts.card.card_id if case.facts.card else None,
        case.payer,
        age is not None and age >= ELDER_AGE,
        settles_us(case),
        None,
    )


def settles_us(case: Case) -> int | None:
    """Return when the money stands: at once, at the release of a held one, never."""
    if case.code != APPROVED:
        return None
    available = case.decision.available_at if case.decision else None
    return case.at_us if available is None else microseconds(available)


def original_of(case: Case) -> Original:
    return Original(
        event_id=case.event_id,
        at_us=case.at_us,
        business=case.business,
        moved=case.moved,
        stands=case.moved,
        amount=case.amount,
        point=case.point,
        card=case.card,
        payee=case.payee,
        settles_us=settles_us(case),
    )
