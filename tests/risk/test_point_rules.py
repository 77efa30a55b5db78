"""Rules about one point or terminal: the edge and both sides of it."""

from __future__ import annotations

from typing import Any

import pytest

from pos_sim.domain.money import yuan
from risk.vocabulary import Tier
from tests.risk.ordinary import said


@pytest.mark.parametrize(
    ("own", "count", "total", "says"),
    [
        (True, 1, 0, "low allow"),
        (True, 2, 0, "low allow"),
        (True, 3, 0, "high alert"),
        (False, 3, yuan(5_000), None),
        (True, 1, yuan("4999.99"), "low allow"),
        (True, 1, yuan(5_000), "high alert"),
    ],
)
def test_r03_own_dealings(own: bool, count: int, total: int, says: str | None) -> None:
    assert said("R03", is_own=own, point_own_count_7d=count, point_own_sum_30d=total) == says


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"point_big_cards_30m": 5}, None),
        ({"point_big_cards_30m": 6}, "high alert"),
        ({"point_cards_2h": 11}, None),
        ({"point_cards_2h": 12}, "high alert"),
        ({"point_cards_2h": 35, "is_busy_day": True}, None),
        ({"point_cards_2h": 36, "is_busy_day": True}, "high alert"),
        ({"point_big_cards_30m": 6, "is_busy_day": True}, "high alert"),
    ],
)
def test_r06_many_cards(changes: dict[str, Any], says: str | None) -> None:
    assert said("R06", **changes) == says


@pytest.mark.parametrize(
    ("today", "non_local", "before", "non_local_before", "says"),
    [
        (10, 6, 100, 20, "high alert"),  # 60 % of 10, three times 20 %
        (9, 9, 100, 0, None),
        (10, 5, 100, 0, None),
        (10, 6, 100, 21, None),
        (10, 6, 0, 0, "high alert"),  # no history: nothing was usual
    ],
)
def test_r08_non_local_cards(
    today: int, non_local: int, before: int, non_local_before: int, says: str | None
) -> None:
    case = {
        "point_withdrawals_today": today,
        "point_non_local_today": non_local,
        "point_withdrawals_30d": before,
        "point_non_local_30d": non_local_before,
    }
    assert said("R08", **case) == says


@pytest.mark.parametrize(
    ("outside", "amount", "count", "says"),
    [
        (30, yuan(500), 1, None),
        (31, yuan(500), 1, "medium alert"),
        (31, yuan(499), 1, None),
        (31, yuan(500), 2, "medium alert"),
        (31, yuan(500), 3, "high alert"),
        (0, yuan(500), 3, None),
    ],
)
def test_r10_off_hours(outside: int, amount: int, count: int, says: str | None) -> None:
    case = {"minutes_outside_hours": outside, "amount": amount, "point_off_hours_7d": count}
    assert said("R10", **case, minute_of_day=1_300) == says


@pytest.mark.parametrize(
    ("tier", "minute", "says"),
    [
        (Tier.B, 0, "medium alert"),
        (Tier.D, 0, "medium decline"),
        (Tier.D, 299, "medium decline"),
        (Tier.D, 300, "medium alert"),
    ],
)
def test_r10_declines_in_the_small_hours_of_tier_d(tier: Tier, minute: int, says: str) -> None:
    case = {"minutes_outside_hours": 200, "amount": yuan(500), "point_off_hours_7d": 1}
    assert said("R10", tier, **case, minute_of_day=minute) == says


@pytest.mark.parametrize(
    ("now", "before", "accuracy", "kind", "says"),
    [
        (500, 900, 20, "pos", None),
        (501, 900, 20, "pos", "high alert"),
        (2_000, 9_000, 20, "pos", "high alert"),
        (2_001, 9_000, 20, "pos", "critical decline"),
        (9_000, 100, 20, "pos", None),  # one reading may drift
        (9_000, None, 20, "pos", None),  # the first reading
        (None, 9_000, 20, "pos", None),  # not reported
        (9_000, 9_000, 99, "pos", "critical decline"),
        (9_000, 9_000, 100, "pos", None),
        (9_000, 9_000, 20, "mobile", None),
    ],
)
def test_r11_terminal_moved(
    now: float | None, before: float | None, accuracy: float, kind: str, says: str | None
) -> None:
    case = {
        "drift_m": now,
        "drift_accuracy_m": accuracy,
        "drift_before_m": before,
        "drift_before_accuracy_m": 10,
        "terminal_kind": kind,
    }
    assert said("R11", **case) == says


@pytest.mark.parametrize(
    ("terminals", "differs", "says"),
    [
        (1, 0, None),
        (2, 0, "critical decline"),
        (1, 1, "critical decline"),
        (None, None, None),  # the terminal does not report its serial number
    ],
)
def test_r12_terminal_identity(
    terminals: int | None, differs: int | None, says: str | None
) -> None:
    hits = {"serial": "SN1", "serial_terminals_24h": terminals, "serial_differs": differs}
    assert said("R12", **hits) == says


@pytest.mark.parametrize("business", ["reversal", "balance_inquiry"])
def test_r12_only_alerts_where_a_refusal_is_not_possible(business: str) -> None:
    assert said("R12", business=business, serial="SN1", serial_differs=1) == "critical alert"


@pytest.mark.parametrize(
    ("cards", "failed", "says"), [(4, True, None), (5, True, "high alert"), (5, False, None)]
)
def test_r13_wrong_pins_at_a_point(cards: int, failed: bool, says: str | None) -> None:
    assert said("R13", point_pin_failed_cards_30m=cards, pin_failed=failed) == says


@pytest.mark.parametrize(
    ("inquired", "drained", "says"),
    [(8, 4, "medium alert"), (8, 3, None), (7, 7, None), (9, 4, None), (10, 5, "medium alert")],
)
def test_r14_inquiry_then_drained(inquired: int, drained: int, says: str | None) -> None:
    cards = {"point_inquired_cards_30m": inquired, "point_drained_cards_30m": drained}
    assert said("R14", **cards) == says


@pytest.mark.parametrize(
    ("reversals", "moves", "says"),
    [(5, 50, "high alert"), (4, 4, None), (5, 51, None), (6, 60, "high alert")],
)
def test_r18_reversals_of_a_point(reversals: int, moves: int, says: str | None) -> None:
    case = {"point_reversals_7d": reversals, "point_moves_7d": moves}
    assert said("R18", business="reversal", **case) == says


@pytest.mark.parametrize(("count", "says"), [(1, None), (2, "high alert")])
def test_r18_reversals_of_a_card(count: int, says: str | None) -> None:
    assert said("R18", business="reversal", card_reversals_24h=count) == says


@pytest.mark.parametrize(
    ("minutes", "manual", "says"),
    [(5, True, None), (5.1, True, "high alert"), (60, False, None), (None, True, None)],
)
def test_r18_reversal_by_hand(minutes: float | None, manual: bool, says: str | None) -> None:
    case = {"reversal_delay_min": minutes, "reversal_is_manual": manual}
    assert said("R18", business="reversal", **case) == says


@pytest.mark.parametrize(
    ("count", "p95", "days", "says"),
    [
        (20, 5, 4, None),  # exactly the floor
        (21, 5, 4, "medium alert"),
        (22, 11, 4, None),  # exactly twice the high mark
        (23, 11, 4, "medium alert"),
        (23, 11, 3, None),  # not enough history
        (23, None, 0, None),
    ],
)
def test_r19_count_above_the_own_baseline(
    count: int, p95: int | None, days: int, says: str | None
) -> None:
    case = {"point_moves_today": count, "point_p95_count": p95, "point_baseline_days": days}
    assert said("R19", **case) == says


@pytest.mark.parametrize(
    ("total", "p95", "says"),
    [
        (yuan(20_000), yuan(1), None),
        (yuan("20000.01"), yuan(1), "medium alert"),
        (yuan(30_000), yuan(15_000), None),
        (yuan("30000.01"), yuan(15_000), "medium alert"),
    ],
)
def test_r19_sum_above_the_own_baseline(total: int, p95: int, says: str | None) -> None:
    assert said("R19", point_moved_today=total, point_p95_sum=p95, point_baseline_days=9) == says


@pytest.mark.parametrize(
    ("days", "today", "says"), [(4, True, None), (5, True, "high alert"), (5, False, None)]
)
def test_r19_days_of_jumps(days: int, today: bool, says: str | None) -> None:
    assert said("R19", point_jump_days_10d=days, point_jumped_today=today) == says


@pytest.mark.parametrize(
    ("idle", "count", "total", "says"),
    [
        (60, 5, 0, "high alert"),
        (59, 5, yuan(8_000), None),
        (60, 4, yuan(7_999), None),
        (60, 1, yuan(8_000), "high alert"),
        (None, 9, yuan(9_000), None),  # no history
    ],
)
def test_r20_a_sleeping_point_wakes(
    idle: int | None, count: int, total: int, says: str | None
) -> None:
    today = {"point_withdrawals_today": count, "point_withdrawn_today": total}
    assert said("R20", point_idle_days=idle, **today) == says
