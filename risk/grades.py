"""分类分级 One month of a point as star grade 1–5 and tier A–D: numbers in, grade and reasons out.

Stars say how well a point serves and what it is paid (`13:16` 五星级), the tier how closely it is
watched (`22:07` 差异化风险模型). Only risk moves the tier: a quiet point loses stars, not trust.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.tariff import Origin
from risk.vocabulary import Severity, Tier


class Review(StrEnum):
    """How the last annual review ended, as far as one counts."""

    PASSED = "passed"
    NONE = "none"
    FAILED = "failed"


REVIEW_WORDS: dict[Review, tuple[str, str]] = {
    Review.PASSED: ("年审合格", "review passed"),
    Review.NONE: ("尚无年审结论", "no review yet"),
    Review.FAILED: ("年审不合格", "review failed"),
}


class Step(NamedTuple):
    """From this number on, so many."""

    start: int
    worth: int


Steps = Sequence[Step]


def worth_of(steps: Steps, number: int) -> int:
    """Return what a number is worth; the first step begins at zero.

    >>> worth_of([Step(0, 1), Step(30, 2)], 29), worth_of([Step(0, 1), Step(30, 2)], 30)
    (1, 2)
    """
    return steps[bisect_right(steps, number, key=lambda step: step.start) - 1].worth


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePolicy:
    """One dated version of all weights."""

    version: str
    effective_from: date
    title: str
    title_en: str
    origin: Origin
    history_days: int
    alert_months: int
    review_months: int
    volume: Steps
    idle_days: Steps
    review: Mapping[Review, int]
    conduct: int
    stars: Steps
    alert_weight: Mapping[Severity, int]
    failed_review_weight: int
    status_weight: Mapping[PointStatus, int]
    tier_d: int
    tier_c: int
    tier_a_stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What is known about one point at the end of a month; ``alerts``: verified, by severity."""

    moves: int
    idle_days: int
    review: Review
    alerts: Mapping[Severity, int]
    status: PointStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The grade and how it came about; points add up to ``score``."""

    star_grade: int
    tier: Tier
    score: int
    volume_points: int
    activity_points: int
    review_points: int
    conduct_points: int
    risk_weight: int


def grade(month: Month, policy: GradePolicy) -> Grade:
    """Return the grade of a month."""
    weight = risk_weight(month, policy)
    volume = worth_of(policy.volume, month.moves)
    activity = worth_of(policy.idle_days, month.idle_days)
    review = policy.review[month.review]
    conduct = max(policy.conduct - weight, 0)
    score = volume + activity + review + conduct
    star_grade = worth_of(policy.stars, score)
    return Grade(
        star_grade=star_grade,
        tier=tier_of(weight, star_grade, month.review, policy),
        score=score,
        volume_points=volume,
        activity_points=activity,
        review_points=review,
        conduct_points=conduct,
        risk_weight=weight,
    )


def risk_weight(month: Month, policy: GradePolicy) -> int:
    """Return how much speaks against a point."""
    verified = sum(policy.alert_weight[severity] * n for severity, n in month.alerts.items())
    failed = policy.failed_review_weight if month.review is Review.FAILED else 0
    return verified + failed + policy.status_weight.get(month.status, 0)


def tier_of(weight: int, star_grade: int, review: Review, policy: GradePolicy) -> Tier:
    """Return the tier: D and C by weight alone, A for a good point against which nothing speaks."""
    if weight >= policy.tier_d:
        return Tier.D
    if weight >= policy.tier_c:
        return Tier.C
    is_good = star_grade >= policy.tier_a_stars and review is Review.PASSED
    return Tier.A if weight == 0 and is_good else Tier.B


def explained(name: str, month: Month, made: Grade) -> tuple[str, str]:
    """Return in Chinese and English how the grade of a month (``2026-03``) came about."""
    verified = sum(month.alerts.values())
    review, review_en = REVIEW_WORDS[month.review]
    text = (
        f"{name}：业务{month.moves}笔得{made.volume_points}分，闲置{month.idle_days}天得"
        f"{made.activity_points}分，{review}得{made.review_points}分，近期属实预警{verified}件、"
        f"合规得{made.conduct_points}分；合计{made.score}分，评为{made.star_grade}星。"
        f"风险权重{made.risk_weight}，列入{made.tier}档。"
    )
    text_en = (
        f"{name}: {month.moves} transactions give {made.volume_points} points, {month.idle_days}"
        f" idle days {made.activity_points}, {review_en} {made.review_points}, {verified} verified"
        f" alerts leave {made.conduct_points} for conduct: {made.score} points,"
        f" {made.star_grade} stars. Risk weight {made.risk_weight}: tier {made.tier}."
    )
    return text, text_en
