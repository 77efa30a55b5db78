"""Alerts that wait too long: a warning at 70 %, the parent branch at 100 %, the province at 200 %.

The stage is a mark on the alert and says whom the queue has told; it moves forward only. Who works
on the alert, and its state, stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import Statement
from risk.alerts import AlertKey
from risk.audit_log import CLOCK, write_entry
from risk.both import both
from risk.deadlines import WARN_PERCENT, Stage
from risk.due import Due, Fired
from risk.store.save_hits import latest_rows

ESCALATION = "alert_sla"

ALLOWED = "(due_us - first_seen_us)"
EDGES = (
    f"case stage when 0 then first_seen_us + {ALLOWED} * {WARN_PERCENT} / 100"
    f" when 1 then due_us else due_us + {ALLOWED} end"
)
STAGE_NOW = (
    f"case when :now_us >= due_us + {ALLOWED} then {Stage.PROVINCE:d}"
    f" when :now_us >= due_us then {Stage.PARENT_BRANCH:d} else {Stage.WARNED:d} end"
)
WAITS = f"state <> 'closed' and state <> 'suppressed' and stage < {Stage.PROVINCE:d}"

NEXT = Statement(f"select min({EDGES}) from risk_alerts where {WAITS}")
LATE = Statement(
    "select alert_id, rule_id, scope_kind, scope_value from risk_alerts"
    f" where {WAITS} and {EDGES} <= :now_us order by alert_id limit :most"
)
STAGES = Statement(
    f"select alert_id, stage, {STAGE_NOW}, title, title_en from risk_alerts"
    f" where alert_id {{in:alert_ids text}} and {WAITS} and {EDGES} <= :now_us order by alert_id"
)
MARK = Statement(f"update risk_alerts set stage = {STAGE_NOW} where alert_id {{in:alert_ids text}}")
MOST = 500

TOLD: dict[Stage, tuple[str, str]] = {
    Stage.WARNED: ("处置时限已过七成", "70 % of its time has passed"),
    Stage.PARENT_BRANCH: ("已超处置时限，报管辖支行", "overdue: the parent branch is told"),
    Stage.PROVINCE: ("超时限一倍，报省分行", "twice overdue: the province is told"),
}


def escalation_due() -> Due:
    """Alerts whose time runs out are brought before somebody higher."""
    return Due(ESCALATION, next_edge, escalate)


def next_edge(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next alert comes to its next stage."""
    us = NEXT.rows(connection)[0][0]
    return None if us is None else from_us(int(us))


def escalate(connection: Connection, moment: datetime) -> Sequence[Fired]:
    """Mark alerts with the stages that they have come to."""
    late = LATE.rows(connection, now_us=to_us(moment), most=MOST)
    # Groups write whole alerts: the locks of the subjects come before the stages are read. They
    # are taken at once: a second set of them would not come in the order of all.
    latest_rows(connection, {AlertKey(*row[1:]) for row in late})
    return mark(connection, [row[0] for row in late], moment)


def mark(connection: Connection, alert_ids: Sequence[str], moment: datetime) -> list[Fired]:
    asked = {"alert_ids": alert_ids, "now_us": to_us(moment)}
    found = STAGES.rows(connection, **asked)
    MARK.run(connection, alert_ids=[row[0] for row in found], now_us=to_us(moment))
    return [told(connection, moment, *row) for row in found]


def told(
    connection: Connection,
    moment: datetime,
    alert_id: str,
    before: int,
    after: int,
    title: str,
    title_en: str,
) -> Fired:
    text, text_en = TOLD[Stage(after)]
    write_entry(
        connection,
        at=moment,
        actor=CLOCK,
        action="escalate",
        subject_kind="alert",
        subject_id=alert_id,
        before={"stage": Stage(before).name.lower()},
        after={"stage": Stage(after).name.lower()},
        why=both(text, text_en),
    )
    return Fired(moment, ESCALATION, alert_id, f"{title}：{text}", f"{title_en}: {text_en}")
