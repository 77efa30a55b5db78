"""Entries of lists end: at their time, or after a day when nobody confirmed what one hand wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import Statement
from pos_sim.store.world import read_mark, write_mark
from risk.approvals import lapse
from risk.audit_log import CLOCK, write_entry
from risk.both import both
from risk.due import Due, Fired
from risk.listing import KIND

LIST_END, MARK = "list_entry_end", "lists_ended_us"

NEXT = Statement("select min(until_us) from risk_list_entries where until_us > :ended_us")
ENDED = Statement(
    "select e.entry_id, e.name, e.value, a.approval_id, a.decision from risk_list_entries e"
    f" left join approvals a on a.subject_kind = '{KIND}' and a.subject_id = e.entry_id"
    " where e.until_us > :ended_us and e.until_us <= :now_us order by e.until_us, e.entry_id"
)
ENDS = ("名单到期", "The list entry has ended")
LAPSED = ("未在24小时内复核，已失效", "Not confirmed within a day, it has lapsed")


def list_end_due() -> Due:
    """Entries of lists end."""
    return Due(LIST_END, next_end, end_entries)


def ended_us(connection: Connection) -> int:
    return int(read_mark(connection, MARK) or 0)


def next_end(connection: Connection, now: datetime) -> datetime | None:
    us = NEXT.rows(connection, ended_us=ended_us(connection))[0][0]
    return None if us is None else from_us(us)


def end_entries(connection: Connection, moment: datetime) -> Sequence[Fired]:
    """Say of every entry that it has ended; what still waits for a second person lapses."""
    found = ENDED.rows(connection, ended_us=ended_us(connection), now_us=to_us(moment))
    write_mark(connection, MARK, str(to_us(moment)))
    # One that a second person refused was ended by that person.
    return [end(connection, moment, row) for row in found if row[4] != "reject"]


def end(connection: Connection, moment: datetime, row: Any) -> Fired:
    entry_id, name, value, approval_id, decision = row
    waits = approval_id is not None and decision is None
    if waits:
        lapse(connection, approval_id, moment, LAPSED[0])
    text, text_en = LAPSED if waits else ENDS
    write_entry(
        connection,
        at=moment,
        actor=CLOCK,
        action="lapse" if waits else "expire",
        subject_kind=KIND,
        subject_id=entry_id,
        before={"list": name, "value": value},
        why=both(text, text_en),
    )
    return Fired(moment, LIST_END, entry_id, f"{name}：{text}", f"{name}: {text_en}")
