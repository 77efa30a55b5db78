"""What is kept of a point is added to, and the stamps prove that nothing was left out."""

from __future__ import annotations

from functools import reduce

import pytest

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.store.database import Database
from risk.events import day_of
from risk.live.memory import Spots, stamp_after
from risk.live.rows import IS_WITHDRAWAL, Since, Spot
from risk.observe import microseconds
from tests.counter import withdrawal
from tests.risk.watched import MINUTE, new_monitor, watched

START_US = microseconds(DEMO_START)
DAY = day_of(START_US)
CREW = ("gyb_debit", "gyb_rural", "grcu_social", "grcu_debit", "abc_debit", "out_debit")


def since(number: int, *, is_spot: bool = True) -> Since:
    at_us, name = START_US + number, f"event {number}"
    spot = Spot(at_us, name, number, IS_WITHDRAWAL) if is_spot else None
    return Since(at_us, name, "00", spot)


def stamps(*events: Since) -> dict[int, str]:
    """Return the stamp of a day on which these were decided, in this order."""
    said = ((event.event_id, event.code) for event in events)
    return {DAY: reduce(lambda stamp, one: stamp_after(stamp, *one), said, ""), DAY - 1: ""}


def known(*events: Since) -> Spots:
    rows = [event.spot for event in events if event.spot is not None]
    return Spots(START_US, rows, stamps(*events))


def test_what_came_since_is_added() -> None:
    first, second, inquiry = since(1), since(2), since(3, is_spot=False)
    spots, now = known(first), stamps(first, second, inquiry)
    assert not spots.are_true(now)
    assert spots.caught_up([second, inquiry], now)
    assert (spots.rows, spots.until_us) == ([first.spot, second.spot], inquiry.at_us)
    assert spots.are_true(now)
    assert spots.two_hours.move_to(START_US, spots.rows) == {IS_WITHDRAWAL: {1: 1, 2: 1}}


@pytest.mark.parametrize(
    ("read", "decided"),
    [
        ([2], [1, 2, 3]),  # one is missing
        ([2, 3], [1, 2]),  # one too many
        ([2, 3], [1, 3, 2]),  # decided in another order than that of time
        ([2], [9, 2]),  # what was known was rolled back
    ],
)
def test_what_the_stamps_do_not_prove_is_not_added(read: list[int], decided: list[int]) -> None:
    spots = known(since(1))
    assert not spots.caught_up([since(n) for n in read], stamps(*(since(n) for n in decided)))
    assert (spots.rows, spots.are_true(stamps(since(1)))) == ([since(1).spot], True)


@pytest.mark.parametrize("moments", [(0, 1, 2, 3, 4, 5), (0, 2, 1, 4, 3, 5)])
def test_two_processes_see_one_crowd(still_database: Database, moments: tuple[int, ...]) -> None:
    """Also where one of them decides later what it received earlier."""
    monitors = (new_monitor(), new_monitor())
    with watched(still_database) as bank:
        for number, (card, moment) in enumerate(zip(CREW, moments, strict=True)):
            bank.monitor = monitors[number % 2]
            at = DEMO_START + moment * MINUTE
            bank.ask(withdrawal(number + 1, card=card, amount=yuan(1_700), at=at))
        (alert,) = bank.alerts("R06")
        assert alert.observed == len(CREW)
