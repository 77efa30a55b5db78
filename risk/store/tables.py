"""The tables of what rules read and said, with the constraints that repeat the watch's promises.

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

from pos_sim.store.tables import metadata

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
