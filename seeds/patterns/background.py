"""Ordinary customers around the episodes: innocent by construction, and few.

About three operations a point and day, as the record says, in its proportions. Amounts and hours
are those of the habits, with these limits of an ordinary life: villagers go to the shop of their
own village, at most every third day; each sends money to one relative only, never much of what is
there. So no rule is satisfied by them, whoever counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import (
    BalanceInquiry,
    Business,
    CardBillPayment,
    Request,
    Reversal,
    ReversalReason,
    Transfer,
    Withdrawal,
)
from seeds.dice import Dice, often
from seeds.numbers import pan_of, pin_of
from seeds.patterns.episodes import Move, Quiet
from seeds.patterns.scene import NO_KEY, NOTE
from seeds.patterns.stage import Place, Stage
from seeds.traffic.habits import Habits
from seeds.traffic.homes import blocks, by_county
from seeds.traffic.scripts import WRONG_PIN
from seeds.traffic.spread import shuffled
from seeds.traffic.stock import Villager

VISITS_A_DAY = often({0: 7, 1: 21, 2: 30, 3: 25, 4: 12, 5: 5})
"""Of 100 days so many have so many visits; with their looks at the balance 3 operations a day."""
QUIET_SEASON_DAYS = 7
"""Before and after the weeks that are measured somebody comes once in so many days."""

ERRANDS = often({Business.WITHDRAWAL: 40, Business.TRANSFER: 24, Business.BILL_PAYMENT: 16,
                 Business.BALANCE_INQUIRY: 20})  # fmt: skip
REST_DAYS = 3
MOST_SENT = yuan(1_500)
PART = 4
"""Nobody spends more than one part in so many of what is there: it lasts for the season."""
ENOUGH, FEES = yuan(100), yuan(10)
MISTYPED, ANSWER_LOST = 12, 3
"""In a thousand visits so many begin with a wrong PIN, or are reversed and done again."""


@dataclass(slots=True)
class Guest:
    """A villager of the background, with what is left and when they came last."""

    villager: Villager
    relative: Villager
    left: int
    last: date = date.min


class Background:
    """The ordinary traffic of some places."""

    def __init__(self, stage: Stage, habits: Habits, dice: Dice) -> None:
        self._habits = habits
        self._dice = dice
        self._seed = stage.stock.seed
        self._any_biller = stage.stock.any_biller
        self._bills = 0
        self._count = 0
        self._guests = guests_of(stage, dice)

    def moves(
        self,
        place: Place,
        days: tuple[date, date, date, date],
        quiet: Sequence[Quiet],
        careful: frozenset[date],
    ) -> Iterator[Move]:
        """Give the moves at a place from the first day to the last of ``days``.

        Between the two in the middle people come every day, before and after that now and then.
        On ``careful`` days nothing goes wrong.
        """
        first, season, season_end, end = days
        for number in range((end - first).days):
            day = first + timedelta(days=number)
            is_season = season <= day < season_end
            visits = self._dice.pick(VISITS_A_DAY)
            if not is_season:
                visits = int(number % QUIET_SEASON_DAYS == 0)
            for second in sorted(self._second(place, day) for _ in range(visits)):
                at = datetime.combine(day, time(0), SHANGHAI) + timedelta(seconds=second)
                if not any(one.since <= at + MARGIN and at <= one.until for one in quiet):
                    yield from self._visit(place, at, not is_season, day not in careful)

    def _visit(self, place: Place, at: datetime, is_quiet: bool, may_fail: bool) -> Iterator[Move]:
        business = Business.WITHDRAWAL if is_quiet else self._dice.pick(ERRANDS)
        guest = self._call(place, at.date())
        if guest is None:
            return
        request = self._errand(guest, business, at)
        terminal_id = self._dice.pick([m for m in place.shop.machines if m.stands]).terminal_id
        for said in self._said(guest, business, request, may_fail):
            reverses = self._count - 1 if isinstance(said, Reversal) else None
            yield Move(
                terminal_id=terminal_id, request=replace(said, received_at=at), reverses=reverses
            )
            self._count += 1
            at += timedelta(seconds=self._dice.between(20, 60))

    def _said(
        self, guest: Guest, business: Business, request: Request, may_fail: bool
    ) -> Iterator[Request]:
        """Give the messages of one visit: looks at the balance, and what goes wrong."""
        before, after = self._habits.looks.get(business, (0, 0))
        look = BalanceInquiry(**self._card(guest.villager))
        if may_fail and self._dice.happens(MISTYPED):
            yield replace(look, pin=WRONG_PIN)
        if self._dice.happens(before):
            yield look
        yield request
        if may_fail and business is Business.WITHDRAWAL and self._dice.happens(ANSWER_LOST):
            yield LOST
            yield request
        if self._dice.happens(after):
            yield look

    def _call(self, place: Place, day: date) -> Guest | None:
        """Return somebody of this place who has not come for some days."""
        rested = [
            guest
            for guest in self._guests.get(place.point_id, ())
            if (day - guest.last).days >= REST_DAYS and guest.left > ENOUGH
        ]
        if not rested:
            return None
        guest = self._dice.pick(rested)
        guest.last = day
        return guest

    def _errand(self, guest: Guest, business: Business, at: datetime) -> Request:
        fields: dict[str, Any] = self._card(guest.villager)
        if business is Business.BALANCE_INQUIRY:
            return BalanceInquiry(**fields)
        amount = min(self._amount(business), guest.left // PART) // NOTE * NOTE
        if business is Business.TRANSFER:
            amount = min(amount, MOST_SENT)
            to: dict[str, Any] = {
                "payee_account_no": guest.relative.account_no,
                "payee_name": guest.relative.name,
            }
            request: Request = Transfer(**fields, amount=Fen(amount), **to)
        elif business is Business.BILL_PAYMENT:
            self._bills += 1
            bill: dict[str, Any] = {
                "biller_id": self._any_biller,
                "bill_no": f"{at:%Y%m%d}B{self._bills:07d}",
            }
            request = CardBillPayment(**fields, amount=Fen(amount), **bill)
        else:
            request = Withdrawal(**fields, amount=Fen(amount))
        guest.left -= amount + int(FEES)
        return request

    def _amount(self, business: Business) -> int:
        """Return an amount as the habits have them."""
        bands = self._habits.bands[business]
        ends = list(accumulate(band.permille for band in bands))
        band = bands[bisect_right(ends, self._dice.below(ends[-1]))]
        steps = (band.high - band.low) // band.step
        amount = band.low + band.step * self._dice.between(0, steps)
        return max(amount // NOTE * NOTE, 2 * NOTE)

    def _card(self, villager: Villager) -> dict[str, Any]:
        pan = pan_of(self._seed, BANKS[villager.bank_id], villager.card_id)
        blank = {"key": NO_KEY, "received_at": LONG_AGO}
        return {**blank, "pan": pan, "pin": pin_of(self._seed, villager.card_id)}

    def _second(self, place: Place, day: date) -> int:
        """Return a second of the opening hours, crowded as they are."""
        shop, hours = place.shop, self._habits.hours
        open_hours = [h for h in hours if shop.opens <= h.hour * 60 <= shop.closes - 90]
        is_market = place.is_busy(day)
        weights = [h.market_weight if is_market else h.weight for h in open_hours]
        ends = list(accumulate(weights))
        hour = open_hours[bisect_right(ends, self._dice.below(ends[-1]))]
        return hour.hour * 3_600 + self._dice.below(3_600)


MARGIN = timedelta(minutes=10)
"""No visit takes longer."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=SHANGHAI)
LOST = Reversal(key=NO_KEY, received_at=LONG_AGO, original=NO_KEY, reason=ReversalReason.TIMEOUT)


def guests_of(stage: Stage, dice: Dice) -> Mapping[str, list[Guest]]:
    """Return who lives near each shop; each relative is that of one villager only."""
    stock = stage.stock
    circle = shuffled(stock.villagers, dice)
    relatives = {
        villager.card_id: relative
        for villager, relative in zip(circle, [*circle[1:], *circle[:1]], strict=True)
    }
    guests: dict[str, list[Guest]] = defaultdict(list)
    shops, villagers = by_county(stock.shops), by_county(stock.villagers)
    for county in sorted(shops):
        people = villagers.get(county, [])
        for shop, near in zip(shops[county], blocks(people, len(shops[county])), strict=True):
            for villager in near:
                relative = relatives[villager.card_id]
                guests[shop.point_id].append(Guest(villager, relative, villager.balance))
    return guests
