"""The stage manager: what the builder of an episode may ask for, and what it writes down."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from pos_sim.domain.calendar import CUT_OFF, SHANGHAI
from pos_sim.domain.cards import Pin
from pos_sim.domain.money import Fen
from pos_sim.domain.requests import (
    BalanceInquiry,
    CardBillPayment,
    CashBillPayment,
    CashRemittance,
    Key,
    Request,
    Reversal,
    ReversalReason,
    Transfer,
    Withdrawal,
)
from seeds.dice import Dice
from seeds.patterns.cast import Company, birth_of
from seeds.patterns.edges import A_WEEK, Edges
from seeds.patterns.episodes import HONEST, Act, Move, Quiet, Tells
from seeds.patterns.stage import Payee, Person, Place
from seeds.patterns.truth import Claim
from seeds.traffic.scripts import WRONG_PIN

NO_KEY = Key("", "", "")
NOTE = 1_000
OPEN_EVERYWHERE = (545, 1_050)
"""Minutes of the day in which every shop is open: 09:05 to 17:30."""
ROAD_KM_H = 40
AMPLE = Fen(3_000_000)
CLOSE = 20
"""Close to an edge is the part of a range next to it: one in so many."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """One episode while it is written: its host and days, chance, thresholds, people.

    In every other episode amounts and times are drawn close to the edge (``is_close``). Moves,
    claims and quiet times are added by the methods.
    """

    place: Place
    guests: list[Place]
    first_day: date
    days: int
    dice: Dice
    edges: Edges
    cast: Company
    any_biller: str
    is_close: bool
    moves: list[Move] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    quiet: list[Quiet] = field(default_factory=list)

    # Time ------------------------------------------------------------------------------------

    def day(self, number: int) -> date:
        """Return a day of the stay, counted from 0; negative ones lie before it."""
        return self.first_day + timedelta(days=number)

    def at(self, day: int, minute: float) -> datetime:
        """Return a moment of a day of the stay."""
        return datetime.combine(self.day(day), time(0), SHANGHAI) + timedelta(minutes=minute)

    def moment(
        self, day: int, least: int = OPEN_EVERYWHERE[0], most: int = OPEN_EVERYWHERE[1]
    ) -> datetime:
        """Return a moment of chance, to the second, while every shop is open."""
        return self.at(day, 0) + timedelta(seconds=self.dice.between(least * 60, most * 60))

    def later(self, moment: datetime, least_min: float, most_min: float) -> datetime:
        """Return a moment so many minutes after another one."""
        seconds = self.dice.between(int(least_min * 60), int(most_min * 60))
        return moment + timedelta(seconds=seconds)

    def way(self, here: Place, there: Place) -> float:
        """Return how many minutes a villager needs from one shop to the other."""
        return here.km_to(there) / ROAD_KM_H * 60 + 20

    # People ----------------------------------------------------------------------------------

    def person(self, **wishes: Any) -> Person:
        """Return somebody new of this place; ``age``, ``balance`` … are what is special."""
        age = wishes.pop("age", 0) or self.dice.between(25, 55)
        past = wishes.pop("days_past", None)
        born = birth_of(age, self.first_day, self.dice.between(30, 180) if past is None else past)
        usual = {"county": self.place.shop.county, "bank_id": self.place.shop.bank_id}
        return self.cast.person(born=born, **({"balance": AMPLE} | usual | wishes))

    def people(self, count: int, **wishes: Any) -> list[Person]:
        return [self.person(**wishes) for _ in range(count)]

    def payee(self) -> Payee:
        return self.cast.payee(self.place.shop.bank_id)

    def notes(self, low: int, high: int) -> Fen:
        """Return an amount of chance in ten-yuan notes; both ends are fen."""
        return Fen(self.dice.between(-(-low // NOTE), high // NOTE) * NOTE)

    def beyond(self, low: int, high: int) -> int:
        """Return a number between two, in a close episode near the lower one."""
        most = low + max((high - low) // CLOSE, 1) if self.is_close else high
        return self.dice.between(low, min(most, high))

    def short_of(self, low: int, high: int) -> int:
        """Return a number between two, in a close episode near the higher one."""
        return low + high - self.beyond(low, high)

    # Messages --------------------------------------------------------------------------------

    def withdraw(self, who: Person, amount: int, at: datetime, **more: Any) -> int:
        return self._card(Withdrawal, who, at, more, amount=Fen(amount))

    def inquire(self, who: Person, at: datetime, **more: Any) -> int:
        return self._card(BalanceInquiry, who, at, more)

    def transfer(
        self, who: Person, to: Person | Payee, amount: int, at: datetime, **more: Any
    ) -> int:
        named = {"payee_account_no": to.account_no, "payee_name": to.name}
        return self._card(Transfer, who, at, more, amount=Fen(amount), **named)

    def remit(self, payer: str, to: Person | Payee, amount: int, at: datetime, **more: Any) -> int:
        named = {"payee_account_no": to.account_no, "payee_name": to.name, "payer_name": payer}
        return self._send(CashRemittance, at, more, amount=Fen(amount), **named)

    def pay_bill(
        self, who: Person | None, bill_no: str, amount: int, at: datetime, **more: Any
    ) -> int:
        """Pay a bill from a card, or with banknotes where nobody's card is given."""
        bill = {"amount": Fen(amount), "biller_id": self.any_biller, "bill_no": bill_no}
        if who is None:
            return self._send(CashBillPayment, at, more, **bill)
        return self._card(CardBillPayment, who, at, more, **bill)

    def undo(self, move: int, at: datetime, reason: ReversalReason = ReversalReason.TIMEOUT) -> int:
        """Reverse an earlier move of this episode, from the same terminal."""
        request = Reversal(key=NO_KEY, received_at=at, original=NO_KEY, reason=reason)
        original = self.moves[move]
        self.moves.append(replace(original, request=request, reverses=move))
        return len(self.moves) - 1

    def _card(
        self, sort: Any, who: Person, at: datetime, more: dict[str, Any], **fields: Any
    ) -> int:
        pin: Pin = WRONG_PIN if more.pop("mistypes", False) else who.pin
        return self._send(sort, at, more, pan=who.pan, pin=pin, **fields)

    def _send(self, sort: Any, at: datetime, more: dict[str, Any], **fields: Any) -> int:
        place: Place = more.pop("place", self.place)
        terminal_id: str = more.pop("terminal_id", place.machine.terminal_id)
        tells: Tells = more.pop("tells", HONEST)
        assert not more, more
        request: Request = sort(key=NO_KEY, received_at=at, **fields)
        self.moves.append(Move(terminal_id=terminal_id, request=request, tells=tells))
        return len(self.moves) - 1

    # Truth -----------------------------------------------------------------------------------

    @property
    def last(self) -> datetime:
        """When the latest move happens."""
        return max(move.at for move in self.moves)

    def claim(
        self,
        rule_id: str,
        *subjects: object,
        since: datetime | None = None,
        lasts: timedelta = A_WEEK,
        counted: bool = True,
    ) -> None:
        """Say that a rule is satisfied about these, from a moment (the last move) on."""
        since = since or self.last
        last = max((move.at for move in self.moves), default=since)
        self.claims.append(
            Claim(
                rule_id=rule_id,
                subjects=frozenset(map(str, subjects)),
                since=since,
                until=max(since, last) + lasts,
                counted=counted,
            )
        )

    def keep_quiet(self, since: datetime, until: datetime, place: Place | None = None) -> None:
        """Let nobody else come in this time."""
        self.quiet.append(Quiet((place or self.place).point_id, since, until))

    def keep_day_quiet(self, day: int) -> None:
        """Let nobody else come on this business date."""
        cut_off = datetime.combine(self.day(day), CUT_OFF, SHANGHAI)
        self.keep_quiet(cut_off - timedelta(days=1), cut_off)
