"""The console

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "console_forms",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_console_forms")),
        comment="forms of the console that were sent: each acts once",
    )
    op.create_index("ix_console_forms_sent", "console_forms", ["sent_us"])
    # Ids precede commits: a reader needs to know which transaction wrote a row. SQLite has one
    # writer, so its rows come in the order of their numbers.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    xid = "0" if is_sqlite else "pg_current_xact_id()::text::bigint"
    op.create_table(
        "outbox",
        sa.Column("no", BIG, sa.Identity(), nullable=False),
        sa.Column("xid", sa.BigInteger(), server_default=sa.text(xid), nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_outbox")),
        comment="what happened, for those who watch: one row a group of transactions or staff's move",
    )
    op.create_index("ix_outbox_place", "outbox", ["xid", "no"])


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("console_forms")
