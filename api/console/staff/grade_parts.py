"""分类分级 A grade taken apart: what each part gave, out of how much, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from risk.grade_policies import shipped_grade_policies
from risk.grades import GradePolicy, Review, Steps
from risk.grading import last_of
from risk.store.grade_rows import GradeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the score: points out of how many; ``steps`` is its whole table, in words."""

    name: str
    points: int
    most: int
    steps: Sequence[tuple[int, int]] = ()

    @property
    def percent(self) -> int:
        return round(self.points * 100 / self.most) if self.most else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeParts:
    """The latest grade, part by part, with the weights of its policy."""

    row: GradeRow
    policy: GradePolicy
    parts: Sequence[Part]

    @property
    def review(self) -> Review:
        return Review(self.row.review)


def parts_of(row: GradeRow) -> GradeParts:
    """Return how a grade came about, by the policy of its month."""
    policy = shipped_grade_policies().on(last_of(date.fromisoformat(f"{row.month}-01")))
    return GradeParts(
        row=row,
        policy=policy,
        parts=(
            Part(name="volume", points=row.volume_points, most=best(policy.volume),
                 steps=pairs(policy.volume)),
            Part(name="activity", points=row.activity_points, most=best(policy.idle_days),
                 steps=pairs(policy.idle_days)),
            Part(name="review", points=row.review_points, most=max(policy.review.values())),
            Part(name="conduct", points=row.conduct_points, most=policy.conduct),
        ),
    )  # fmt: skip


def best(steps: Steps) -> int:
    return max(step.worth for step in steps)


def pairs(steps: Steps) -> list[tuple[int, int]]:
    return [(step.start, step.worth) for step in steps]
