"""The class

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_attempts",
        sa.Column("attempt_id", sa.String(length=40), nullable=False),
        sa.Column("lesson_id", sa.String(length=60), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("learner", sa.String(length=80), nullable=False),
        sa.Column("service_point_id", sa.String(length=16), nullable=True),
        sa.Column("terminal_id", sa.String(length=8), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("run", sa.Text(), nullable=False),
        sa.CheckConstraint("score between 0 and 100", name=op.f("ck_lesson_attempts_score_range")),
        sa.CheckConstraint(
            "(ended_us is null) = (passed is null)",
            name=op.f("ck_lesson_attempts_ended_with_result"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_lesson_attempts")),
        comment="lessons that somebody began: how far, which mistakes, and how it ended",
    )
    op.create_index("ix_lesson_attempts_started", "lesson_attempts", ["started_us"])


def downgrade() -> None:
    op.drop_table("lesson_attempts")
