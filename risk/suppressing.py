"""Silencing a rule about one subject for a time: up to a day by one person, longer by two.

The open alert about the subject goes to rest with it, and is new again when the time is over. Hits
go on being found and counted; only what they do is suppressed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select, tuple_

from pos_sim.domain.calendar import in_local_time
from pos_sim.store.queries import Page
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.world import read_mark, write_mark
from risk.alerts import Action, AlertKey, act
from risk.approvals import Approval, Effects, StaleApproval, propose
from risk.audit_log import CLOCK, write_entry
from risk.bank_calendar import BankCalendar
from risk.both import both
from risk.deadlines import due_at
from risk.due import Due, Fired
from risk.mistakes import Mistaken
from risk.releases import published
from risk.store.register import touch
from risk.store.rule_tables import risk_suppressions
from risk.store.save_hits import latest_alerts
from risk.store.version_rows import all_versions
from risk.suppressions import NEVER_SUPPRESSED, ONE_HAND
from risk.vocabulary import ScopeKind
from risk.working_alerts import latest_about, save

KIND, CREATE = "suppression", "create"
END, MARK = "suppression_end", "suppressions_ended_us"
LONGEST = timedelta(days=366)

COLUMNS = (
    "suppression_id", "rule_id", "scope_kind", "scope_value", "from_us", "until_us", "reason",
    "maker", "checker",
)  # fmt: skip
ROW = tuple(risk_suppressions.c[name] for name in COLUMNS)
PLACE = (risk_suppressions.c.from_us, risk_suppressions.c.suppression_id)
INSERT = InsertSet(risk_suppressions, COLUMNS)
IN_FORCE = (
    "select 1 from risk_suppressions s where s.rule_id = a.rule_id and s.scope_kind = a.scope_kind"
    " and s.scope_value = a.scope_value and s.from_us <= :now_us and s.until_us > :now_us"
)
RESTED = Statement(
    "select rule_id, scope_kind, scope_value from risk_alerts a where state = 'suppressed'"
    f" and not exists ({IN_FORCE}) order by alert_id"
)
NEXT_END = Statement("select min(until_us) from risk_suppressions where until_us > :ended_us")
ENDED = Statement(
    "select suppression_id, rule_id, scope_value from risk_suppressions"
    " where until_us > :ended_us and until_us <= :now_us order by until_us, suppression_id"
)
STILL = Statement(
    "select 1 from risk_suppressions where rule_id = :rule_id and scope_kind = :scope_kind"
    " and scope_value = :scope_value and from_us <= :now_us and until_us > :now_us"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants silenced."""

    rule_id: str
    scope: ScopeKind
    value: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """What is silenced, or would be once a second person agrees; ``since`` None: not yet."""

    suppression_id: str
    wish: Wish
    maker: str
    since: datetime | None = None
    checker: str | None = None
    approval_id: str | None = None


def suppress(connection: Connection, wish: Wish, by: str, at: datetime) -> Suppressed:
    """Silence a rule about a subject, or propose it where it is for longer than a day.

    Raises `Mistaken` for what cannot be silenced.
    """
    check(connection, wish, at)
    made = Suppressed(suppression_id=f"SU-{uuid4().hex[:20]}", wish=wish, maker=by)
    if wish.until - at <= ONE_HAND:
        return begin(connection, made, at, checker=None)
    approval = propose(
        connection,
        kind=KIND,
        subject_id=made.suppression_id,
        action=CREATE,
        payload={
            "rule_id": wish.rule_id,
            "scope": {"kind": wish.scope.value, "value": wish.value},
            "until_us": to_us(wish.until),
            "note": wish.reason,
        },
        maker=by,
        at=at,
    )
    return replace(made, approval_id=approval.approval_id)


def check(connection: Connection, wish: Wish, at: datetime) -> None:
    if wish.rule_id in NEVER_SUPPRESSED:
        raise Mistaken("rule_id", "名单与终端身份规则不能抑制 · R12 and R24 are never suppressed")
    if all(one.rule_id != wish.rule_id for one in published(all_versions(connection)).versions):
        raise Mistaken("rule_id", "没有这条规则 · No such rule")
    if not at < wish.until <= at + LONGEST:
        raise Mistaken("until", "须在一年之内的将来 · Must lie ahead, within a year")


def list_suppressions(
    connection: Connection, limit: int, after: tuple[int, str] | None, now: datetime
) -> Page[Suppressed]:
    """Return the suppressions that have not ended, the newest first."""
    query = select(*ROW).where(risk_suppressions.c.until_us > to_us(now))
    if after is not None:
        query = query.where(tuple_(*PLACE) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in PLACE)).limit(limit + 1)
    rows = [tuple(row) for row in connection.execute(query)]
    items = [suppressed_of(row) for row in rows[:limit]]
    return Page(items, (rows[limit - 1][4], rows[limit - 1][0]) if len(rows) > limit else None)


def suppressed_of(row: Any) -> Suppressed:
    """Return the suppression of a row of ``COLUMNS``."""
    suppression_id, rule_id, kind, value, since_us, until_us, reason, maker, checker = row
    wish = Wish(
        rule_id=rule_id,
        scope=ScopeKind(kind),
        value=value,
        until=from_us(until_us),
        reason=reason,
    )
    return Suppressed(
        suppression_id=suppression_id,
        wish=wish,
        maker=maker,
        since=from_us(since_us),
        checker=checker,
    )


def begin(
    connection: Connection, made: Suppressed, at: datetime, *, checker: str | None
) -> Suppressed:
    """Write the suppression and lay the open alert about its subject to rest."""
    wish = made.wish
    INSERT.run(
        connection,
        [(
            made.suppression_id, wish.rule_id, wish.scope.value, wish.value, to_us(at),
            to_us(wish.until), wish.reason, made.maker, checker,
        )],
    )  # fmt: skip
    move(connection, AlertKey(wish.rule_id, wish.scope.value, wish.value), Action.SUPPRESS)
    touch(connection)
    write_entry(
        connection,
        at=at,
        actor=checker or made.maker,
        action="suppress",
        subject_kind=KIND,
        subject_id=made.suppression_id,
        after={
            "rule_id": wish.rule_id,
            "scope": {"kind": wish.scope.value, "value": wish.value},
            "until": in_local_time(wish.until),
        },
        why=wish.reason,
    )
    return replace(made, since=at, checker=checker)


def move(connection: Connection, key: AlertKey, action: Action) -> bool:
    """Move the latest alert about a subject, where its state knows the action."""
    kept = latest_about(connection, key)
    after = act(kept.alert, action) if kept else None
    if kept is None or after is None:
        return False
    kept.alert = after
    save(connection, kept)
    return True


def create_approved(connection: Connection, approval: Approval) -> None:
    """Begin what was proposed; it ends when it should have, however late it began."""
    assert approval.decided_at is not None
    payload = approval.payload
    wish = Wish(
        rule_id=payload["rule_id"],
        scope=ScopeKind(payload["scope"]["kind"]),
        value=payload["scope"]["value"],
        until=from_us(payload["until_us"]),
        reason=payload["note"],
    )
    if wish.until <= approval.decided_at:
        raise StaleApproval("抑制期已过 · Its time is over already")
    made = Suppressed(suppression_id=approval.subject_id, wish=wish, maker=approval.maker)
    begin(connection, made, approval.decided_at, checker=approval.checker)


EFFECTS = {(KIND, CREATE): Effects(create_approved)}


def suppression_end_due() -> Due:
    """Suppressions end, and alerts that rested under one are new again."""
    return Due(END, next_end, end_suppressions)


def ended_us(connection: Connection) -> int:
    return int(read_mark(connection, MARK) or 0)


def next_end(connection: Connection, now: datetime) -> datetime | None:
    us = NEXT_END.rows(connection, ended_us=ended_us(connection))[0][0]
    return None if us is None else from_us(us)


def end_suppressions(connection: Connection, moment: datetime) -> Sequence[Fired]:
    """Say of every suppression that it has ended, and wake what nothing silences any more."""
    ended = ENDED.rows(connection, ended_us=ended_us(connection), now_us=to_us(moment))
    write_mark(connection, MARK, str(to_us(moment)))
    woken = wake(connection, rested_keys(connection, moment), moment)
    for suppression_id, rule_id, value in ended:
        write_entry(
            connection,
            at=moment,
            actor=CLOCK,
            action="expire",
            subject_kind=KIND,
            subject_id=suppression_id,
            before={"rule_id": rule_id, "value": value},
            why=both("抑制到期", "The silence has ended"),
        )
    return [
        *(Fired(moment, END, row[0], "抑制到期", "The suppression has ended") for row in ended),
        *(Fired(moment, END, one, "预警恢复", "The alert is new again") for one in woken),
    ]


def rested_keys(connection: Connection, now: datetime) -> list[AlertKey]:
    """Return the subjects of suppressed alerts about which nothing is silenced any more."""
    return [AlertKey(*row) for row in RESTED.rows(connection, now_us=to_us(now))]


def wake(connection: Connection, keys: Collection[AlertKey], now: datetime) -> list[str]:
    """Wake these alerts, but for those that somebody silenced again meanwhile."""
    woken: list[str] = []
    latest = latest_alerts(connection, keys)  # their locks come first, all at once
    for key in keys:
        kept = latest.get(key)
        after = act(kept.alert, Action.LAPSE) if kept else None
        if kept is None or after is None or is_silent(connection, key, now):
            continue
        # Whoever is to look at it has the whole time again.
        kept.alert = replace(after, due_at=due_at(after.severity, now, BankCalendar()))
        save(connection, kept)
        woken.append(kept.alert_id)
    return woken


def is_silent(connection: Connection, key: AlertKey, now: datetime) -> bool:
    """Say whether a suppression about a subject is in force."""
    found = STILL.rows(
        connection,
        rule_id=key.rule_id,
        scope_kind=key.scope,
        scope_value=key.scope_value,
        now_us=to_us(now),
    )
    return bool(found)
