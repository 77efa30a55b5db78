"""The table of grades: one row a point and month."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from pos_sim.store.tables import metadata

point_grades = Table(
    "point_grades",
    metadata,
    Column("service_point_id", String(16), nullable=False),
    Column("month", String(7), nullable=False),
    Column("policy_version", String(32), nullable=False),
    Column("star_before", Integer, nullable=False),
    Column("tier_before", String(1), nullable=False),
    Column("star_grade", Integer, nullable=False),
    Column("tier", String(1), nullable=False),
    Column("score", Integer, nullable=False),
    Column("volume_points", Integer, nullable=False),
    Column("activity_points", Integer, nullable=False),
    Column("review_points", Integer, nullable=False),
    Column("conduct_points", Integer, nullable=False),
    Column("risk_weight", Integer, nullable=False),
    Column("moves", Integer, nullable=False),
    Column("moved_fen", BigInteger, nullable=False),
    Column("idle_days", Integer, nullable=False),
    Column("review", String(8), nullable=False),
    Column("verified_alerts", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("explanation", Text, nullable=False),
    Column("explanation_en", Text, nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("service_point_id", "month"),
    CheckConstraint(
        "star_grade between 1 and 5 and tier in ('A', 'B', 'C', 'D')", name="grade_known"
    ),
    CheckConstraint(
        "score = volume_points + activity_points + review_points + conduct_points",
        name="points_add_up",
    ),
    comment="how a point was graded for a month, with what it was made of",
)
