"""分类分级 The grades of a point, month by month."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from pos_sim.domain.calendar import in_local_time
from risk.store.grade_rows import GradeRow


class GradePoints(BaseModel):
    """What the score adds up from."""

    volume: int
    activity: int
    review: int
    conduct: int


class GradeShown(BaseModel):
    """评级 One month; `month` is the one that was graded, its grade counts from the next on."""

    month: str = Field(description="YYYY-MM")
    star_grade: int = Field(description="1–5")
    star_grade_before: int
    tier: str = Field(description="`A` · `B` · `C` · `D`, the strictest")
    tier_before: str
    score: int = Field(description="0–100")
    points: GradePoints
    risk_weight: int = Field(description="Verified alerts, a failed review, rectifying, frozen")
    transaction_count: int = Field(description="Approved ones that moved money")
    amount_fen: int
    idle_days: int
    review: str = Field(description="`passed` · `none` · `failed`")
    verified_alerts: int
    status: str
    explanation: str
    explanation_en: str
    policy_version: str
    decided_at: str = Field(description="RFC 3339, +08:00")

    @classmethod
    def of(cls, row: GradeRow) -> Self:
        return cls(
            month=row.month,
            star_grade=row.star_grade,
            star_grade_before=row.star_before,
            tier=row.tier,
            tier_before=row.tier_before,
            score=row.score,
            points=GradePoints(
                volume=row.volume_points,
                activity=row.activity_points,
                review=row.review_points,
                conduct=row.conduct_points,
            ),
            risk_weight=row.risk_weight,
            transaction_count=row.moves,
            amount_fen=row.moved_fen,
            idle_days=row.idle_days,
            review=row.review,
            verified_alerts=row.verified_alerts,
            status=row.status,
            explanation=row.explanation,
            explanation_en=row.explanation_en,
            policy_version=row.policy_version,
            decided_at=in_local_time(row.decided_at),
        )


class GradePage(BaseModel):
    """A page of grades, the newest first."""

    items: list[GradeShown]
    next_cursor: str | None
