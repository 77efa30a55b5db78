"""What was proposed about a subject is found by its index, and a taken verification has its date

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DATE_AGAIN = """
update cases set due_us = (select min(due_us) from risk_alerts
                           where risk_alerts.case_id = cases.case_id)
where kind = 'verification' and closed_us is null and due_us is null
"""


def upgrade() -> None:
    op.create_index("ix_approvals_about", "approvals", ["subject_kind", "subject_id", "made_us"])
    op.execute(DATE_AGAIN)


def downgrade() -> None:
    op.drop_index("ix_approvals_about", "approvals")
