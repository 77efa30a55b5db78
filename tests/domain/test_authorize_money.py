"""The checks of the money, each at its edge: limits of a day, balances of card and operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from pos_sim.domain.authorize import first_refusal
from pos_sim.domain.calendar import DEMO_START, start_of
from pos_sim.domain.fees import Fee
from pos_sim.domain.limits import Limit, LimitKind, Usage
from pos_sim.domain.money import ZERO, Fen, yuan
from pos_sim.domain.requests import Business, Request
from pos_sim.domain.service_points import Control
from pos_sim.domain.transactions import Refusal
from tests.counter import (
    card_bill,
    cash_bill,
    inquiry,
    remittance,
    transfer,
    withdrawal,
)
from tests.domain.asked import answer, facts
from tests.domain.days import MONDAY
from tests.worlds import (
    ATM,
    BILL_AMOUNT,
    OPERATOR,
    POINT,
    RULES,
    SMALL,
)

RICH = SMALL.with_account("王小明", balance=yuan(9_000_000)).with_account(
    OPERATOR, balance=yuan(9_000_000)
)


OVER = ("amount_limit", "61")


@pytest.mark.parametrize(
    ("request_", "used", "expected"),
    [
        (withdrawal(amount=yuan(2_000)), 0, None),
        (withdrawal(amount=yuan(2_010)), 0, OVER),
        (withdrawal(amount=yuan(100)), 1_890, None),
        (withdrawal(amount=yuan(100)), 1_900, None),  # lands exactly on the limit
        (withdrawal(amount=yuan(100)), 1_910, OVER),
        (withdrawal(terminal=ATM, amount=yuan(20_000)), 0, None),
        (withdrawal(terminal=ATM, amount=yuan(20_100)), 0, OVER),
        (remittance(amount=yuan(2_000)), 0, None),
        (remittance(amount=yuan("2000.01")), 0, OVER),
        (remittance(amount=yuan("0.01")), 2_000, OVER),
        (transfer(amount=yuan(200_000)), 0, None),
        (transfer(amount=yuan("200000.01")), 0, OVER),
        (card_bill(), 1_000_000, None),  # bills have no limit
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, Request) else str(v),
)
def test_the_day_limits_of_2014(
    request_: Request, used: int, expected: tuple[str, str] | None
) -> None:
    known = facts(request_, RICH)
    refusal = first_refusal(replace(known, usage=Usage(yuan(used), 3)))
    assert ((refusal.check, refusal.code) if refusal else None) == expected


def test_the_limit_of_2011_was_another_one() -> None:
    in_2013 = DEMO_START.replace(year=2013)
    limit = RULES.policies.on(in_2013.date()).limit(LimitKind.WITHDRAWAL).amount_max
    assert limit is not None
    assert limit != yuan(2_000)
    assert answer(withdrawal(amount=limit, at=in_2013), RICH) is None
    assert answer(withdrawal(amount=Fen(limit + 1_000), at=in_2013), RICH) == OVER


def test_a_breached_limit_explains_itself() -> None:
    known = replace(facts(withdrawal(amount=yuan(200))), usage=Usage(yuan(1_900), 2))
    assert first_refusal(known) == Refusal(
        "amount_limit",
        "61",
        limit=yuan(2_000),
        used=yuan(1_900),
        resets_at=start_of(MONDAY + timedelta(days=1)),
    )
    assert start_of(MONDAY + timedelta(days=1)).isoformat() == "2026-03-02T23:00:00+08:00"


@pytest.mark.parametrize(
    ("used", "amount", "expected"),
    [
        (Usage(yuan(100), 2), yuan(100), None),
        (Usage(yuan(100), 3), yuan(100), ("count_limit", "65")),  # the fourth of three
        (Usage(yuan(100), 4), yuan(100), ("count_limit", "65")),
        (Usage(yuan(1_950), 3), yuan(100), OVER),  # the amount comes first
    ],
)
def test_a_policy_may_limit_the_count(
    used: Usage, amount: Fen, expected: tuple[str, str] | None
) -> None:
    known = facts(withdrawal(amount=amount))
    _, origin = known.policy.limits[LimitKind.WITHDRAWAL]
    three_times = {LimitKind.WITHDRAWAL: (Limit(yuan(2_000), 3), origin)}
    policy = replace(known.policy, limits={**known.policy.limits, **three_times})
    refusal = first_refusal(replace(known, policy=policy, usage=used))
    assert ((refusal.check, refusal.code) if refusal else None) == expected


@pytest.mark.parametrize(
    ("own", "amount", "expected"),
    [
        (yuan(500), yuan(500), None),
        (yuan(500), yuan(510), OVER),
        (yuan(5_000), yuan(2_000), None),  # a control only ever lowers
        (yuan(5_000), yuan(2_010), OVER),
        (Fen(0), yuan(10), OVER),
    ],
)
def test_a_control_lowers_the_limit(
    own: Fen, amount: Fen, expected: tuple[str, str] | None
) -> None:
    world = RICH.with_point(POINT, controls=(Control(Business.WITHDRAWAL, True, own, None),))
    assert answer(withdrawal(amount=amount), world) == expected


SHORT, OPERATOR_SHORT = ("balance", "51"), ("operator_balance", "51")


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (yuan(100), SHORT),  # the fee is missing
        (Fen(yuan(101) - 1), SHORT),
        (yuan(101), None),  # amount and fee, to the last fen
        (Fen(yuan(101) + 1), None),
    ],
)
def test_the_balance_covers_amount_and_fee(balance: Fen, expected: tuple[str, str] | None) -> None:
    world = SMALL.with_account("王小明", balance=balance)
    request = transfer(amount=yuan(100), payee="abc_debit")
    assert facts(request, world).fee == Fee(yuan(1), ZERO, yuan(1), None, None)
    assert answer(request, world) == expected


@pytest.mark.parametrize(("make", "total"), [(remittance, yuan(102)), (cash_bill, BILL_AMOUNT)])
def test_the_operator_covers_amount_and_fee_of_cash_businesses(
    make: Callable[..., Request], total: Fen
) -> None:
    for balance, expected in ((Fen(total - 1), OPERATOR_SHORT), (total, None)):
        assert answer(make(), SMALL.with_account(OPERATOR, balance=balance)) == expected


def test_a_withdrawal_does_not_ask_for_the_operators_balance_nor_for_the_till() -> None:
    world = SMALL.with_account(OPERATOR, balance=ZERO).with_account("till", balance=ZERO)
    assert answer(withdrawal(), world) is None


def test_an_inquiry_needs_no_money() -> None:
    assert answer(inquiry(card="poor")) is None
