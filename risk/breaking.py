"""The circuit breaker at work: once a minute while there is something to judge.

What was held or declined in the last ten minutes is set against what the version judged. A version
that trips drops to alerts at once, and its owner is called by an alert about the rule itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date
from pos_sim.domain.watching import Verdict
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.world import read_mark, write_mark
from risk.audit_log import CLOCK, write_entry
from risk.both import both
from risk.breaker import EVERY, LIMITS, Counts, VersionKey, tripped
from risk.deadlines import WorkingDays
from risk.due import Due, Fired
from risk.rules import Hit, RuleVersion
from risk.store.register import read_register, touch
from risk.store.rule_figures import dropped_versions
from risk.store.rule_tables import risk_breaks
from risk.store.save_hits import Said, raise_alerts
from risk.vocabulary import Lane, Outcome, ScopeKind, Severity

BREAKER, MARK = "circuit_breaker", "breaker_to_us"

FIRST_STOP = Statement(
    "select min(at_us) from risk_hits where decision in ('hold', 'decline') and at_us > :since_us"
)
STOPS = Statement(
    "select rule_id, version, count(distinct event_id) from risk_hits"
    " where decision in ('hold', 'decline') and outcome in ('hit', 'error')"
    " and at_us > :since_us and at_us <= :now_us group by rule_id, version"
)
JUDGED = Statement(
    "select business, count(*) from transactions where business_date >= cast(:day as date)"
    " and decided_us > :since_us and decided_us <= :now_us group by business"
)
JUDGED.sqlite = JUDGED.sqlite.replace("cast(:day as date)", ":day")
INSERT = InsertSet(
    risk_breaks,
    ["rule_id", "version", "tripped_us"],
    "on conflict (rule_id, version) do nothing",
)


def breaker_due(calendar: WorkingDays) -> Due:
    """A rule version that stops too much drops to alerts and calls its owner."""

    def work(connection: Connection, moment: datetime) -> Sequence[Fired]:
        return judge(connection, moment, calendar)

    return Due(BREAKER, judged_at, work)


def judged_at(connection: Connection, now: datetime) -> datetime | None:
    """Return the next full minute while a stop lies in the window, None where there is none."""
    since_us = judged_to_us(connection)
    window_us = LIMITS.window // timedelta(microseconds=1)
    first_us = FIRST_STOP.rows(connection, since_us=since_us - window_us)[0][0]
    return None if first_us is None else full_minute_after(from_us(max(first_us, since_us)))


def judged_to_us(connection: Connection) -> int:
    return int(read_mark(connection, MARK) or 0)


def full_minute_after(moment: datetime) -> datetime:
    """Return the first full minute after a moment.

    >>> full_minute_after(datetime(2026, 3, 2, 10, 0)).isoformat()
    '2026-03-02T10:01:00'
    """
    return moment.replace(second=0, microsecond=0) + EVERY


def judge(connection: Connection, moment: datetime, calendar: WorkingDays) -> Sequence[Fired]:
    """Ask the breaker about the window that ends now, and let drop what trips."""
    write_mark(connection, MARK, str(to_us(moment)))
    stops = stops_in_window(connection, moment)
    if max(stops.values(), default=0) <= LIMITS.count:
        return ()
    versions = read_register(connection).release(business_date(moment).toordinal()).versions
    counts = {
        key: Counts(judged=judged, stopped=stopped)
        for key, stopped in stops.items()
        if (judged := judged_by(connection, versions, key, moment))
    }
    down = [key for key in tripped(counts) if key not in dropped_versions(connection)]
    if not down:
        return ()
    INSERT.run(connection, [(*key, to_us(moment)) for key in down])
    ordered = sorted(down)  # as the subjects of alerts are locked
    fired = [drop(connection, versions[k.rule_id], counts[k], moment, calendar) for k in ordered]
    touch(connection)
    return fired


def stops_in_window(connection: Connection, moment: datetime) -> dict[VersionKey, int]:
    found = STOPS.rows(connection, since_us=to_us(moment - LIMITS.window), now_us=to_us(moment))
    return {VersionKey(rule_id, version): int(count) for rule_id, version, count in found}


def judged_by(
    connection: Connection,
    versions: Mapping[str, RuleVersion],
    key: VersionKey,
    moment: datetime,
) -> int:
    """Return how many requests of its businesses a version in force saw in the window."""
    version = versions.get(key.rule_id)
    if version is None or version.version != key.version:
        return 0
    since = moment - LIMITS.window
    found: Iterable[tuple[str, int]] = JUDGED.rows(
        connection,
        day=business_date(since).isoformat(),
        since_us=to_us(since),
        now_us=to_us(moment),
    )
    return sum(count for business, count in found if business in version.businesses)


def drop(
    connection: Connection,
    version: RuleVersion,
    counts: Counts,
    moment: datetime,
    calendar: WorkingDays,
) -> Fired:
    """Say that a version only alerts from now on: in the log, and to its owner."""
    subject = f"{version.rule_id}-{version.version}"
    text = (
        f"规则「{version.title}」第 {version.version} 版十分钟内拦截 {counts.stopped} 笔，"
        f"共判断 {counts.judged} 笔，已自动降为仅预警，请规则负责人核查。"
    )
    text_en = (
        f"Version {version.version} of {version.title_en!r} stopped {counts.stopped} of"
        f" {counts.judged} within ten minutes; it only alerts from now on."
    )
    write_entry(
        connection,
        at=moment,
        actor=CLOCK,
        action="drop_to_alerts",
        subject_kind="rule_version",
        subject_id=subject,
        before={"mode": version.mode.value},
        after={"mode": "alert_only", "stopped": counts.stopped, "judged": counts.judged},
        why=both(text, text_en),
    )
    said = Said(call(version, counts, text, text_en), "", None, to_us(moment))
    raise_alerts(connection, [said], calendar)
    return Fired(moment, BREAKER, subject, text, text_en)


def call(version: RuleVersion, counts: Counts, text: str, text_en: str) -> Hit:
    """Return what is said to the owner; it is about the rule itself, as an error is."""
    return Hit(
        rule_id=version.rule_id,
        version=version.version,
        title="规则熔断",
        title_en="Rule dropped to alerts",
        outcome=Outcome.ERROR,
        clause="breaker",
        band=None,
        severity=Severity.HIGH,
        decision=Verdict.ALERT,
        scope=ScopeKind.POINT,
        scope_value="",
        observed=counts.stopped,
        threshold=LIMITS.count,
        baseline=None,
        unit=None,
        reason=text,
        reason_en=text_en,
        lane=Lane.INLINE,
    )
