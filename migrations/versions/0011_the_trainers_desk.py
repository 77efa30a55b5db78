"""The trainer's desk

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planted_episodes",
        sa.Column("episode_id", sa.String(length=24), nullable=False),
        sa.Column("pattern", sa.String(length=60), nullable=False),
        sa.Column("rule_id", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("service_point_id", sa.String(length=16), nullable=False),
        sa.Column("sent_by", sa.String(length=40), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=False),
        sa.Column("begins_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("transaction_ids", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('planted', 'innocent')", name=op.f("ck_planted_episodes_kind_known")
        ),
        sa.PrimaryKeyConstraint("episode_id", name=op.f("pk_planted_episodes")),
        comment="patterns that a trainer sent to a point: what was done there, and about whom",
    )
    op.create_index("ix_planted_episodes_sent", "planted_episodes", ["sent_us"])
    op.create_table(
        "cut_lines",
        sa.Column("terminal_id", sa.String(length=8), nullable=False),
        sa.Column("line", sa.String(length=12), nullable=False),
        sa.Column("cut_by", sa.String(length=40), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("line in ('answer_lost', 'down')", name=op.f("ck_cut_lines_line_known")),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_cut_lines")),
        comment="terminals whose line a trainer cut; a line that is up has no row",
    )


def downgrade() -> None:
    op.drop_table("cut_lines")
    op.drop_table("planted_episodes")
