"""Entries and used limits lie together by their day, however long the history is

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOLLOWS = sa.text("substr(entry_id, 21, 1) = '-'")


def upgrade() -> None:
    op.drop_index("ix_postings_entry", "postings")
    op.drop_index("ix_postings_business_date", "postings")
    op.create_index("ix_postings_day", "postings", ["business_date", "entry_id"])
    op.create_index(
        "ix_postings_follows",
        "postings",
        ["entry_id"],
        sqlite_where=FOLLOWS,
        postgresql_where=FOLLOWS,
    )
    order_usage_by("business_date", "subject_id", "kind")


def downgrade() -> None:
    order_usage_by("subject_id", "business_date", "kind")
    op.drop_index("ix_postings_follows", "postings")
    op.drop_index("ix_postings_day", "postings")
    op.create_index("ix_postings_business_date", "postings", ["business_date"])
    op.create_index("ix_postings_entry", "postings", ["entry_id"])


def order_usage_by(*key: str) -> None:
    if op.get_context().dialect.name == "sqlite":
        build_usage_anew(key)
        return
    op.drop_constraint("pk_usage", "usage")
    op.create_primary_key("pk_usage", "usage", list(key))


def build_usage_anew(key: tuple[str, ...]) -> None:
    op.rename_table("usage", "usage_before")
    op.create_table(
        "usage",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "amount_fen >= 0 and count >= 0", name=op.f("ck_usage_never_below_zero")
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_usage")),
        comment="what a card (a payee account for cash remittances) used of its daily limit",
        sqlite_with_rowid=False,
    )
    op.execute(
        "insert into usage (kind, subject_id, business_date, amount_fen, count)"
        f" select kind, subject_id, business_date, amount_fen, count from usage_before"
        f" order by {', '.join(key)}"
    )
    op.drop_table("usage_before")
