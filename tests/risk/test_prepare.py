"""From events to hits: stories told to the windows, and what the rules make of the last request."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Business
from risk.events import DAY_US, HOUR_US, MINUTE_US, Event, Flag, day_of
from risk.facts import wrong_facts
from risk.now import Now
from risk.patrol_facts import PointDay, grade_passed, patrol_facts
from risk.prepare import Preparer
from risk.rulebook import Tally
from risk.vocabulary import POSSIBLE, Lane, Tier
from risk.windows import WindowStore
from tests.risk.ordinary import rulebook
from tests.risk.stream import NOON, event, reversal


@cache
def preparer() -> Preparer:
    return Preparer.of(rulebook())


def now(current: Event, **changes: Any) -> Now:
    fields: dict[str, Any] = {
        "event": current,
        "withdrawal_limit": yuan(2_000),
        "minute_of_day": 720,
        "holder_age": 45,
        "balance": yuan(10_000),
        "card_is_present": True,
        "terminal_kind": "pos",
    }
    return Now(**(fields | changes))


def heard(story: list[Event], current: Event, **changes: Any) -> dict[str, str]:
    """Return what each rule says about ``current`` after ``story``: its severity."""
    store = WindowStore()
    for one in story:
        store.add(one)
    facts = preparer().facts(now(current, **changes), store)
    assert wrong_facts(facts) == []
    hits = [
        hit for lane in (Lane.INLINE, Lane.POST) for hit in rulebook().evaluate(facts, lane, Tier.B)
    ]
    return {hit.rule_id: hit.severity.value for hit in hits}


def ago(amount_us: int, **changes: Any) -> Event:
    return event(NOON - amount_us, **changes)


def near(amount_us: int, **changes: Any) -> Event:
    return ago(amount_us, amount=yuan(1_900), limit_share=9_500, **changes)


@pytest.mark.parametrize("business", list(POSSIBLE))
def test_a_quiet_request_is_prepared_whole(business: Business) -> None:
    assert heard([], event(business=business.value)) == {}


def test_a_request_at_an_unknown_terminal_is_prepared_whole() -> None:
    lost = event(point=None, card=None, account=None, payer=None, moved=False, settles_us=None)
    assert heard([], lost, terminal_kind=None) == {}


def test_r01_four_days_near_the_limit() -> None:
    days = [near(number * DAY_US) for number in (1, 2, 3)]
    assert "R01" not in heard(days[:2], near(0))
    assert heard(days, near(0)) == {"R01": "medium"}


def test_r01_a_reversed_withdrawal_is_no_day_near_the_limit() -> None:
    days = [near(number * DAY_US) for number in (1, 2, 3)]
    taken_back = reversal(days[0], days[0].at_us + MINUTE_US)
    assert heard([*days, taken_back], near(0)) == {}


def test_r02_over_limit_then_a_transfer_to_the_operator() -> None:
    refused = ago(
        10 * MINUTE_US, moved=False, settles_us=None, amount=yuan(3_000), flags=Flag.LIMIT_DECLINED
    )
    transfer = event(business="transfer", payee=900, amount=yuan(3_000), flags=Flag.OWN)
    assert heard([refused], transfer, payee_is_own=True) == {"R02": "high", "R03": "low"}
    elsewhere = replace(refused, point="SP2")
    assert "R02" not in heard([elsewhere], transfer, payee_is_own=True)


def test_r04_cash_out_and_back() -> None:
    story = []
    for number in (3, 2, 1):
        out = ago(number * DAY_US)
        story.append(out)
        if number > 1:
            story.append(remitted(out.at_us + HOUR_US))
    assert heard(story, remitted(NOON - 23 * HOUR_US)) == {"R04": "high"}
    assert heard(story[1:], remitted(NOON - 23 * HOUR_US)) == {}


def remitted(at_us: int) -> Event:
    """Return 1,000 yuan of cash sent to the account of card 7."""
    return event(
        at_us,
        event_id=f"b{at_us}",
        business="cash_remittance",
        card=None,
        account=None,
        payer="张三",
        payee=1_007,
        flags=Flag.FROM_OWN,
    )


def test_r05_in_and_out_twice() -> None:
    story = [
        remitted(NOON - 5 * HOUR_US),
        ago(4 * HOUR_US, business="transfer", amount=yuan(900)),
        replace(remitted(NOON - HOUR_US), point="SP2"),
    ]
    last = event(business="transfer", amount=yuan(900), payee=5)
    assert "R05" in heard(story, last)
    assert "R05" not in heard(story[:2], last)


def test_r06_counts_the_card_in_hand() -> None:
    crew = [near(number * MINUTE_US, card=100 + number) for number in range(1, 6)]
    assert heard(crew, near(0, card=99)) == {"R06": "high"}
    assert heard(crew, near(0, card=101)) == {}


def test_r07_travels_from_the_last_approved_transaction() -> None:
    story = [ago(30 * MINUTE_US, point="SP2")]
    far = {"km_to": lambda point: 80.0}
    assert heard(story, event(), **far) == {"R07": "critical"}
    refused = [replace(story[0], moved=False, settles_us=None)]
    assert heard(refused, event(), **far) == {}
    assert heard([ago(30 * MINUTE_US)], event(), **far) == {}  # the same point


def test_r12_a_reinstalled_terminal_is_no_clone() -> None:
    before = ago(HOUR_US, point="SP2", serial="SN1")
    assert heard([before], event(serial="SN1"), serial_differs=0) == {}
    clone = replace(before, terminal="52019999")
    assert heard([clone], event(serial="SN1"), serial_differs=0) == {"R12": "critical"}


def test_r15_is_silent_once_the_payee_was_paid() -> None:
    transfer = event(business="transfer", payee=55, amount=yuan(2_000))
    elder = {"holder_age": 70}
    paid = [ago(100 * DAY_US, business="transfer", payee=55)]
    assert heard([], transfer, **elder) == {"R15": "high"}
    assert heard(paid, transfer, **elder) == {}
    tried = [replace(paid[0], moved=False, settles_us=None)]
    assert heard(tried, transfer, **elder) == {"R15": "high"}
    held = [replace(paid[0], at_us=NOON - HOUR_US, settles_us=NOON + 23 * HOUR_US)]
    assert heard(held, transfer, **elder) == {"R15": "high"}


def test_r19_a_jump_above_the_own_days() -> None:
    days = [ago(number * DAY_US) for number in range(1, 11)]
    today = [ago(number * MINUTE_US, card=None) for number in range(1, 21)]
    assert heard([*days, *today[:19]], event(amount=1_000)) == {}
    assert heard([*days, *today], event(amount=1_000))["R19"] == "medium"


def test_r20_wakes_after_sixty_days() -> None:
    today = [ago(number * MINUTE_US, amount=yuan(100), card=None) for number in range(1, 5)]
    last = event(amount=yuan(100), limit_share=500, card=9)
    assert heard([ago(60 * DAY_US), *today], last) == {"R20": "high"}
    assert heard([ago(59 * DAY_US), *today], last) == {}
    assert heard(today, last) == {}


def test_exits_are_counted_by_name() -> None:
    tally: Tally = {}
    facts = preparer().facts(now(event()), WindowStore())
    rulebook().evaluate(facts, Lane.INLINE, Tier.B, tally)
    assert {(rule, exit_.value) for rule, exit_ in tally} == {
        ("R07", "no_history"),
        ("R11", "not_reported"),
        ("R12", "not_reported"),
        ("R20", "no_history"),
    }


def test_the_patrol_sees_concentration() -> None:
    store = WindowStore()
    for number in range(30):
        payer = "7" if number < 12 else str(100 + number)
        store.add(ago(number * HOUR_US, payer=payer))
    point = PointDay(point="SP1", today=day_of(NOON), as_of_us=NOON, last_success_day=day_of(NOON))
    facts = patrol_facts(point, store)
    assert wrong_facts(facts) == []
    hits = rulebook().evaluate(facts, Lane.BATCH, Tier.B)
    assert [(hit.rule_id, hit.observed) for hit in hits] == [("R22", 4_000)]


@pytest.mark.parametrize(
    ("counts", "passed"),
    [
        ({1: 29}, (None, None)),
        ({1: 30}, (0, 30)),
        ({1: 20, 28: 13}, (1_000, 3)),
        ({1: 59, 31: 1}, (0, 0)),
    ],
)
def test_the_day_on_which_a_grade_is_passed(
    counts: dict[int, int], passed: tuple[int | None, int | None]
) -> None:
    first = day_of(NOON) - 2  # 2026-02-28
    days = {first + day: (count, 0, False) for day, count in counts.items()}
    assert grade_passed(days, (30, 60)) == passed
