"""The circuit breaker: share and number must both be passed."""

from __future__ import annotations

import pytest

from pos_sim.domain.watching import Verdict
from risk.breaker import Counts, VersionKey, dropped, tripped
from risk.vocabulary import Lane, Tier
from tests.risk.ordinary import facts, rulebook


@pytest.mark.parametrize(
    ("rule_id", "judged", "stopped", "trips"),
    [
        ("R07", 1_000, 21, True),
        ("R07", 1_000, 20, False),  # 20 are not passed by 20
        ("R07", 1_050, 21, False),  # exactly 2 %
        ("R07", 1_049, 21, True),
        ("R12", 100, 100, False),
        ("R24", 100, 100, False),
        ("R02", 0, 0, False),
    ],
)
def test_when_it_trips(rule_id: str, judged: int, stopped: int, trips: bool) -> None:
    key = VersionKey(rule_id, 1)
    assert tripped({key: Counts(judged, stopped)}) == ((key,) if trips else ())


def test_a_dropped_version_alerts_only() -> None:
    travel = facts(travel_km=90, travel_min=30)
    book = dropped(rulebook(), [VersionKey("R07", 1)])
    (before,) = rulebook().evaluate(travel, Lane.INLINE, Tier.B)
    (after,) = book.evaluate(travel, Lane.INLINE, Tier.B)
    assert (before.decision, after.decision) == (Verdict.DECLINE, Verdict.ALERT)
    assert book.checksum == rulebook().checksum


def test_another_version_is_not_dropped() -> None:
    travel = facts(travel_km=90, travel_min=30)
    book = dropped(rulebook(), [VersionKey("R07", 2)])
    (hit,) = book.evaluate(travel, Lane.INLINE, Tier.B)
    assert hit.decision is Verdict.DECLINE
