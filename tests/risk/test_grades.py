"""分类分级 as pure rules: edges of every table, and the laws that no number breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.policy import PolicyError
from pos_sim.domain.service_points import PointStatus
from risk.grade_policies import read_grade_policies, shipped_grade_policies
from risk.grades import Month, Review, explained, grade, worth_of
from risk.vocabulary import Severity, Tier

POLICY = shipped_grade_policies().versions[0]
TEXT = files("risk").joinpath("grades.toml").read_text("utf-8")


def month(
    moves: int = 40,
    idle_days: int = 10,
    review: Review = Review.NONE,
    status: PointStatus = PointStatus.OPEN,
    **alerts: int,
) -> Month:
    return Month(
        moves=moves,
        idle_days=idle_days,
        review=review,
        alerts={Severity(name): n for name, n in alerts.items()},
        status=status,
    )


@pytest.mark.parametrize(
    ("moves", "points"),
    [(0, 0), (9, 0), (10, 12), (29, 12), (30, 24), (60, 32), (99, 32), (100, 40), (10_000, 40)],
)
def test_volume(moves: int, points: int) -> None:
    assert grade(month(moves), POLICY).volume_points == points


@pytest.mark.parametrize(
    ("idle", "points"), [(0, 20), (5, 20), (6, 15), (12, 15), (13, 10), (20, 10), (21, 5), (28, 0)]
)
def test_idle_days(idle: int, points: int) -> None:
    assert grade(month(idle_days=idle), POLICY).activity_points == points


@pytest.mark.parametrize(
    ("score", "stars"),
    [(0, 1), (29, 1), (30, 2), (49, 2), (50, 3), (69, 3), (70, 4), (84, 4), (85, 5), (100, 5)],
)
def test_stars(score: int, stars: int) -> None:
    assert worth_of(POLICY.stars, score) == stars


GOOD = month(100, 0, Review.PASSED)


@pytest.mark.parametrize(
    ("known", "tier"),
    [
        (GOOD, Tier.A),
        (replace(GOOD, review=Review.NONE), Tier.B),
        (replace(GOOD, moves=0, idle_days=31), Tier.B),  # quiet is no risk
        (replace(GOOD, alerts={Severity.LOW: 1}), Tier.B),
        (replace(GOOD, alerts={Severity.MEDIUM: 1}), Tier.B),
        (replace(GOOD, alerts={Severity.MEDIUM: 2}), Tier.C),
        (replace(GOOD, alerts={Severity.HIGH: 1}), Tier.C),
        (replace(GOOD, alerts={Severity.HIGH: 2}), Tier.D),
        (replace(GOOD, alerts={Severity.CRITICAL: 1}), Tier.D),
        (replace(GOOD, review=Review.FAILED), Tier.C),
        (replace(GOOD, review=Review.FAILED, status=PointStatus.RECTIFYING), Tier.D),
        (replace(GOOD, status=PointStatus.RECTIFYING), Tier.C),
        (replace(GOOD, status=PointStatus.FROZEN), Tier.D),
    ],
)
def test_tiers(known: Month, tier: Tier) -> None:
    assert grade(known, POLICY).tier is tier


months = st.builds(
    month,
    moves=st.integers(0, 500),
    idle_days=st.integers(0, 31),
    review=st.sampled_from(Review),
    status=st.sampled_from([PointStatus.OPEN, PointStatus.RECTIFYING, PointStatus.FROZEN]),
    low=st.integers(0, 3),
    medium=st.integers(0, 3),
    high=st.integers(0, 3),
    critical=st.integers(0, 3),
)


@given(months)
def test_points_add_up_and_stay_within_a_hundred(known: Month) -> None:
    made = grade(known, POLICY)
    assert made.score == (
        made.volume_points + made.activity_points + made.review_points + made.conduct_points
    )
    assert 0 <= made.score <= 100
    assert 1 <= made.star_grade <= 5


@given(months, st.integers(0, 200), st.integers(0, 10))
def test_more_business_never_costs_a_star_nor_moves_the_tier_up(
    known: Month, more: int, fewer: int
) -> None:
    busier = replace(known, moves=known.moves + more, idle_days=max(known.idle_days - fewer, 0))
    before, after = grade(known, POLICY), grade(busier, POLICY)
    assert after.star_grade >= before.star_grade
    assert after.tier <= before.tier


@given(months, st.sampled_from(Severity))
def test_one_more_verified_alert_never_helps(known: Month, severity: Severity) -> None:
    worse = replace(known, alerts={**known.alerts, severity: known.alerts[severity] + 1})
    before, after = grade(known, POLICY), grade(worse, POLICY)
    assert after.star_grade <= before.star_grade
    assert after.tier >= before.tier
    assert after.risk_weight > before.risk_weight


@given(months)
def test_the_explanation_says_every_number(known: Month) -> None:
    made = grade(known, POLICY)
    for text in explained("2026-04", known, made):
        for number in (known.moves, known.idle_days, made.score, made.star_grade):
            assert str(number) in text
        assert f"{made.tier}" in text


def test_the_version_in_force_is_the_last_that_began() -> None:
    later = (
        TEXT[TEXT.index("[[version]]") :]
        .replace("2026-1", "2026-2")
        .replace("2020-01-01", "2026-07-01")
    )
    both = read_grade_policies(TEXT + later, "both")
    assert both.on(date(2026, 6, 30)).version == "2026-1"
    assert both.on(date(2026, 7, 1)).version == "2026-2"


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("from = 0, points = 0 }", "from = 1, points = 0 }", "volume"),
        ("from = 10, points = 12 }", "from = 30, points = 12 }", "volume"),
        ("from = 60, points = 32", "from = 60, points = 1", "volume"),
        ("from = 28, points = 0", "from = 28, points = 19", "idle_days"),
        ("from = 85, stars = 5", "from = 85, stars = 6", "stars"),
        ("tier_c = 20", "tier_c = 61", "tier_c"),
        ("passed = 20, none", "passed = 20, nobody = 1, none", "nobody"),
        (", critical = 60", "", "critical"),
        ('certainty = "assumed"', 'certainty = "sure"', "certainty"),
        ("conduct = 20", "conduct = 20\nluck = 1", "luck"),
    ],
)
def test_a_mistake_in_the_weights_is_named(before: str, after: str, field: str) -> None:
    assert before in TEXT
    with pytest.raises(PolicyError, match=field):
        read_grade_policies(TEXT.replace(before, after, 1), "mistaken")
