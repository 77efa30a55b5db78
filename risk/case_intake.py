"""From alert to case: what feeds a workflow is handed to it by the clock, not by the transaction.

FV opens a verification, FP proposes a freeze. One open case a subject: what comes later raises it.
Cases are locked before the subjects of alerts, as by everybody, so nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from risk.alerts import State
from risk.both import both
from risk.case_opening import Opened, Wish, open_case
from risk.due import Due, Fired
from risk.store import case_alerts
from risk.store.alert_rows import KeptAlert
from risk.store.save_hits import latest_alerts
from risk.vocabulary import Feed
from risk.workflow import CLOCK, CaseKind
from risk.workflows import WORKFLOWS

MOST = 500
"""So many alerts are handed over in one go."""

RESTING = frozenset({State.CLOSED, State.SUPPRESSED})


def next_intake(connection: Connection, _now: datetime) -> datetime | None:
    """Return since when an alert has been waiting for a case, None where none is."""
    return case_alerts.first_waiting(connection)


def take_in(connection: Connection, now: datetime) -> Sequence[Fired]:
    """Hand every waiting alert to the cases that it feeds."""
    waiting = case_alerts.waiting(connection, MOST)
    verified = opened_for(connection, CaseKind.VERIFICATION, waiting, now)
    frozen = opened_for(connection, CaseKind.FREEZE, waiting, now)
    still = still_open(connection, waiting)
    hand_over(connection, still, verified, frozen)
    opened = (*verified.values(), *frozen.values())
    return [fired_for(one, now) for one in opened if one.is_new]


def opened_for(
    connection: Connection, kind: CaseKind, waiting: Iterable[KeptAlert], now: datetime
) -> dict[tuple[str, str], Opened]:
    """Open or raise the cases of one kind, by subject, in one order."""
    wishes: dict[tuple[str, str], list[KeptAlert]] = {}
    for kept in waiting:
        subject = subject_of(kind, kept)
        if subject is not None:
            wishes.setdefault(subject, []).append(kept)
    return {
        subject: open_case(connection, wish_for(kind, subject, alerts, now))
        for subject, alerts in sorted(wishes.items())
    }


def subject_of(kind: CaseKind, kept: KeptAlert) -> tuple[str, str] | None:
    """Return about whom this alert opens a case of that kind, None: about nobody."""
    if kind is CaseKind.VERIFICATION:
        is_asked = kept.case_id is None and Feed.VERIFICATION in kept.alert.feeds
        return (kept.alert.key.scope, kept.alert.key.scope_value) if is_asked else None
    is_asked = Feed.FREEZE_PROPOSAL in kept.alert.feeds
    return ("point", kept.service_point_id) if is_asked and kept.service_point_id else None


def wish_for(
    kind: CaseKind, subject: tuple[str, str], alerts: list[KeptAlert], now: datetime
) -> Wish:
    gravest = max(alerts, key=lambda one: one.alert.severity.rank)
    return Wish(
        kind=kind,
        service_point_id=gravest.service_point_id,
        reason=both(
            "；".join(f"{one.alert.title} {one.alert_id}" for one in alerts[:5]),
            "; ".join(f"{one.alert.title_en} {one.alert_id}" for one in alerts[:5]),
        ),
        by=CLOCK.name,
        at=now,
        severity=gravest.alert.severity,
        scope=subject,
        due_at=first_due(alerts) if kind is CaseKind.VERIFICATION else None,
    )


def first_due(alerts: Iterable[KeptAlert]) -> datetime:
    return min(one.alert.due_at for one in alerts)


def still_open(connection: Connection, waiting: Sequence[KeptAlert]) -> list[KeptAlert]:
    """Lock the subjects; return the alerts that nobody has closed meanwhile."""
    latest = latest_alerts(connection, {one.alert.key for one in waiting})
    return [
        one
        for kept in waiting
        if (one := latest.get(kept.alert.key)) is not None
        and one.alert_id == kept.alert_id
        and one.alert.state not in RESTING
    ]


def hand_over(
    connection: Connection,
    alerts: Iterable[KeptAlert],
    verified: dict[tuple[str, str], Opened],
    frozen: dict[tuple[str, str], Opened],
) -> None:
    """Write into each alert which cases took it up; one without a point asks for no freeze."""
    for kept in alerts:
        subject = subject_of(CaseKind.VERIFICATION, kept)
        if subject in verified:
            case_alerts.link(connection, verified[subject].case.case_id, [kept.alert_id])
        if Feed.FREEZE_PROPOSAL in kept.alert.feeds:
            subject = subject_of(CaseKind.FREEZE, kept)
            case_id = frozen[subject].case.case_id if subject in frozen else ""
            case_alerts.link_freeze(connection, case_id, kept.alert_id)


def fired_for(opened: Opened, now: datetime) -> Fired:
    case, workflow = opened.case, WORKFLOWS[opened.case.kind]
    text = f"{workflow.title}立案 {case.scope_value}：{case.reason}"
    text_en = f"{workflow.title_en} opened about {case.scope_kind} {case.scope_value}"
    return Fired(now, case.kind.value, case.case_id, text, text_en)


DUE_KINDS = (Due("case_intake", next_intake, take_in),)
