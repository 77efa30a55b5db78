"""SQLite keeps what a card used in one tree, and the outbox in the order of its numbers alone

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ix_outbox_place", "outbox")
        build_usage_anew(with_rowid=False)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        build_usage_anew(with_rowid=True)
        op.create_index("ix_outbox_place", "outbox", ["xid", "no"])


def build_usage_anew(*, with_rowid: bool) -> None:
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
        sa.PrimaryKeyConstraint("subject_id", "business_date", "kind", name=op.f("pk_usage")),
        comment="what a card (a payee account for cash remittances) used of its daily limit",
        sqlite_with_rowid=with_rowid,
    )
    op.execute(
        "insert into usage (kind, subject_id, business_date, amount_fen, count)"
        " select kind, subject_id, business_date, amount_fen, count from usage_before"
        " order by subject_id, business_date, kind"
    )
    op.drop_table("usage_before")
