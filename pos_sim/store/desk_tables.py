"""The tables beside the money: who may call, what the console keeps, what happened, policies."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    FetchedValue,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from pos_sim.store.tables import BIG, metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("role", String(12), nullable=False),
    Column("terminal_id", String(8)),
    Column("revoked", Boolean, nullable=False, default=False),
    CheckConstraint(
        "role in ('terminal', 'maker', 'checker', 'auditor', 'admin')", name="role_known"
    ),
)

console_forms = Table(
    "console_forms",
    metadata,
    Column("token", String(40), primary_key=True),
    Column("sent_us", BigInteger, nullable=False),
    Column("location", Text, nullable=False),
    comment="forms of the console that were sent: each acts once",
)
Index("ix_console_forms_sent", console_forms.c.sent_us)

lesson_attempts = Table(
    "lesson_attempts",
    metadata,
    Column("attempt_id", String(40), primary_key=True),
    Column("lesson_id", String(60), nullable=False),
    Column("who", String(40), nullable=False),
    Column("learner", String(80), nullable=False),
    Column("service_point_id", String(16)),
    Column("terminal_id", String(8), nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("told", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("passed", Boolean),
    Column("outcome", String(16)),
    Column("run", Text, nullable=False),
    CheckConstraint("score between 0 and 100", name="score_range"),
    CheckConstraint("(ended_us is null) = (passed is null)", name="ended_with_result"),
    comment="lessons that somebody began: how far, which mistakes, and how it ended",
)
Index("ix_lesson_attempts_started", lesson_attempts.c.started_us)

planted_episodes = Table(
    "planted_episodes",
    metadata,
    Column("episode_id", String(24), primary_key=True),
    Column("pattern", String(60), nullable=False),
    Column("rule_id", String(8), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("service_point_id", String(16), nullable=False),
    Column("sent_by", String(40), nullable=False),
    Column("sent_us", BigInteger, nullable=False),
    Column("begins_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("transaction_ids", Text, nullable=False),
    Column("subjects", Text, nullable=False),
    CheckConstraint("kind in ('planted', 'innocent')", name="kind_known"),
    comment="patterns that a trainer sent to a point: what was done there, and about whom",
)
Index("ix_planted_episodes_sent", planted_episodes.c.sent_us)

cut_lines = Table(
    "cut_lines",
    metadata,
    Column("terminal_id", String(8), primary_key=True),
    Column("line", String(12), nullable=False),
    Column("cut_by", String(40), nullable=False),
    Column("since_us", BigInteger, nullable=False),
    CheckConstraint("line in ('answer_lost', 'down')", name="line_known"),
    comment="terminals whose line a trainer cut; a line that is up has no row",
)

outbox = Table(
    "outbox",
    metadata,
    Column("no", BIG, Identity(), primary_key=True),
    Column("xid", BigInteger, FetchedValue(), nullable=False),
    Column("topic", String(16), nullable=False),
    Column("body", Text, nullable=False),
    comment="what happened, for those who watch: one row a group of transactions or staff's move",
)
Index("ix_outbox_place", outbox.c.xid, outbox.c.no, info={"only_on": "postgresql"})

policy_versions = Table(
    "policy_versions",
    metadata,
    Column("version", String(32), primary_key=True),
    Column("canonical", Text, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("status", String(12), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("maker", String(80), nullable=False),
    Column("checker", String(80)),
    Column("note", Text, nullable=False),
    CheckConstraint("status in ('pending', 'published', 'rejected')", name="status_known"),
    CheckConstraint("checker is null or checker <> maker", name="two_people"),
    CheckConstraint("status <> 'published' or checker is not null", name="published_by_two"),
    comment="policies beside the shipped ones: proposed by one person, published by another",
)
Index(
    "uq_policy_versions_day",
    policy_versions.c.effective_from,
    unique=True,
    sqlite_where=policy_versions.c.status == "published",
    postgresql_where=policy_versions.c.status == "published",
)
