"""One hand for a day

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = "ck_risk_list_entries_long_was_checked"


def upgrade() -> None:
    with op.batch_alter_table("risk_list_entries", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f(NAME), "checker is not null or until_us - from_us <= 86400000000"
        )


def downgrade() -> None:
    with op.batch_alter_table("risk_list_entries", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
