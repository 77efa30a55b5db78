"""The tables of the workflows: cases, their trail and documents, controls, planned reviews."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
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

cases = Table(
    "cases",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("service_point_id", String(16)),
    Column("scope_kind", String(12), nullable=False),
    Column("scope_value", String(96), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    Column("opened_by", String(40), nullable=False),
    Column("due_us", BigInteger),
    Column("wakes_us", BigInteger),
    Column("closed_us", BigInteger),
    Column("outcome", String(16)),
    Column("parent_id", String(40)),
    Column("passes", Boolean),
    Column("checklist", Text),
    UniqueConstraint("kind", "scope_kind", "scope_value", "ordinal"),
    CheckConstraint(
        "kind in ('verification', 'annual_review', 'rectification', 'freeze', 'exit',"
        " 'idle_visit')",
        name="kind_known",
    ),
    CheckConstraint("wakes_us is null or closed_us is null", name="closed_sleeps"),
)
OPEN = cases.c.closed_us.is_(None)
Index(
    "uq_cases_open",
    cases.c.kind,
    cases.c.scope_kind,
    cases.c.scope_value,
    unique=True,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)
Index("ix_cases_opened", cases.c.opened_us, cases.c.case_id)
Index("ix_cases_point", cases.c.service_point_id)
AWAKE = cases.c.wakes_us.is_not(None)
Index("ix_cases_wakes", cases.c.wakes_us, sqlite_where=AWAKE, postgresql_where=AWAKE)

case_history = Table(
    "case_history",
    metadata,
    Column("case_id", String(40), ForeignKey("cases.case_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("what", String(12), nullable=False),
    Column("action", String(24), nullable=False),
    Column("source", String(16), nullable=False),
    Column("to_state", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("approval_id", String(40)),
    PrimaryKeyConstraint("case_id", "number"),
    CheckConstraint(
        "what in ('opened', 'done', 'proposed', 'rejected', 'overtaken', 'raised')",
        name="what_known",
    ),
    comment="what was done with a case, by whom; nothing is changed afterwards",
)

case_documents = Table(
    "case_documents",
    metadata,
    Column("case_id", String(40), ForeignKey("cases.case_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("title", String(80), nullable=False),
    Column("title_en", String(80), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("case_id", "number"),
)

point_standings = Table(
    "point_standings",
    metadata,
    Column("service_point_id", String(16), primary_key=True),
    Column("returns_to", String(16), nullable=False),
    Column("imposed", String(16), nullable=False),
    comment="the status to which a point returns when no case asks for another",
)

point_controls = Table(
    "point_controls",
    metadata,
    Column("control_id", String(40), primary_key=True),
    Column("service_point_id", String(16), nullable=False),
    Column("business", String(24), nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("limit_fen", BigInteger),
    Column("reason", Text, nullable=False),
    Column("from_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("maker", String(40), nullable=False),
    Column("checker", String(40)),
    Column("ended_us", BigInteger),
    CheckConstraint("from_us < until_us", name="expires"),
    CheckConstraint("limit_fen is null or limit_fen >= 0", name="limit_not_below_zero"),
    CheckConstraint(TWO_PEOPLE, name="two_people"),
)
IN_FORCE = point_controls.c.ended_us.is_(None)
Index(
    "uq_point_controls_in_force",
    point_controls.c.service_point_id,
    point_controls.c.business,
    unique=True,
    sqlite_where=IN_FORCE,
    postgresql_where=IN_FORCE,
)
Index(
    "ix_point_controls_until",
    point_controls.c.until_us,
    sqlite_where=IN_FORCE,
    postgresql_where=IN_FORCE,
)

review_plans = Table(
    "review_plans",
    metadata,
    Column("service_point_id", String(16), primary_key=True),
    Column("due_on", Date, nullable=False),
    Column("opens_us", BigInteger, nullable=False),
    comment="when a point is reviewed next: the case opens, and by when it must be handed in",
)
Index("ix_review_plans_opens", review_plans.c.opens_us)
