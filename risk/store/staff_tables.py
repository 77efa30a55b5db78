"""The tables of staff: what they changed, and what waits for a second person."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    String,
    Table,
    Text,
)

from pos_sim.store.tables import BIG, metadata

TWO_PEOPLE = "checker is null or checker <> maker"

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject_kind", String(24), nullable=False),
    Column("subject_id", String(96), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("why", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("seq > 0", name="counts_from_one"),
    comment="what staff and deadlines changed; each hash holds the one before, triggers forbid"
    " change and removal",
)
Index("ix_audit_log_subject", audit_log.c.subject_kind, audit_log.c.subject_id, audit_log.c.seq)
Index("ix_audit_log_actor", audit_log.c.actor, audit_log.c.seq)

approvals = Table(
    "approvals",
    metadata,
    Column("approval_id", String(40), primary_key=True),
    Column("subject_kind", String(24), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("action", String(24), nullable=False),
    Column("payload", Text, nullable=False),
    Column("maker", String(40), nullable=False),
    Column("made_us", BIG, nullable=False),
    Column("checker", String(40)),
    Column("decision", String(8)),
    Column("decided_us", BIG),
    Column("note", Text, nullable=False),
    CheckConstraint(TWO_PEOPLE, name="two_people"),
    CheckConstraint("decision in ('approve', 'reject')", name="decision_known"),
    CheckConstraint(
        "(decision is null) = (checker is null) and (decision is null) = (decided_us is null)",
        name="decided_by_somebody",
    ),
)
Index(
    "ix_approvals_about",
    approvals.c.subject_kind,
    approvals.c.subject_id,
    approvals.c.made_us,
)
PENDING = approvals.c.decision.is_(None)
Index(
    "uq_approvals_pending",
    approvals.c.subject_kind,
    approvals.c.subject_id,
    unique=True,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)
