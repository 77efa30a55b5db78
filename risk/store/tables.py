"""The tables of the watch, with the constraints that repeat its promises.

Windows over single transactions are read from ``transactions`` itself. Only what would cost too
much to add up again has a row here: one a point and business date.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from pos_sim.store.tables import BIG, metadata

TWO_PEOPLE = "checker is null or checker <> maker"

risk_point_days = Table(
    "risk_point_days",
    metadata,
    Column("service_point_id", String(16), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("withdrawals", Integer, nullable=False),
    Column("withdrawn_fen", BigInteger, nullable=False),
    Column("cash_outs", Integer, nullable=False),
    Column("non_local", Integer, nullable=False),
    Column("moves", Integer, nullable=False),
    Column("moved_fen", BigInteger, nullable=False),
    Column("jumped", Boolean, nullable=False),
    Column("stamp", String(16), nullable=False),
    PrimaryKeyConstraint("service_point_id", "business_date"),
    comment="what a point did on a business date; the stamp changes with every request",
)

risk_serials = Table(
    "risk_serials",
    metadata,
    Column("serial", String(64), nullable=False),
    Column("terminal_id", String(8), nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("serial", "terminal_id"),
    comment="which terminal last reported which serial number when",
)

risk_readings = Table(
    "risk_readings",
    metadata,
    Column("terminal_id", String(8), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("drift_m", Float, nullable=False),
    Column("accuracy_m", Float, nullable=False),
    comment="the last position that a terminal reported, as distance from its point",
)

risk_hits = Table(
    "risk_hits",
    metadata,
    Column("event_id", String(32), nullable=False),
    Column("rule_id", String(8), nullable=False),
    Column("scope_kind", String(12), nullable=False),
    Column("scope_value", String(96), nullable=False),
    Column("version", Integer, nullable=False),
    Column("lane", String(8), nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("clause", String(40), nullable=False),
    Column("band", Integer),
    Column("severity", String(8), nullable=False),
    Column("decision", String(8), nullable=False),
    Column("observed", Float),
    Column("threshold", Float),
    Column("baseline", Float),
    Column("unit", String(8)),
    Column("explanation", Text, nullable=False),
    Column("explanation_en", Text, nullable=False),
    Column("service_point_id", String(16)),
    Column("alert_id", String(40)),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("event_id", "rule_id", "scope_kind"),
    CheckConstraint("outcome in ('hit', 'shadow', 'suppressed', 'error')", name="outcome_known"),
    comment="what rules said; an event is a transaction, or a point on a day of the patrol",
)
Index("ix_risk_hits_rule", risk_hits.c.rule_id, risk_hits.c.at_us)
Index("ix_risk_hits_alert", risk_hits.c.alert_id, risk_hits.c.at_us)
STOPPED = risk_hits.c.decision.in_(("hold", "decline"))
Index(
    "ix_risk_hits_stopped",
    risk_hits.c.at_us,
    sqlite_where=STOPPED,
    postgresql_where=STOPPED,
)

risk_alerts = Table(
    "risk_alerts",
    metadata,
    Column("alert_id", String(40), primary_key=True),
    Column("rule_id", String(8), nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("scope_kind", String(12), nullable=False),
    Column("scope_value", String(96), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("lane", String(8), nullable=False),
    Column("title", String(80), nullable=False),
    Column("title_en", String(80), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("service_point_id", String(16)),
    Column("first_seen_us", BigInteger, nullable=False),
    Column("last_seen_us", BigInteger, nullable=False),
    Column("hit_count", Integer, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("explanation_en", Text, nullable=False),
    Column("observed", Float),
    Column("threshold", Float),
    Column("baseline", Float),
    Column("unit", String(8)),
    Column("feeds", String(40), nullable=False),
    Column("proposes", String(80), nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("closed_us", BigInteger),
    Column("verdict", String(16)),
    Column("assignee", String(40)),
    Column("note", Text),
    Column("case_id", String(40)),
    Column("stage", Integer, nullable=False, server_default="0"),
    Column("freeze_case_id", String(40)),
    Column("reviewed_hits", Integer, nullable=False, server_default="0"),
    CheckConstraint(
        "state in ('new', 'assigned', 'investigating', 'closed', 'suppressed', 'escalated')",
        name="state_known",
    ),
    CheckConstraint("(state = 'closed') = (closed_us is not null)", name="closed_when"),
    CheckConstraint("hit_count > 0 and first_seen_us <= last_seen_us", name="was_seen"),
    UniqueConstraint("rule_id", "scope_kind", "scope_value", "ordinal"),
)
OPEN = risk_alerts.c.state != "closed"
Index(
    "uq_risk_alerts_open",
    risk_alerts.c.rule_id,
    risk_alerts.c.scope_kind,
    risk_alerts.c.scope_value,
    unique=True,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)
Index("ix_risk_alerts_last_seen", risk_alerts.c.last_seen_us, risk_alerts.c.alert_id)
MAY_REVIEW = text("(rule_id = 'R12' or rule_id like 'T%') and hit_count > reviewed_hits")
Index(
    "ix_risk_alerts_unreviewed",
    risk_alerts.c.last_seen_us,
    sqlite_where=MAY_REVIEW,
    postgresql_where=MAY_REVIEW,
)
WAITS_FOR_CASE = text(
    "state not in ('closed', 'suppressed') and scope_kind <> 'monitor'"
    " and ((case_id is null and feeds like '%FV%')"
    " or (freeze_case_id is null and feeds like '%FP%'))"
)
Index(
    "ix_risk_alerts_without_case",
    risk_alerts.c.first_seen_us,
    sqlite_where=WAITS_FOR_CASE,
    postgresql_where=WAITS_FOR_CASE,
)
Index("ix_risk_alerts_point", risk_alerts.c.service_point_id, risk_alerts.c.last_seen_us)

WAITS = OPEN & (risk_alerts.c.state != "suppressed") & (risk_alerts.c.stage < 3)
Index(
    "ix_risk_alerts_waiting",
    risk_alerts.c.stage,
    risk_alerts.c.due_us,
    risk_alerts.c.first_seen_us,
    sqlite_where=WAITS,
    postgresql_where=WAITS,
)

risk_point_rules = Table(
    "risk_point_rules",
    metadata,
    Column("service_point_id", String(16), nullable=False),
    Column("rule_id", String(8), nullable=False),
    Column("hit_on", Date),
    Column("failed_on", Date),
    PrimaryKeyConstraint("service_point_id", "rule_id"),
    comment="the last business date on which a rule alerted at a point, or could not judge there",
)

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

point_grades = Table(
    "point_grades",
    metadata,
    Column("service_point_id", String(16), nullable=False),
    Column("month", String(7), nullable=False),
    Column("policy_version", String(32), nullable=False),
    Column("star_before", Integer, nullable=False),
    Column("tier_before", String(1), nullable=False),
    Column("star_grade", Integer, nullable=False),
    Column("tier", String(1), nullable=False),
    Column("score", Integer, nullable=False),
    Column("volume_points", Integer, nullable=False),
    Column("activity_points", Integer, nullable=False),
    Column("review_points", Integer, nullable=False),
    Column("conduct_points", Integer, nullable=False),
    Column("risk_weight", Integer, nullable=False),
    Column("moves", Integer, nullable=False),
    Column("moved_fen", BigInteger, nullable=False),
    Column("idle_days", Integer, nullable=False),
    Column("review", String(8), nullable=False),
    Column("verified_alerts", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("explanation", Text, nullable=False),
    Column("explanation_en", Text, nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("service_point_id", "month"),
    CheckConstraint(
        "star_grade between 1 and 5 and tier in ('A', 'B', 'C', 'D')", name="grade_known"
    ),
    CheckConstraint(
        "score = volume_points + activity_points + review_points + conduct_points",
        name="points_add_up",
    ),
    comment="how a point was graded for a month, with what it was made of",
)

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
PENDING = approvals.c.decision.is_(None)
Index(
    "uq_approvals_pending",
    approvals.c.subject_kind,
    approvals.c.subject_id,
    unique=True,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)
