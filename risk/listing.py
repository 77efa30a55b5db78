"""Lists: who is blocked, who is let pass; every entry ends, and nobody lets pass alone.

A block-list entry counts at once and lapses after a day unless a second person confirms it. An
allow-list entry counts once a second person agreed: 业务控制 then does not bind a request that
names what stands there. It passes no freeze, no limit of the policy and no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection

from pos_sim.domain.calendar import in_local_time
from pos_sim.store.rows import from_us, to_us
from risk.approvals import Approval, Effects, StaleApproval, propose
from risk.audit_log import write_entry
from risk.mistakes import AlreadyThere, Mistaken
from risk.store import list_rows
from risk.store.list_rows import Entry, NamedList
from risk.store.register import touch

KIND, ADD, CONFIRM = "list_entry", "add", "confirm"
ONE_HAND = timedelta(hours=24)
LONGEST = timedelta(days=3_660)

LISTS: tuple[NamedList, ...] = (
    NamedList("blocked-cards", "card", "block", "止付卡名单"),
    NamedList("blocked-payees", "payee", "block", "涉案收款账户名单"),
    NamedList("blocked-operators", "operator", "block", "停用负责人名单"),
    NamedList("blocked-terminals", "terminal", "block", "停用终端名单"),
    NamedList("allowed-cards", "card", "allow", "银行卡白名单"),
    NamedList("allowed-payees", "payee", "allow", "收款账户白名单"),
    NamedList("allowed-operators", "operator", "allow", "负责人白名单"),
    NamedList("allowed-terminals", "terminal", "allow", "终端白名单"),
)
"""The lists of every world; one is written down with its first entry."""

VALUES: dict[str, str] = {
    "card": "card_id",
    "payee": "account_no",
    "operator": "operator_id",
    "terminal": "terminal_id",
}
"""What stands in a list of each kind; never a card number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whom somebody wants on a list."""

    value: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The entry as it is now, and the approval that it waits for; ``counts``: it is written."""

    entry: Entry
    approval_id: str | None
    counts: bool = True


def all_lists(connection: Connection) -> list[NamedList]:
    """Return every list, those first that every world has."""
    known = {one.name for one in LISTS}
    return [*LISTS, *(one for one in list_rows.lists_in(connection) if one.name not in known)]


def find_list(connection: Connection, name: str) -> NamedList:
    """Return the list of this name; `LookupError` where there is none."""
    for one in all_lists(connection):
        if one.name == name:
            return one
    raise LookupError(name)


def add_entry(connection: Connection, name: str, wish: Wish, by: str, at: datetime) -> Listed:
    """Put somebody on a list, as far as one person can.

    Raises `LookupError` for an unknown list, `Mistaken`, and `AlreadyThere`.
    """
    target = find_list(connection, name)
    check(connection, target, wish, at)
    list_rows.write_list(connection, target)
    entry = Entry(
        entry_id=f"LE-{uuid4().hex[:20]}",
        name=name,
        value=wish.value,
        since=at,
        until=wish.until,
        reason=wish.reason,
        maker=by,
    )
    if target.effect == "allow":
        return Listed(entry, ask(connection, ADD, target, entry, at), counts=False)
    counts_until = min(wish.until, at + ONE_HAND)
    list_rows.write_entry(connection, replace(entry, until=counts_until))
    touch(connection)
    note(connection, "add", entry, counts_until, by=by, at=at, why=wish.reason)
    is_short = counts_until == wish.until
    approval_id = None if is_short else ask(connection, CONFIRM, target, entry, at)
    return Listed(replace(entry, until=counts_until), approval_id)


def ask(connection: Connection, action: str, target: NamedList, entry: Entry, at: datetime) -> str:
    """Propose what a second person must agree to; return the approval."""
    payload = {
        "list": target.name,
        "kind": target.kind,
        "value": entry.value,
        "until_us": to_us(entry.until),
        "note": entry.reason,
    }
    made = propose(
        connection,
        kind=KIND,
        subject_id=entry.entry_id,
        action=action,
        payload=payload,
        maker=entry.maker,
        at=at,
    )
    return made.approval_id


def check(connection: Connection, target: NamedList, wish: Wish, at: datetime) -> None:
    """Refuse an end that cannot be, a value that nobody has, and what is listed longer already."""
    if not at < wish.until <= at + LONGEST:
        raise Mistaken("until", "须在十年之内的将来 · Must lie ahead, within ten years")
    if not EXISTS[target.kind](connection, wish.value):
        what = VALUES[target.kind]
        raise Mistaken("value", f"没有这个 {what} · There is no such {what}")
    if stands_there(connection, target.name, wish.value, wish.until, at):
        raise AlreadyThere(wish.value)


def stands_there(
    connection: Connection, name: str, value: str, until: datetime, at: datetime
) -> bool:
    """Say whether a value is listed as long already, or was put there in this very moment."""
    in_force = list_rows.entries_about(connection, name, value, at)
    return any(entry.until >= until or entry.since == at for entry in in_force)


EXISTS: dict[str, Callable[[Connection, str], bool]] = {
    "card": list_rows.is_card,
    "payee": list_rows.is_account,
    "operator": list_rows.is_operator,
    "terminal": list_rows.is_terminal,
}


def add_approved(connection: Connection, approval: Approval) -> None:
    """Let an allow-list entry count from now on."""
    assert approval.decided_at is not None
    until = from_us(approval.payload["until_us"])
    if until <= approval.decided_at:
        raise StaleApproval("名单期限已过 · Its time is over already")
    name, value = approval.payload["list"], approval.payload["value"]
    if stands_there(connection, name, value, until, approval.decided_at):
        raise StaleApproval("已在名单上，期限不短于此 · Stands there as long already")
    entry = Entry(
        entry_id=approval.subject_id,
        name=name,
        value=value,
        since=approval.decided_at,
        until=until,
        reason=approval.payload["note"],
        maker=approval.maker,
        checker=approval.checker,
    )
    list_rows.write_entry(connection, entry)
    touch(connection)
    note_decided(connection, "add", entry, until, approval)


def confirm_approved(connection: Connection, approval: Approval) -> None:
    """Let a block-list entry count to its proper end; one that lapsed has to be made anew."""
    assert approval.decided_at is not None
    entry = list_rows.entry_of(connection, approval.subject_id)
    if entry is None or entry.until <= approval.decided_at:
        raise StaleApproval("未在24小时内确认，已失效 · It lapsed: not confirmed within a day")
    until = from_us(approval.payload["until_us"])
    list_rows.change_entry(connection, entry.entry_id, until=until, checker=approval.checker)
    touch(connection)
    note_decided(connection, "confirm", entry, until, approval)


def confirm_rejected(connection: Connection, approval: Approval) -> None:
    """End a block-list entry now, where it has not ended by itself."""
    assert approval.decided_at is not None
    entry = list_rows.entry_of(connection, approval.subject_id)
    if entry is not None and entry.until > approval.decided_at:
        soonest = max(approval.decided_at, entry.since + timedelta(microseconds=1))
        list_rows.change_entry(connection, entry.entry_id, until=soonest, checker=None)
        touch(connection)
        note_decided(connection, "end", entry, soonest, approval)


def note_decided(
    connection: Connection, action: str, entry: Entry, until: datetime, approval: Approval
) -> None:
    assert approval.decided_at is not None
    by, at = approval.checker or approval.maker, approval.decided_at
    note(connection, action, entry, until, by=by, at=at, why=approval.note)


def note(
    connection: Connection,
    action: str,
    entry: Entry,
    until: datetime,
    *,
    by: str,
    at: datetime,
    why: str,
) -> None:
    """Write into the audit log; what was there before is what the entry said until now."""
    before = None if action == "add" else {"until": in_local_time(entry.until)}
    write_entry(
        connection,
        at=at,
        actor=by,
        action=action,
        subject_kind=KIND,
        subject_id=entry.entry_id,
        before=before,
        after={"list": entry.name, "value": entry.value, "until": in_local_time(until)},
        why=why,
    )


EFFECTS = {
    (KIND, ADD): Effects(add_approved),
    (KIND, CONFIRM): Effects(confirm_approved, confirm_rejected),
}
