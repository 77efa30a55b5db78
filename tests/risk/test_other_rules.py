"""Rules about payees, bills, lists, and the patrol's rules: the edge and both sides of it."""

from __future__ import annotations

from typing import Any

import pytest

from pos_sim.domain.money import yuan
from tests.risk.ordinary import AT, MINUTE, hits_of, said


def loops(count: int, back: int, minutes: int) -> dict[str, Any]:
    """Return ``count`` times 1,000 yuan out and ``back`` in again; the last is in hand."""
    starts = [AT - 1_500 * number * MINUTE for number in range(count, 0, -1)]
    return {
        "payee": "1234",
        "pair_outs_7d": tuple((at, yuan(1_000)) for at in starts),
        "pair_backs_7d": tuple((at + minutes * MINUTE, back) for at in starts),
    }


@pytest.mark.parametrize(
    ("count", "back", "minutes", "says"),
    [
        (3, yuan(1_000), 60, "high alert"),
        (2, yuan(1_000), 60, None),
        (3, yuan(1_020), 60, "high alert"),  # exactly 2 % more
        (3, yuan("1020.01"), 60, None),
        (3, yuan(980), 60, "high alert"),
        (3, yuan("979.99"), 60, None),
        (3, yuan(1_000), 1_440, "high alert"),
        (3, yuan(1_000), 1_441, None),
    ],
)
def test_r04_round_trips(count: int, back: int, minutes: int, says: str | None) -> None:
    case = loops(count, back, minutes)
    assert said("R04", business="cash_remittance", card=None, **case) == says


def test_r04_one_withdrawal_makes_one_loop() -> None:
    case = loops(1, yuan(1_000), 60) | {
        "pair_backs_7d": tuple((AT - number * MINUTE, yuan(1_000)) for number in (3, 2, 1))
    }
    assert said("R04", business="cash_remittance", **case) is None


@pytest.mark.parametrize(
    ("payers", "points", "elders", "says"),
    [
        (5, 2, 0, "high hold"),
        (4, 2, 0, None),
        (5, 1, 0, None),
        (1, 1, 3, "high hold"),
        (1, 1, 2, None),
    ],
)
def test_r16_many_payers(payers: int, points: int, elders: int, says: str | None) -> None:
    case = {
        "payee_payers_24h": payers,
        "payee_points_24h": points,
        "payee_elder_payers_7d": elders,
    }
    assert said("R16", business="cash_remittance", **case) == says


@pytest.mark.parametrize("fact", ["bill_payments_24h", "payer_biller_equal_24h"])
@pytest.mark.parametrize(
    ("count", "says"),
    [(2, None), (3, "low alert"), (4, "low alert"), (5, "medium alert")],
)
def test_r17_split_bills(fact: str, count: int, says: str | None) -> None:
    assert said("R17", business="bill_payment", **{fact: count}) == says


@pytest.mark.parametrize(
    ("days", "says", "feeds"),
    [
        (29, None, []),
        (30, "low allow", ["IV"]),
        (89, "low allow", ["IV"]),
        (90, "medium allow", ["IV"]),
        (179, "medium allow", ["IV"]),
        (180, "medium allow", ["AR", "IV"]),
        (None, None, []),
    ],
)
def test_r21_idle_point(days: int | None, says: str | None, feeds: list[str]) -> None:
    assert said("R21", business=None, point_days_since_success=days) == says
    hits = hits_of("R21", business=None, point_days_since_success=days)
    assert [feed.value for hit in hits for feed in hit.feeds] == feeds


@pytest.mark.parametrize(
    ("opened", "used", "says"),
    [(29, False, None), (30, False, "medium allow"), (30, True, None), (None, False, None)],
)
def test_r21_never_used(opened: int | None, used: bool, says: str | None) -> None:
    case = {"point_days_since_opening": opened, "point_was_used": used}
    assert said("R21", business=None, **case) == says


@pytest.mark.parametrize(
    ("first", "five", "total", "says"),
    [
        (12, 12, 30, "medium alert"),  # 40 %
        (11, 12, 30, None),
        (12, 12, 29, None),
        (5, 24, 30, "medium alert"),  # 80 %
        (5, 23, 30, None),
    ],
)
def test_r22_concentration(first: int, five: int, total: int, says: str | None) -> None:
    case = {"point_top1_30d": first, "point_top5_30d": five, "point_txns_30d": total}
    assert said("R22", business=None, **case) == says


@pytest.mark.parametrize(
    ("tiny", "five", "excess", "days_left", "says"),
    [
        (40, 6_000, 1_000, 4, "high alert"),
        (39, 6_000, 1_000, 4, None),
        (40, 5_999, 1_000, 4, None),
        (40, 6_000, 1_001, 4, None),
        (40, 6_000, 1_000, 5, None),
        (40, 6_000, None, None, None),  # no grade was passed
    ],
)
def test_r23_subsidy_farming(
    tiny: int, five: int, excess: int | None, days_left: int | None, says: str | None
) -> None:
    case = {
        "point_tiny_month": tiny,
        "point_txns_month": 100,
        "top5_share_month": five,
        "grade_excess": excess,
        "grade_days_left": days_left,
    }
    assert said("R23", business=None, **case) == says


@pytest.mark.parametrize(
    ("business", "says"),
    [
        ("withdrawal", "critical decline"),
        ("balance_inquiry", "critical decline"),
        ("reversal", "critical alert"),
    ],
)
@pytest.mark.parametrize("kind", ["card", "operator", "terminal"])
def test_r24_lists(kind: str, business: str, says: str) -> None:
    assert said("R24", business=business, list_matches=(kind,)) == says
    assert said("R24", business=business) is None


def test_r24_speaks_about_everybody_who_is_listed() -> None:
    hits = hits_of("R24", business="transfer", payee="99", list_matches=("card", "payee"))
    assert [(hit.scope.value, hit.scope_value) for hit in hits] == [("card", "7"), ("payee", "99")]
