"""Policies beside the shipped ones

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_versions",
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("maker", sa.String(length=80), nullable=False),
        sa.Column("checker", sa.String(length=80), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'published', 'rejected')",
            name=op.f("ck_policy_versions_status_known"),
        ),
        sa.CheckConstraint(
            "checker is null or checker <> maker", name=op.f("ck_policy_versions_two_people")
        ),
        sa.CheckConstraint(
            "status <> 'published' or checker is not null",
            name=op.f("ck_policy_versions_published_by_two"),
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_versions")),
        comment="policies beside the shipped ones: proposed by one person, published by another",
    )
    published = sa.text("status = 'published'")
    op.create_index(
        "uq_policy_versions_day",
        "policy_versions",
        ["effective_from"],
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )


def downgrade() -> None:
    op.drop_table("policy_versions")
