"""SQLite forgets how few days the journal had when the world was seeded

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        return
    if sa.inspect(op.get_bind()).has_table("sqlite_stat1"):
        op.execute("delete from sqlite_stat1 where tbl = 'postings'")
        op.execute("analyze sqlite_schema")  # this connection reads again what is left


def downgrade() -> None:
    """What a planner knows is no part of the schema."""
