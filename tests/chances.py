"""Random days at the counter of the small world.

A day is a list of stories: a request, and what its terminal does next: sends it again, reverses
it (also before it arrives, also twice), or uses its key for something else. Stories overlap.
Hypothesis draws one number a story, so a failing day shrinks to the stories that matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.cards import Pin
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Charge, Request, ReversalReason
from tests.counter import (
    card_bill,
    cash_bill,
    charge,
    inquiry,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.memory_bank import Suspicious
from tests.worlds import (
    ANY,
    ATM,
    BILL_AMOUNT,
    BILL_NO,
    MOBILE,
    OTHER_BILL_NO,
    OTHER_POS,
    PIN,
    POS,
    POWER,
    UNBOUND,
    UNKNOWN,
    WATER,
    WRONG_PIN,
)

T = TypeVar("T")


def examples(count: int) -> settings:
    """Return settings for ``count`` examples, many times more in the long profile."""
    is_long = os.environ.get("HYPOTHESIS_PROFILE") == "long"
    return settings(max_examples=count * 20 if is_long else count)


@dataclass(frozen=True)
class Release:
    """The clock releases what is due."""

    received_at: datetime = DEMO_START


@dataclass(frozen=True)
class Cancel:
    """A checker cancels the oldest transaction that is held."""

    received_at: datetime = DEMO_START


Event = Request | Release | Cancel
Story = list[tuple[int, Event]]
"""Events of one story, each with how many stories earlier or later it happens."""

CARDS = (
    "gyb_debit",
    "gyb_rural",
    "grcu_social",
    "grcu_debit",
    "abc_debit",
    "abc_pension",
    "ccb_debit",
    "out_debit",
    "abc_own",
    "magic_slow",
)
BAD_CARDS = ("poor", "gyb_credit", "magic_lost", "magic_short_of_money", "magic_wrong_pin")
PAYEES = ("gyb_debit", "abc_debit", "abc_own", "poor", "ccb_debit", "grcu_debit")
NOTES = (yuan(100), yuan(500), yuan(1_000), yuan(2_000))
BAD_NOTES = (yuan(2_010), Fen(1_001), yuan(10))  # the last is too little for an ATM only
TO_HOLD, TO_DECLINE = (Fen(10_000 + n) for n in (Suspicious.HELD, Suspicious.DECLINED))
SUMS = (yuan(1), yuan(50), yuan(100), yuan(700), TO_HOLD, TO_HOLD)
BAD_SUMS = (yuan("2000.01"), TO_DECLINE, yuan(9_000))
BILLS = (
    (POWER, BILL_NO, BILL_AMOUNT),
    (POWER, OTHER_BILL_NO, yuan(80)),
    (WATER, BILL_NO, yuan(30)),
    (ANY, "1", yuan(5)),
    (ANY, "1", yuan(6)),
    (ANY, "2", Fen(1)),
)
BAD_BILLS = ((WATER, BILL_NO, yuan(31)), (POWER, "none", yuan(5)), ("nobody", "1", yuan(5)))


class Chance(Random):
    """Draws what people ask for; mostly something sensible."""

    def mostly(self, good: Sequence[T], bad: Sequence[T]) -> T:
        return self.choice(bad if self.random() < 0.1 else good)

    def request(self, trace: int) -> Request:
        return self.choice(ASKED)(self, trace, self.mostly(TERMINALS, (UNBOUND, UNKNOWN)))

    def card(self) -> str:
        return self.mostly(CARDS, BAD_CARDS)

    def pin(self) -> Pin:
        return self.mostly((PIN,), (WRONG_PIN,))

    def name(self) -> str | None:
        return self.mostly((None,), ("谁",))


TERMINALS = (POS, POS, OTHER_POS, MOBILE, ATM)


def _withdrawal(c: Chance, trace: int, terminal: str) -> Request:
    amount = c.mostly(NOTES, BAD_NOTES)
    return withdrawal(trace, terminal=terminal, card=c.card(), amount=amount, pin=c.pin())


def _transfer(c: Chance, trace: int, terminal: str) -> Request:
    return transfer(
        trace,
        terminal=terminal,
        card=c.card(),
        payee=c.choice(PAYEES),
        payee_name=c.name(),
        amount=c.mostly(SUMS, BAD_SUMS),
        pin=c.pin(),
    )


def _remittance(c: Chance, trace: int, terminal: str) -> Request:
    return remittance(
        trace,
        terminal=terminal,
        payee=c.choice(PAYEES),
        payee_name=c.name(),
        amount=c.mostly(SUMS, BAD_SUMS),
    )


def _card_bill(c: Chance, trace: int, terminal: str) -> Request:
    biller, bill_no, amount = c.mostly(BILLS, BAD_BILLS)
    return card_bill(
        trace,
        terminal=terminal,
        card=c.card(),
        biller=biller,
        bill_no=bill_no,
        amount=amount,
        pin=c.pin(),
    )


def _cash_bill(c: Chance, trace: int, terminal: str) -> Request:
    biller, bill_no, amount = c.mostly(BILLS, BAD_BILLS)
    return cash_bill(trace, terminal=terminal, biller=biller, bill_no=bill_no, amount=amount)


def _inquiry(c: Chance, trace: int, terminal: str) -> Request:
    return inquiry(trace, terminal=terminal, card=c.card(), pin=c.pin())


def _charge(c: Chance, trace: int, _terminal: str) -> Request:
    operation = c.choice(("annual_fee", "sms_notice", "card_issue"))
    return charge(trace, operation=operation, card=c.card())


ASKED: tuple[Callable[[Chance, int, str], Request], ...] = (
    _withdrawal,
    _withdrawal,
    _transfer,
    _transfer,
    _remittance,
    _remittance,
    _card_bill,
    _cash_bill,
    _inquiry,
    _charge,
)


def _reversal(request: Request, trace: int) -> Request:
    of = int(request.key.trace_no)
    return reversal(trace + of, of=of, terminal=request.key.terminal_id)


def _other(request: Request) -> Request:
    """Return the same key with other content."""
    if isinstance(request, Charge):
        return replace(request, operation="card_replacement")
    return inquiry(int(request.key.trace_no), terminal=request.key.terminal_id, card="abc_own")


SEQUELS: tuple[Callable[[Request], Request], ...] = (
    lambda request: request,
    lambda request: request,
    lambda request: _reversal(request, 100_000),
    lambda request: _reversal(request, 100_000),
    lambda request: _reversal(request, 200_000),
    lambda request: replace(_reversal(request, 200_000), reason=ReversalReason.OTHER),  # type: ignore[call-arg]
    _other,
)


OF_A_CHARGE: tuple[Callable[[Request], Request], ...] = (lambda request: request, _other)
"""No terminal can reverse what the bank posts itself."""


def story_of(number: int, traces: int = 40) -> Story:
    """Return the story that belongs to a number; ``traces`` is how many trace numbers there are."""
    chance = Chance(number)
    if chance.random() < 0.1:
        return [(0, chance.choice((Release(), Cancel())))]
    request = chance.request(chance.randint(1, traces))
    story: Story = [(0, request)]
    sequels = OF_A_CHARGE if isinstance(request, Charge) else SEQUELS
    while chance.random() < 0.4:
        story.append((chance.randint(-3, 6), chance.choice(sequels)(request)))
    return story


PAUSES = (0, 0, 0, 0, 0, 1, 60, 3_600, 13 * 3_600, 24 * 3_600)
"""Seconds between two events: 13 hours from the start lie exactly on the cut-off."""

numbers = st.integers(0, 2**32 - 1)


def streams(most: int = 40) -> st.SearchStrategy[list[Event]]:
    """Return streams of overlapping stories; time only goes forward."""
    lengths = st.integers(1, most)
    tales = lengths.flatmap(lambda n: st.lists(numbers, min_size=n, max_size=n))
    pauses = st.lists(st.sampled_from(PAUSES), min_size=1, max_size=12)
    return st.builds(lambda tale, pause: told([story_of(n) for n in tale], pause), tales, pauses)


def request_streams(most: int = 40) -> st.SearchStrategy[list[Request]]:
    """Return streams of requests alone."""
    return streams(most).map(requests_of).filter(bool)


def requests_of(stream: Sequence[Event]) -> list[Request]:
    return [event for event in stream if isinstance(event, Request)]


def busy_day(number: int, stories: int, traces: int = 400) -> list[Event]:
    """Return the events of one long day, always the same for the same number."""
    told_today = [story_of(number * 1_000_003 + i, traces) for i in range(stories)]
    return told(told_today, [0, 1, 0, 2])


def told(stories: Sequence[Story], pauses: Sequence[int]) -> list[Event]:
    """Interleave the stories and let time pass between the events."""
    placed = [
        (place + delay, event) for place, story in enumerate(stories) for delay, event in story
    ]
    in_order = [event for _, event in sorted(placed, key=lambda p: p[0])]
    now, stream = DEMO_START, list[Event]()
    for event, pause in zip(in_order, cycle(pauses), strict=False):
        stream.append(replace(event, received_at=now))
        now += timedelta(seconds=pause)
    return stream


cuts = st.lists(st.integers(1, 9), min_size=1, max_size=6)
"""Sizes of groups, over and over again."""


def grouped(stream: Sequence[Event], sizes: Sequence[int]) -> Iterator[list[Event]]:
    """Cut a stream into groups; whatever is no request stands alone."""
    size = cycle(sizes)
    room, group = next(size), list[Event]()
    for event in stream:
        is_alone = not isinstance(event, Request)
        if group and (is_alone or len(group) == room):
            yield group
            room, group = next(size), []
        if is_alone:
            yield [event]
        else:
            group.append(event)
    if group:
        yield group
