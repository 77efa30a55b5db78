"""Which versions are in force: those that are shipped, and those that two people approved.

A new version changes numbers and conditions of the one it follows; template, unit and subject of a
clause belong to the rule. It is read by the same reader as the shipped rulebook, so whatever that
refuses is refused here, before anything is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date
from risk.approvals import Approval, Effects, StaleApproval, propose
from risk.audit_log import write_entry
from risk.live.makers import MAKERS
from risk.overrides import name_of, overridden
from risk.pages import RulebookError
from risk.patrol_facts import PointDay, patrol_facts
from risk.rule_rows import read_canonical, read_rule
from risk.rulebook import RuleSet, shipped
from risk.rules import RuleVersion
from risk.store.approval_rows import lock_subject
from risk.store.register import touch
from risk.store.version_rows import (
    LIVE,
    PENDING,
    REJECTED,
    VersionRow,
    all_versions,
    decide_version,
    insert_version,
)
from risk.vocabulary import Lane, Mode
from risk.windows import WindowStore

KIND, ACTIVATE = "rule_version", "activate"
PROPOSED = "proposed version"
"""What a mistake in a proposal is told of, where a shipped rule names its file."""


CLAUSE = re.compile(r"^clause\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a new version changes; ``params`` by clause, in the words of the rulebook."""

    rule_id: str
    params: Mapping[str, Any]
    mode: Mode
    effective_from: date
    note: str


@cache
def as_shipped() -> RuleSet:
    """Return the rulebook that comes with the program, read once."""
    return shipped()


def published(rows: list[VersionRow]) -> RuleSet:
    """Return everything that is in force on some day."""
    own = [read_canonical(row.canonical, KIND) for row in rows if row.status == LIVE]
    return RuleSet.of([*as_shipped().versions, *own], PROPOSED)


def propose_version(
    connection: Connection, change: Change, maker: str, at: datetime
) -> tuple[VersionRow, Approval]:
    """Write a version that waits for a second person.

    Raises `LookupError` for an unknown rule and `RulebookError` for one that cannot be used.
    """
    lock_subject(connection, KIND, change.rule_id)
    rows = all_versions(connection)
    rules = published(rows)
    if change.effective_from < business_date(at):
        raise mistake(change.rule_id, "effective_from", "lies in the past")
    made = next_version(rules, change, numbers_of(rules, rows, change.rule_id))
    RuleSet.of([*rules.versions, made], PROPOSED)
    row = VersionRow(
        rule_id=made.rule_id,
        version=made.version,
        canonical=made.canonical,
        checksum=made.checksum,
        mode=made.mode.value,
        status=PENDING,
        effective_from=made.effective_from,
        maker=maker,
        checker=None,
        note=change.note,
    )
    insert_version(connection, row)
    note(connection, row.rule_id, row.version, PENDING, by=maker, at=at, why=change.note)
    approval = propose(
        connection,
        kind=KIND,
        subject_id=f"{made.rule_id}-{made.version}",
        action=ACTIVATE,
        payload={
            "rule_id": made.rule_id,
            "version": made.version,
            "mode": made.mode.value,
            "effective_from": made.effective_from.isoformat(),
            "checksum": made.checksum,
            "params": dict(change.params),
            "note": change.note,
        },
        maker=maker,
        at=at,
    )
    return row, approval


def next_version(rules: RuleSet, change: Change, taken: list[int]) -> RuleVersion:
    """Return the version that follows the one in force on its first day, with the changes."""
    base = rules.on(change.effective_from).versions.get(change.rule_id)
    if base is None:
        raise LookupError(change.rule_id)
    fields = overridden(json.loads(base.canonical), change.params, file=PROPOSED)
    fields |= {
        "version": max(taken) + 1,
        "mode": change.mode.value,
        "effective_from": change.effective_from.isoformat(),
    }
    try:
        made = read_rule(fields, PROPOSED)
        check_facts(made)
    except RulebookError as wrong:
        names = [name_of(clause) for clause in fields["clause"]]
        raise mistake(change.rule_id, named(wrong.field, names), wrong.message) from None
    return made


def named(field: str, names: list[str]) -> str:
    """Return the path of a field as a proposal writes it: a clause by its name.

    >>> named("clause[2].band[1].to", ["day", "week"])
    'week.band[1].to'
    """
    return CLAUSE.sub(lambda found: names[int(found[1]) - 1], field)


def numbers_of(rules: RuleSet, rows: list[VersionRow], rule_id: str) -> list[int]:
    """Return the numbers that versions of a rule had, the rejected ones too."""
    used = [one.version for one in rules.versions if one.rule_id == rule_id]
    return used + [row.version for row in rows if row.rule_id == rule_id] or [0]


@cache
def facts_of_the_patrol() -> frozenset[str]:
    """Return the facts that exist about a point on the evening of a day."""
    nobody = PointDay(point="", today=date(2026, 3, 2).toordinal(), as_of_us=0)
    return frozenset(patrol_facts(nobody, WindowStore()))


def facts_in(lane: Lane) -> AbstractSet[str]:
    """Return the facts that somebody makes in a lane."""
    return facts_of_the_patrol() if lane is Lane.BATCH else MAKERS.keys()


def check_facts(version: RuleVersion) -> None:
    """Refuse a fact that nobody makes in this lane: the rule would answer with errors only."""
    known = facts_in(version.lane)
    for number, clause in enumerate(version.clauses, start=1):
        for name in sorted((clause.needs | clause.tells) - known):
            field = f"clause[{number}]"
            raise mistake(version.rule_id, field, f"{name} is not known in this lane")


def mistake(rule_id: str, field: str, message: str) -> RulebookError:
    return RulebookError(PROPOSED, f"rule {rule_id}", field, message)


def activate(connection: Connection, approval: Approval) -> None:
    """Let an approved version count from its first day, or from now where that is later."""
    assert approval.decided_at is not None
    rule_id, number = approval.payload["rule_id"], approval.payload["version"]
    lock_subject(connection, KIND, rule_id)
    first_day = date.fromisoformat(approval.payload["effective_from"])
    today = business_date(approval.decided_at)
    for row in all_versions(connection):
        if row.rule_id == rule_id and row.status == LIVE:
            refuse_if_overtaken(row, first_day, today)
    write(connection, rule_id, number, status=LIVE, checker=approval.checker)
    touch(connection)
    note_decided(connection, approval, LIVE)


def refuse_if_overtaken(other: VersionRow, first_day: date, today: date) -> None:
    """A version with the same first day, or a later one that came into force, has won."""
    if other.effective_from == first_day or first_day < other.effective_from <= today:
        raise StaleApproval(
            f"第 {other.version} 版已取代 · Version {other.version} has taken its place"
        )


def reject(connection: Connection, approval: Approval) -> None:
    payload = approval.payload
    write(connection, payload["rule_id"], payload["version"], status=REJECTED, checker=None)
    note_decided(connection, approval, REJECTED)


def note_decided(connection: Connection, approval: Approval, status: str) -> None:
    assert approval.decided_at is not None
    payload, by = approval.payload, approval.checker or approval.maker
    note(
        connection, payload["rule_id"], payload["version"], status,
        by=by, at=approval.decided_at, why=approval.note,
    )  # fmt: skip


def note(
    connection: Connection,
    rule_id: str,
    number: int,
    status: str,
    *,
    by: str,
    at: datetime,
    why: str,
) -> None:
    """Write into the audit log what became of a version."""
    write_entry(
        connection,
        at=at,
        actor=by,
        action=NOTED[status],
        subject_kind=KIND,
        subject_id=f"{rule_id}-{number}",
        before=None if status == PENDING else {"status": PENDING},
        after={"status": status},
        why=why,
    )


NOTED: dict[str, str] = {PENDING: "draft", LIVE: "activate", REJECTED: "turn_down"}


def write(
    connection: Connection, rule_id: str, number: int, *, status: str, checker: str | None
) -> None:
    done = decide_version(connection, rule_id, number, status=status, checker=checker)
    assert done, "a pending approval has a pending version"


EFFECTS = {(KIND, ACTIVATE): Effects(activate, reject)}
