"""Each rule once through the real engine: the smallest story about which it speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Position, Reported, Request, ReversalReason
from pos_sim.store import tables
from pos_sim.store.database import Database
from tests.counter import (
    card_bill,
    charge,
    inquiry,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.risk.watched import DAY, FAR, HOUR, MINUTE, OWN_CARD, THIRD, Watched, watched
from tests.worlds import ANY, ATM, OTHER_POS, POINT, POS, WRONG_PIN

Story = Sequence[Request]

CREW = ("gyb_debit", "gyb_rural", "grcu_social", "grcu_debit", "abc_debit", "out_debit")
EVERYBODY = (*CREW, "ccb_debit", "abc_own", "abc_pension")
NIGHT = DEMO_START + 11 * HOUR
AWAY = Reported(position=Position(latitude=26.63, longitude=106.7, accuracy_m=15))


def after(minutes: int) -> timedelta:
    return minutes * MINUTE


def structuring() -> Story:
    amounts = (yuan(700), yuan(700), yuan(500))
    return [
        withdrawal(n + 1, terminal=(POS, OTHER_POS, THIRD)[n], amount=amount, at=DEMO_START)
        for n, amount in enumerate(amounts)
    ]


def limit_bypass() -> Story:
    return [
        withdrawal(1, amount=yuan(2_100)),
        transfer(2, payee=OWN_CARD, amount=yuan(300), at=DEMO_START + after(5)),
    ]


def own_card() -> Story:
    return [withdrawal(n, card=OWN_CARD, at=DEMO_START + n * HOUR) for n in (1, 2, 3)]


def round_trips() -> Story:
    story: list[Request] = []
    for n in range(3):
        at = DEMO_START + n * HOUR
        story.append(withdrawal(10 + n, amount=yuan(500), at=at))
        story.append(remittance(20 + n, payee="gyb_debit", amount=yuan(500), at=at + after(9)))
    return story


def in_and_out() -> Story:
    story: list[Request] = []
    for n in range(2):
        at = DEMO_START + n * HOUR
        story.append(remittance(10 + n, payee="gyb_rural", amount=yuan(1_000), at=at))
        story.append(
            transfer(20 + n, card="gyb_rural", payee="abc_own", amount=yuan(900), at=at + after(5))
        )
    return story


def impossible_travel() -> Story:
    return [withdrawal(1), withdrawal(2, terminal=FAR, at=DEMO_START + after(20))]


def strangers() -> Story:
    """Ten withdrawals at one point, most of them by cards of other cities."""
    return [
        withdrawal(n + 1, card=("gyb_rural", "out_debit", "abc_debit")[n % 3], amount=yuan(100),
                   at=DEMO_START + after(n))
        for n in range(10)
    ]  # fmt: skip


def off_hours() -> Story:
    return [withdrawal(1, amount=yuan(500), at=NIGHT)]


def moved() -> Story:
    return [replace(withdrawal(n, at=DEMO_START + after(n)), reported=AWAY) for n in (1, 2)]


def cloned() -> Story:
    return [replace(withdrawal(1), reported=Reported(terminal_serial="SN-OTHER"))]


def wrong_pins() -> Story:
    return [withdrawal(n, pin=WRONG_PIN, at=DEMO_START + after(n)) for n in (1, 2, 3)]


def drained() -> Story:
    story: list[Request] = []
    for n, card in enumerate(EVERYBODY):
        at = DEMO_START + after(n)
        story.append(inquiry(10 + n, card=card, at=at))
        if n < 5:
            amount = yuan(1_700)
            story.append(withdrawal(30 + n, card=card, amount=amount, at=at + 30 * MINUTE / 60))
    return [*story, withdrawal(60, card="out_debit", amount=yuan(1_700), at=DEMO_START + after(9))]


def elder() -> Story:
    return [transfer(1, amount=yuan(2_000))]


def fan_in() -> Story:
    return [
        transfer(n + 1, terminal=(POS, OTHER_POS)[n % 2], card=card, payee="poor", amount=yuan(50))
        for n, card in enumerate(("gyb_debit", "grcu_debit", "abc_debit", "ccb_debit", "abc_own"))
    ]


def split_bills() -> Story:
    return [
        card_bill(n, biller=ANY, bill_no=f"{n}", amount=yuan(40), at=DEMO_START + after(n))
        for n in (1, 2, 3)
    ]


def reversals() -> Story:
    story: list[Request] = []
    for n in (1, 2):
        at = DEMO_START + n * HOUR
        story.append(withdrawal(n, at=at))
        story.append(reversal(n + 20, of=n, at=at + MINUTE))
    return story


def by_hand() -> Story:
    late = reversal(9, of=1, reason=ReversalReason.OTHER, at=DEMO_START + after(6))
    return [withdrawal(1), late]


def jump() -> Story:
    """A week of quiet days, then one of 21; the tenth is pension day and no day like others."""
    quiet = [withdrawal(n, at=DEMO_START + n * DAY) for n in range(1, 8)]
    busy = DEMO_START + 9 * DAY
    return [*quiet, *(transfer(20 + n, amount=yuan(10), payee="poor", card="abc_debit",
                               at=busy + after(n)) for n in range(21))]  # fmt: skip


def awake() -> Story:
    first = withdrawal(1, at=DEMO_START)
    late = DEMO_START + 61 * DAY
    return [first, *(withdrawal(n, at=late + after(n)) for n in range(2, 7))]


STORIES: dict[str, tuple[Callable[[], Story], str, str]] = {
    "R01": (structuring, "medium", "alert"),
    "R02": (limit_bypass, "high", "decline"),
    "R03": (own_card, "high", "alert"),
    "R04": (round_trips, "high", "alert"),
    "R05": (in_and_out, "high", "hold"),
    "R07": (impossible_travel, "critical", "decline"),
    "R08": (strangers, "high", "alert"),
    "R10": (off_hours, "medium", "alert"),
    "R11": (moved, "critical", "decline"),
    "R12": (cloned, "critical", "decline"),
    "R13": (wrong_pins, "high", "alert"),
    "R14": (drained, "medium", "alert"),
    "R15": (elder, "high", "hold"),
    "R16": (fan_in, "high", "hold"),
    "R17": (split_bills, "low", "alert"),
    "R18": (reversals, "high", "alert"),
    "R18 by hand": (by_hand, "high", "alert"),
    "R19": (jump, "medium", "alert"),
    "R20": (awake, "high", "alert"),
}
"""The story, and severity and decision of its last hit. R06, R09, R24: see test_monitor.py."""


@pytest.mark.parametrize("name", STORIES)
def test_the_smallest_story_of_each_rule(still_database: Database, name: str) -> None:
    tell, severity, decision = STORIES[name]
    rule_id, story = name[:3], tell()
    with watched(still_database) as bank:
        make_young(bank, rule_id)
        *before, last = story
        bank.ask(*before)
        (decided,) = bank.ask(last)
        (found,) = (hit for hit in bank.hits(rule_id) if hit.event_id == decided.transaction_id)
        assert (found.severity, found.decision) == (severity, decision)
        assert (decided.response_code == "59") == (decision == "decline")
        assert (decided.first_status == "held") == (decision == "hold")
        assert "{" not in found.explanation
        assert "未知" not in found.explanation


def make_young(bank: Watched, rule_id: str) -> None:
    """Where nobody's age is the point, nobody is old: R15 and R16 would hold the money."""
    if rule_id not in ("R15", "R16"):
        bank.connection.execute(
            update(tables.cards).values(birth_date=DEMO_START.date() - 9_000 * DAY)
        )


def test_a_hold_at_the_counter_keeps_the_money_in_suspense(still_database: Database) -> None:
    with watched(still_database) as bank:
        (held,) = bank.ask(*elder())
        assert held.first_status == "held"
        assert held.available_at == DEMO_START + DAY


def test_nobody_speaks_about_an_ordinary_day(still_database: Database) -> None:
    with watched(still_database) as bank:
        make_young(bank, "")
        bank.ask(
            withdrawal(1, amount=Fen(30_000)),
            inquiry(2, at=DEMO_START + after(5)),
            card_bill(3, at=DEMO_START + after(9)),
            transfer(4, card="grcu_debit", payee="poor", at=DEMO_START + after(20)),
            remittance(5, payee="abc_own", at=DEMO_START + after(30)),
            withdrawal(1, terminal=ATM, card="ccb_debit", at=DEMO_START + after(40)),
        )
        heard = {hit.rule_id for hit in bank.hits()}
        assert heard <= {"R03"}  # the operator's own card is noted, and no more
        assert bank.alerts() == []


def test_a_point_of_tier_d_refuses_in_the_small_hours(still_database: Database) -> None:
    with watched(still_database) as bank:
        points = tables.service_points
        bank.connection.execute(
            update(points).where(points.c.service_point_id == POINT).values(tier="D")
        )
        (refused,) = bank.ask(withdrawal(amount=yuan(500), at=DEMO_START + 16 * HOUR))
        assert refused.response_code == "59"


def test_what_the_bank_charges_meanwhile_hides_nothing_that_a_card_does(
    still_database: Database,
) -> None:
    """A group holds the cards that it charges, too: they are no cards at a counter."""
    charges = [charge(n, card=card) for n, card in enumerate(("abc_debit", "grcu_debit"), 1)]
    with watched(still_database) as bank:
        bank.group([*charges, *structuring()])
        assert bank.hits("R01")
