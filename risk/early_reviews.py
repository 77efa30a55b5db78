"""提前年审: what brings an annual review forward before anybody has verified anything.

A hit of terminal identity (R12) does at once; a typology when it reached its threshold twice in 90
days. A confirmed high case does, too; that stands with the verdict, in `risk/case_effects.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from risk import review_plans
from risk.both import both
from risk.due import Due, Fired
from risk.store import early_rows
from risk.store.early_rows import Unreviewed
from risk.workflow import CLOCK

IDENTITY_RULE = "R12"
TWICE_WITHIN = timedelta(days=90)


def next_early(connection: Connection, _now: datetime) -> datetime | None:
    """Return when a hit came that may bring a review forward, None where all are looked at."""
    return early_rows.first_unreviewed(connection)


def review_early(connection: Connection, now: datetime) -> Sequence[Fired]:
    """Look at the new hits; open the reviews that they bring forward."""
    alerts = early_rows.unreviewed(connection)
    fired = [
        one
        for alert in sorted(alerts, key=lambda alert: (alert.point or "", alert.alert_id))
        if (one := brought_forward(connection, alert, now)) is not None
    ]
    early_rows.mark(connection, alerts)
    return fired


def brought_forward(connection: Connection, alert: Unreviewed, now: datetime) -> Fired | None:
    """Open the review of an alert's point, where its hits ask for it and none is open."""
    reason = reason_for(connection, alert)
    if reason is None or alert.point is None:
        return None
    opened = review_plans.bring_forward(
        connection, alert.point, reason=reason, by=CLOCK.name, at=now
    )
    if opened is None or not opened.is_new:
        return None
    text_en = f"Annual review of {alert.point} brought forward by {alert.alert_id}"
    text = f"{alert.point} {reason.partition(' · ')[0]}"
    return Fired(now, "early_review", opened.case.case_id, text, text_en)


def reason_for(connection: Connection, alert: Unreviewed) -> str | None:
    """Return why an alert brings the review forward, None where it does not."""
    if alert.rule_id == IDENTITY_RULE:
        return both(
            f"终端身份异常，提前年审：{alert.alert_id}",
            f"A terminal is not what it says, reviewed early: {alert.alert_id}",
        )
    since = alert.last_seen_us - TWICE_WITHIN // timedelta(microseconds=1)
    reached = early_rows.reached(connection, alert.rule_id, alert.scope_value, since)
    is_twice = ascents(reached) >= 2
    if not is_twice:
        return None
    return both(
        f"类型研判90天内两次达到预警线，提前年审：{alert.alert_id}",
        f"Reached its threshold twice in 90 days, reviewed early: {alert.alert_id}",
    )


def ascents(reached: Iterable[int]) -> int:
    """Count how often a typology rose over its threshold, given the bands in order of time.

    Band 2 after band 1 is the same rise going on.

    >>> ascents([1, 2]), ascents([1, 1]), ascents([2]), ascents([1, 2, 1])
    (1, 2, 1, 2)
    """
    count, before = 0, None
    for band in reached:
        count += not (band == 2 and before == 1)
        before = band
    return count


DUE_KINDS = (Due("early_review", next_early, review_early),)
