"""The audit log

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEVER = "the audit log is never changed"


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.String(length=96), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_audit_log_counts_from_one")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_log")),
        comment="what staff and deadlines changed; each hash holds the one before, triggers"
        " forbid change and removal",
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject_kind", "subject_id", "seq"])
    op.create_index("ix_audit_log_actor", "audit_log", ["actor", "seq"])
    if op.get_bind().dialect.name == "sqlite":
        guard_on_sqlite()
    else:
        guard_on_postgresql()


def guard_on_sqlite() -> None:
    # Going back to the seed forgets the head of the chain first, and then the whole chain.
    op.execute(
        "create trigger audit_log_is_not_changed before update on audit_log"
        f" begin select raise(abort, '{NEVER}'); end"
    )
    op.execute(
        "create trigger audit_log_is_not_removed before delete on audit_log"
        " when exists (select 1 from world where name = 'audit_head')"
        f" begin select raise(abort, '{NEVER}'); end"
    )


def guard_on_postgresql() -> None:
    # Going back to the seed truncates, which triggers for rows do not see.
    op.execute(
        "create function audit_log_is_kept() returns trigger language plpgsql as"
        f" $$ begin raise exception '{NEVER}'; end $$"
    )
    op.execute(
        "create trigger audit_log_is_kept before update or delete on audit_log"
        " for each row execute function audit_log_is_kept()"
    )


def downgrade() -> None:
    op.drop_table("audit_log")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("drop function audit_log_is_kept()")
