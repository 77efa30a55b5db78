"""Grades

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBERS = (
    "score", "volume_points", "activity_points", "review_points", "conduct_points", "risk_weight",
    "moves",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "point_grades",
        sa.Column("service_point_id", sa.String(length=16), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("policy_version", sa.String(length=32), nullable=False),
        sa.Column("star_before", sa.Integer(), nullable=False),
        sa.Column("tier_before", sa.String(length=1), nullable=False),
        sa.Column("star_grade", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=1), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("moved_fen", sa.BigInteger(), nullable=False),
        sa.Column("idle_days", sa.Integer(), nullable=False),
        sa.Column("review", sa.String(length=8), nullable=False),
        sa.Column("verified_alerts", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explanation_en", sa.Text(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "star_grade between 1 and 5 and tier in ('A', 'B', 'C', 'D')",
            name=op.f("ck_point_grades_grade_known"),
        ),
        sa.CheckConstraint(
            "score = volume_points + activity_points + review_points + conduct_points",
            name=op.f("ck_point_grades_points_add_up"),
        ),
        sa.PrimaryKeyConstraint("service_point_id", "month", name=op.f("pk_point_grades")),
        comment="how a point was graded for a month, with what it was made of",
    )


def downgrade() -> None:
    op.drop_table("point_grades")
