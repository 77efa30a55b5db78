"""What waits for the clock

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WAITS = sa.text("state != 'closed' AND state != 'suppressed' AND stage < 3")
STOPPED = sa.text("decision IN ('hold', 'decline')")


def upgrade() -> None:
    op.add_column(
        "risk_alerts", sa.Column("stage", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_risk_alerts_waiting",
        "risk_alerts",
        ["stage", "due_us", "first_seen_us"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_index(
        "ix_risk_hits_stopped",
        "risk_hits",
        ["at_us"],
        sqlite_where=STOPPED,
        postgresql_where=STOPPED,
    )
    op.create_table(
        "risk_point_rules",
        sa.Column("service_point_id", sa.String(length=16), nullable=False),
        sa.Column("rule_id", sa.String(length=8), nullable=False),
        sa.Column("hit_on", sa.Date(), nullable=True),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("service_point_id", "rule_id", name=op.f("pk_risk_point_rules")),
        comment="the last business date on which a rule alerted at a point, or could not judge"
        " there",
    )


def downgrade() -> None:
    op.drop_table("risk_point_rules")
    op.drop_index("ix_risk_hits_stopped", table_name="risk_hits")
    op.drop_index("ix_risk_alerts_waiting", table_name="risk_alerts")
    op.drop_column("risk_alerts", "stage")
