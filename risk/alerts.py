"""The alert: one open for each rule and subject; it counts, grows graver, and is worked off.

Pure: an alert and a hit give an alert. Who stores it, and under which number, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pos_sim.domain.watching import Verdict
from risk.deadlines import WorkingDays, due_at
from risk.facts import Kind
from risk.rules import Hit
from risk.vocabulary import Feed, Lane, Outcome, Proposal, Severity

MOST_TRANSACTIONS = 100
"""An alert names its latest transactions; the hits keep them all."""

COOLDOWNS: dict[Lane, timedelta] = {
    Lane.INLINE: timedelta(0),
    Lane.POST: timedelta(hours=24),
    Lane.BATCH: timedelta(hours=24),
}
"""How long after it arose a closed alert still takes up hits of its kind."""

MONITOR = "monitor"
"""The scope of a degraded monitor: the rule itself is the subject."""


class State(StrEnum):
    """Where an alert stands."""

    NEW = "new"  # 新建
    ASSIGNED = "assigned"  # 已分派
    INVESTIGATING = "investigating"  # 核查中
    CLOSED = "closed"  # 已关闭
    SUPPRESSED = "suppressed"  # 已抑制
    ESCALATED = "escalated"  # 已升级


class Action(StrEnum):
    """What a person, or the clock, does with an alert."""

    ASSIGN = "assign"
    INVESTIGATE = "investigate"
    CLOSE = "close"
    ESCALATE = "escalate"
    SUPPRESS = "suppress"
    LAPSE = "lapse"  # its suppression has ended


class AlertVerdict(StrEnum):
    """What an investigation found."""

    CONFIRMED = "confirmed"  # 属实
    FALSE_ALARM = "false_alarm"  # 误报
    UNDETERMINED = "undetermined"  # 无法认定


MOVES: dict[State, dict[Action, State]] = {
    State.NEW: {
        Action.ASSIGN: State.ASSIGNED,
        Action.INVESTIGATE: State.INVESTIGATING,
        Action.ESCALATE: State.ESCALATED,
        Action.SUPPRESS: State.SUPPRESSED,
    },
    State.ASSIGNED: {
        Action.ASSIGN: State.ASSIGNED,
        Action.INVESTIGATE: State.INVESTIGATING,
        Action.ESCALATE: State.ESCALATED,
        Action.SUPPRESS: State.SUPPRESSED,
    },
    State.INVESTIGATING: {
        Action.ASSIGN: State.ASSIGNED,
        Action.CLOSE: State.CLOSED,
        Action.ESCALATE: State.ESCALATED,
        Action.SUPPRESS: State.SUPPRESSED,
    },
    State.ESCALATED: {
        Action.ASSIGN: State.ASSIGNED,
        Action.INVESTIGATE: State.INVESTIGATING,
        Action.CLOSE: State.CLOSED,
    },
    State.SUPPRESSED: {Action.LAPSE: State.NEW, Action.CLOSE: State.CLOSED},
    State.CLOSED: {},
}
"""Every move there is; whatever is not here is refused."""

BY_PEOPLE = (Action.ASSIGN, Action.INVESTIGATE, Action.CLOSE, Action.ESCALATE)


class AlertKey(NamedTuple):
    """Rule, scope kind and scope value; never the transaction."""

    rule_id: str
    scope: str
    scope_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert; what explains it is that of its gravest, latest hit."""

    key: AlertKey
    rule_version: int
    title: str
    title_en: str
    lane: Lane
    severity: Severity
    state: State
    first_seen_at: datetime
    last_seen_at: datetime
    due_at: datetime
    hit_count: int
    reason: str
    reason_en: str
    observed: int | float | None
    threshold: int | float | None
    baseline: int | float | None
    unit: Kind | None
    transaction_ids: tuple[str, ...]
    feeds: tuple[Feed, ...]
    proposes: tuple[Proposal, ...]
    verdict: AlertVerdict | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not State.CLOSED


class Change(StrEnum):
    """What a hit did."""

    OPENED = "opened"
    UPDATED = "updated"  # the open one counts it
    COOLED = "cooled"  # the closed one counts it: too soon for a new one


class Step(NamedTuple):
    """The alert as it is now, and what was done."""

    alert: Alert
    change: Change


def key_of(hit: Hit) -> AlertKey:
    """Return the subject of a hit; of an error, the rule that failed (monitor degraded)."""
    if hit.outcome is Outcome.ERROR:
        return AlertKey(hit.rule_id, MONITOR, hit.rule_id)
    return AlertKey(hit.rule_id, hit.scope.value, hit.scope_value)


def raises_alert(hit: Hit) -> bool:
    """Say whether a hit alerts: errors always do; shadows, suppressed and mere notes never."""
    if hit.outcome is Outcome.ERROR:
        return True
    return hit.outcome is Outcome.HIT and hit.decision >= Verdict.ALERT


def after_hit(
    latest: Alert | None, hit: Hit, transaction_id: str, at: datetime, calendar: WorkingDays
) -> Step:
    """Return what a hit makes of the latest alert about its subject, open or closed."""
    if latest is not None and latest.is_open:
        return Step(_grown(latest, hit, transaction_id, at, calendar), Change.UPDATED)
    if latest is not None and _is_cooling(latest, hit, at):
        return Step(_counted(latest, transaction_id, at), Change.COOLED)
    return Step(_opened(hit, transaction_id, at, calendar), Change.OPENED)


def act(alert: Alert, action: Action, verdict: AlertVerdict | None = None) -> Alert | None:
    """Return the alert after an action, None where its state does not know it.

    Closing needs a verdict, and nothing else has one.
    """
    state = MOVES[alert.state].get(action)
    if state is None or (action is Action.CLOSE) != (verdict is not None):
        return None
    return replace(alert, state=state, verdict=verdict or alert.verdict)


def available_actions(alert: Alert) -> tuple[Action, ...]:
    """Return what a person may do now."""
    return tuple(action for action in BY_PEOPLE if action in MOVES[alert.state])


def strongest(hits: Iterable[Hit]) -> dict[AlertKey, Hit]:
    """Return the hits that raise alerts, the gravest of each subject."""
    found: dict[AlertKey, Hit] = {}
    for hit in hits:
        if raises_alert(hit):
            other = found.get(key_of(hit))
            if other is None or hit.severity.rank > other.severity.rank:
                found[key_of(hit)] = hit
    return found


def _opened(hit: Hit, transaction_id: str, at: datetime, calendar: WorkingDays) -> Alert:
    return Alert(
        key=key_of(hit),
        rule_version=hit.version,
        title=hit.title,
        title_en=hit.title_en,
        lane=hit.lane,
        severity=hit.severity,
        state=State.NEW,
        first_seen_at=at,
        last_seen_at=at,
        due_at=due_at(hit.severity, at, calendar),
        hit_count=1,
        reason=hit.reason,
        reason_en=hit.reason_en,
        observed=hit.observed,
        threshold=hit.threshold,
        baseline=hit.baseline,
        unit=hit.unit,
        transaction_ids=(transaction_id,) if transaction_id else (),
        feeds=hit.feeds,
        proposes=hit.proposes,
    )


def _counted(alert: Alert, transaction_id: str, at: datetime) -> Alert:
    """Return the alert with one more hit and nothing else changed."""
    named = (*alert.transaction_ids, transaction_id) if transaction_id else alert.transaction_ids
    return replace(
        alert,
        hit_count=alert.hit_count + 1,
        last_seen_at=max(alert.last_seen_at, at),
        transaction_ids=named[-MOST_TRANSACTIONS:],
    )


def _grown(
    alert: Alert, hit: Hit, transaction_id: str, at: datetime, calendar: WorkingDays
) -> Alert:
    """Count a hit on an open alert; severity only rises, and the due time only comes nearer."""
    counted = _counted(alert, transaction_id, at)
    feeds = tuple(feed for feed in Feed if feed in alert.feeds or feed in hit.feeds)
    proposes = tuple(one for one in Proposal if one in alert.proposes or one in hit.proposes)
    counted = replace(counted, feeds=feeds, proposes=proposes)
    if hit.severity.rank < alert.severity.rank:
        return counted
    return replace(
        counted,
        severity=hit.severity,
        due_at=min(alert.due_at, due_at(hit.severity, at, calendar)),
        rule_version=hit.version,
        reason=hit.reason,
        reason_en=hit.reason_en,
        observed=hit.observed,
        threshold=hit.threshold,
        baseline=hit.baseline,
        unit=hit.unit,
    )


def _is_cooling(closed: Alert, hit: Hit, at: datetime) -> bool:
    """A graver hit does not wait."""
    is_graver = hit.severity.rank > closed.severity.rank
    return not is_graver and at < closed.first_seen_at + COOLDOWNS[hit.lane]
