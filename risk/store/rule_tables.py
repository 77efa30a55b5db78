"""The tables of what staff set for rules: versions, breaks, suppressions, lists."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pos_sim.store.tables import metadata
from risk.store.staff_tables import TWO_PEOPLE

risk_rule_versions = Table(
    "risk_rule_versions",
    metadata,
    Column("rule_id", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("canonical", Text, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("mode", String(12), nullable=False),
    Column("status", String(8), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("maker", String(40), nullable=False),
    Column("checker", String(40)),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("rule_id", "version"),
    CheckConstraint("mode in ('shadow', 'alert_only', 'enforce')", name="mode_known"),
    CheckConstraint("status in ('draft', 'pending', 'live', 'retired')", name="status_known"),
    CheckConstraint(TWO_PEOPLE, name="two_people"),
    CheckConstraint("status <> 'live' or checker is not null", name="live_was_checked"),
    comment="versions of rules beside those that are shipped",
)

risk_breaks = Table(
    "risk_breaks",
    metadata,
    Column("rule_id", String(8), nullable=False),
    Column("version", Integer, nullable=False),
    Column("tripped_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("rule_id", "version"),
    comment="versions that the circuit breaker let drop to alerts",
)

risk_suppressions = Table(
    "risk_suppressions",
    metadata,
    Column("suppression_id", String(40), primary_key=True),
    Column("rule_id", String(8), nullable=False),
    Column("scope_kind", String(12), nullable=False),
    Column("scope_value", String(96), nullable=False),
    Column("from_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("maker", String(40), nullable=False),
    Column("checker", String(40)),
    CheckConstraint("from_us < until_us", name="expires"),
    CheckConstraint(TWO_PEOPLE, name="two_people"),
    CheckConstraint(
        "checker is not null or until_us - from_us <= 86400000000", name="long_was_checked"
    ),
    comment="the action is suppressed, never the evaluation",
)

risk_lists = Table(
    "risk_lists",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("effect", String(8), nullable=False),
    Column("title", String(80), nullable=False),
    CheckConstraint("kind in ('card', 'payee', 'operator', 'terminal')", name="kind_known"),
    CheckConstraint("effect in ('block', 'allow')", name="effect_known"),
)

risk_list_entries = Table(
    "risk_list_entries",
    metadata,
    Column("entry_id", String(40), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("value", String(40), nullable=False),
    Column("from_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("source", String(80), nullable=False),
    Column("maker", String(40), nullable=False),
    Column("checker", String(40)),
    UniqueConstraint("name", "value", "from_us"),
    CheckConstraint("from_us < until_us", name="expires"),
    CheckConstraint(TWO_PEOPLE, name="two_people"),
    CheckConstraint(
        "checker is not null or until_us - from_us <= 86400000000", name="long_was_checked"
    ),
)
Index("ix_risk_list_entries_until", risk_list_entries.c.until_us)
