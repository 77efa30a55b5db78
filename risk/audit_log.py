"""The audit log 审计日志: who changed what, when and why, one entry chained to the next.

It holds what staff and deadlines did; transactions have the journal. Entries are written with the
change itself, in one database transaction. Each entry's hash covers the hash before it, and the
head of the chain is kept apart: whatever is changed, removed or put between shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

import orjson
from sqlalchemy import Connection, select

from pos_sim.store.last_words import add_last_word
from pos_sim.store.outbox import STAFF, announce
from pos_sim.store.queries import Page
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from risk.store.staff_tables import audit_log

CLOCK = "clock"
"""The actor of whatever a deadline brought about."""

Facts: TypeAlias = Mapping[str, Any] | None
"""What was or is, as plain JSON values: numbers, texts, lists of them."""

COLUMNS = (
    "seq", "at_us", "actor", "action", "subject_kind", "subject_id", "before", "after", "why",
    "hash",
)  # fmt: skip
ROW = tuple(audit_log.c[name] for name in COLUMNS)
INSERT = InsertSet(audit_log, COLUMNS)
HEAD = Statement("select value from world where name = 'audit_head' {lock:world}")
HEAD_NOW = Statement("select value from world where name = 'audit_head'")
BEGIN = Statement(
    "insert into world (name, value) values ('audit_head', '0') on conflict do nothing"
)
MOVE_HEAD = Statement("update world set value = :value where name = 'audit_head'")
ALL = Statement(f"select {', '.join(COLUMNS)} from audit_log order by seq")


class Said(NamedTuple):
    """An entry that has no place in the chain yet; facts as JSON text."""

    at_us: int
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    before: str | None
    after: str | None
    why: str

    @property
    def moved(self) -> tuple[str, str, str, str]:
        """What those who watch hear: who did what to which subject."""
        return self.subject_kind, self.subject_id, self.action, self.actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the chain."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    before: Facts
    after: Facts
    why: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; None asks nothing."""

    actor: str | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None


class Head(NamedTuple):
    """The last entry: how many there are, and its hash."""

    seq: int = 0
    hash: str = ""

    @classmethod
    def of(cls, value: str) -> Head:
        seq, _, last = value.partition(" ")
        return cls(int(seq), last)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}".rstrip()


def write_entry(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    subject_id: str,
    before: Facts = None,
    after: Facts = None,
    why: str = "",
) -> None:
    """Write an entry with this transaction; it joins the chain just before the commit.

    ``actor`` is a key's name, or ``"clock"``. Neither PIN nor card number belongs in here.
    """
    said = Said(
        to_us(at), actor, action, subject_kind, subject_id, as_json(before), as_json(after), why
    )
    add_last_word(connection, Unchained, said)


@dataclass(slots=True)
class Unchained:
    """The entries of one transaction, in the order in which they were written."""

    entries: list[Said] = field(default_factory=list)

    def add(self, item: Said) -> None:
        self.entries.append(item)

    def say(self, connection: Connection) -> None:
        """Chain them behind the last entry there is, which nobody else can do meanwhile."""
        head = locked_head(connection)
        rows: list[tuple[Any, ...]] = []
        for said in self.entries:
            head = Head(head.seq + 1, hash_of(head, said))
            rows.append((head.seq, *said, head.hash))
        INSERT.run(connection, rows)
        MOVE_HEAD.run(connection, value=str(head))
        announce(connection, STAFF, [said.moved for said in self.entries])


def locked_head(connection: Connection) -> Head:
    """Return the last entry, locked until the transaction ends."""
    found = HEAD.rows(connection)
    if not found:
        BEGIN.run(connection)
        found = HEAD.rows(connection)
    return Head.of(found[0][0])


def hash_of(before: Head, said: Said) -> str:
    """Return the hash of the entry that follows ``before`` (64 hex digits)."""
    return sha256(orjson.dumps([before.hash, before.seq + 1, *said])).hexdigest()


def as_json(facts: Facts) -> str | None:
    return None if facts is None else orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()


# Reading -------------------------------------------------------------------------------------


def list_entries(
    connection: Connection, wanted: Wanted, limit: int, before_seq: int | None
) -> Page[Entry]:
    """Return entries, the newest first; those before ``before_seq``, None for the newest."""
    asked = {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}
    query = select(*ROW).where(
        *(audit_log.c[name] == value for name, value in asked.items() if value is not None)
    )
    if before_seq is not None:
        query = query.where(audit_log.c.seq < before_seq)
    query = query.order_by(audit_log.c.seq.desc()).limit(limit + 1)
    items = [entry_of(row) for row in connection.execute(query)]
    if len(items) <= limit:
        return Page(items, None)
    last = items[limit - 1]
    return Page(items[:limit], (last.seq, last.hash))


def entry_of(row: Any) -> Entry:
    """Return the entry of a row of ``COLUMNS``."""
    seq, at_us, actor, action, kind, subject_id, before, after, why, last = row
    return Entry(
        seq=seq,
        at=from_us(at_us),
        actor=actor,
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        before=None if before is None else orjson.loads(before),
        after=None if after is None else orjson.loads(after),
        why=why,
        hash=last,
    )


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not fit, and how."""

    seq: int
    text: str


def verify_chain(connection: Connection) -> tuple[Head, Broken | None]:
    """Return how far the chain holds, and the first entry that breaks it."""
    found = HEAD_NOW.rows(connection)
    expected = Head.of(found[0][0]) if found else Head()
    return first_break(ALL.rows(connection), expected)


def first_break(rows: Iterable[Any], expected: Head) -> tuple[Head, Broken | None]:
    """Walk rows of ``COLUMNS`` in order, up to where the chain should end."""
    head = Head()
    for seq, *said, last in rows:
        if wrong := mismatch(head, seq, Said(*said), last):
            return head, Broken(head.seq + 1, wrong)
        head = Head(seq, last)
        if head.seq > expected.seq:
            return head, Broken(seq, "后面多出一笔 · stands behind the end of the chain")
    if head != expected:
        return head, Broken(head.seq + 1, "缺失 · is missing at the end of the chain")
    return head, None


def mismatch(head: Head, seq: int, said: Said, last: str) -> str:
    """Say how an entry does not follow the one before, empty where it does."""
    if seq != head.seq + 1:
        return "缺失 · is missing"
    if last != hash_of(head, said):
        return "内容与校验值不符 · does not have the content that was written"
    return ""
