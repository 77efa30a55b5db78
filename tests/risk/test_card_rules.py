"""Rules about one card: the edge and both sides of it."""

from __future__ import annotations

from typing import Any

import pytest

from pos_sim.domain.money import yuan
from risk.vocabulary import Tier
from tests.risk.ordinary import AT, MINUTE, hits_of, said

NEAR, BELOW = yuan(1_800), yuan(1_799)


@pytest.mark.parametrize(
    ("sums", "says"),
    [
        ((NEAR, NEAR, NEAR), None),
        ((NEAR, NEAR, NEAR, BELOW), None),
        ((NEAR, NEAR, NEAR, NEAR), "medium alert"),  # exactly 0.9 L on exactly 4 days
        ((BELOW,) * 7, None),
        ((yuan(2_000),) * 3, None),  # the regular who draws 2,000 on three days
    ],
)
def test_r01_days_near_the_limit(sums: tuple[int, ...], says: str | None) -> None:
    assert said("R01", card_day_sums_7d=sums) == says


@pytest.mark.parametrize(
    ("count", "points", "total", "says"),
    [
        (3, 2, yuan(1_900), "medium alert"),  # 0.95 L
        (3, 2, yuan(1_899), None),
        (2, 2, yuan(1_900), None),
        (3, 1, yuan(1_900), None),
        (4, 3, yuan(2_000), "medium alert"),
    ],
)
def test_r01_split_in_a_day(count: int, points: int, total: int, says: str | None) -> None:
    today = {
        "card_withdrawals_today": count,
        "card_withdrawal_points_today": points,
        "card_withdrawn_today": total,
    }
    assert said("R01", **today) == says


def test_r01_follows_the_limit_in_force() -> None:
    """L was 1,000 yuan in 2011."""
    sums = {"card_day_sums_7d": (yuan(900),) * 4}
    assert said("R01", **sums) is None
    assert said("R01", **sums, withdrawal_limit=yuan(1_000)) == "medium alert"


@pytest.mark.parametrize(
    ("minutes", "own", "says"),
    [
        (30, True, "high decline"),
        (31, True, None),
        (30, False, None),
        (0, True, "high decline"),
    ],
)
def test_r02_transfer_to_the_operator_after_a_limit_decline(
    minutes: int, own: bool, says: str | None
) -> None:
    case = {
        "business": "transfer",
        "payee_is_own": own,
        "limit_declines_24h": ((AT - minutes * MINUTE, yuan(3_000)),),
        "card_outflows_24h": ((AT, yuan(3_000)),),
    }
    assert said("R02", **case) == says


def test_r02_needs_a_limit_decline() -> None:
    assert said("R02", business="transfer", payee_is_own=True) is None


def cycles(count: int, amount: int, out: int, minutes: int) -> dict[str, Any]:
    """Return ``count`` credits, each followed by a flow out; the last is the request in hand."""
    starts = [AT - 180 * number * MINUTE for number in range(count, 0, -1)]
    return {
        "card_credits_24h": tuple((at, amount) for at in starts),
        "card_outflows_24h": tuple((at + minutes * MINUTE, out) for at in starts),
    }


@pytest.mark.parametrize(
    ("count", "amount", "out", "minutes", "says"),
    [
        (2, yuan(1_000), yuan(800), 120, "high hold"),
        (1, yuan(1_000), yuan(800), 120, None),
        (2, yuan(1_000), yuan(799), 120, None),
        (2, yuan(1_000), yuan(800), 121, None),
        (2, yuan(999), yuan(999), 10, None),
    ],
)
def test_r05_in_and_out(count: int, amount: int, out: int, minutes: int, says: str | None) -> None:
    assert said("R05", business="transfer", **cycles(count, amount, out, minutes)) == says


@pytest.mark.parametrize("business", ["withdrawal", "bill_payment"])
def test_r05_cannot_hold_cash(business: str) -> None:
    case = cycles(2, yuan(1_000), yuan(800), 120)
    assert said("R05", business=business, **case) == "high alert"


def test_r05_one_flow_out_serves_one_credit() -> None:
    credits = ((AT - 20 * MINUTE, yuan(1_000)), (AT - 10 * MINUTE, yuan(1_000)))
    case = {"business": "transfer", "card_credits_24h": credits}
    assert said("R05", **case, card_outflows_24h=((AT, yuan(800)),)) is None
    assert said("R05", **case, card_outflows_24h=((AT, yuan(1_600)),)) == "high hold"


@pytest.mark.parametrize(
    ("km", "minutes", "present", "says"),
    [
        (60, 30, True, None),  # exactly 120 km/h
        (60.1, 30, True, "critical decline"),
        (5, 0, True, None),  # exactly 5 km
        (5.1, 0, True, "critical decline"),
        (60.1, 30, False, None),
        (None, None, True, None),  # no earlier transaction
    ],
)
def test_r07_impossible_travel(
    km: float | None, minutes: int | None, present: bool, says: str | None
) -> None:
    assert said("R07", travel_km=km, travel_min=minutes, card_is_present=present) == says


def test_r07_only_alerts_on_an_inquiry() -> None:
    assert said("R07", business="balance_inquiry", travel_km=90, travel_min=30) == "critical alert"


@pytest.mark.parametrize(
    ("day", "week", "says"),
    [(2, 4, None), (3, 3, "medium alert"), (1, 5, "medium alert"), (3, 5, "medium alert")],
)
def test_r09_spread(day: int, week: int, says: str | None) -> None:
    assert said("R09", card_points_24h=day, card_points_7d=week) == says


@pytest.mark.parametrize(
    ("failures", "failed", "says"),
    [(2, True, None), (3, True, "high alert"), (3, False, None)],
)
def test_r13_wrong_pins_of_a_card(failures: int, failed: bool, says: str | None) -> None:
    assert said("R13", card_pin_failures_today=failures, pin_failed=failed) == says


@pytest.mark.parametrize(
    ("age", "paid", "amount", "balance", "says"),
    [
        (60, 0, yuan(2_000), yuan(50_000), "high hold"),
        (60, 0, yuan(1_999), yuan(50_000), None),
        (59, 0, yuan(2_000), yuan(50_000), None),
        (60, 1, yuan(2_000), yuan(50_000), None),
        (60, 0, yuan(500), yuan(1_000), "high hold"),  # half of the balance
        (60, 0, yuan(499), yuan(1_000), None),
        (60, 0, yuan(500), 0, None),
    ],
)
def test_r15_elder_and_somebody_new(
    age: int, paid: int, amount: int, balance: int, says: str | None
) -> None:
    case = {"holder_age": age, "card_payee_paid_180d": paid, "amount": amount, "balance": balance}
    assert said("R15", business="transfer", **case) == says


@pytest.mark.parametrize(
    ("tier", "points", "says"),
    [
        (Tier.D, 2, "medium alert"),  # 3 × 0.75
        (Tier.C, 2, None),
        (Tier.C, 3, "medium alert"),  # 3 × 0.9
        (Tier.A, 3, None),
        (Tier.A, 4, "medium alert"),  # 3 × 1.25
    ],
)
def test_a_tighter_tier_speaks_sooner(tier: Tier, points: int, says: str | None) -> None:
    assert said("R09", tier, card_points_24h=points) == says


def test_the_sentence_is_one_that_a_clerk_understands() -> None:
    today = {
        "card_withdrawals_today": 4,
        "card_withdrawal_points_today": 3,
        "card_withdrawn_today": yuan(5_800),
    }
    (hit,) = hits_of("R01", **today, withdrawal_limit=yuan(6_000))
    assert hit.reason == (
        "该卡今日在3个服务点取款4笔共5,800元，为每日限额6,000元的96.7%，疑似拆分取现。"
    )
    assert (hit.scope.value, hit.scope_value, hit.observed, hit.threshold) == (
        "card",
        "7",
        9_666,
        9_500,
    )
