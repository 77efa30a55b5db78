"""A day is settled from its own postings, and rows that change find room on their page

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CHANGING = ("accounts", "cards", "risk_point_days", "usage")
ROOM_PERCENT = 20
"""PostgreSQL writes a changed row anew: where its page has room, no index has to hear of it."""


def upgrade() -> None:
    op.create_index("ix_postings_business_date", "postings", ["business_date"])
    if op.get_context().dialect.name == "postgresql":
        for table in CHANGING:
            op.execute(f"alter table {table} set (fillfactor = {100 - ROOM_PERCENT})")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table in CHANGING:
            op.execute(f"alter table {table} reset (fillfactor)")
    op.drop_index("ix_postings_business_date", "postings")
