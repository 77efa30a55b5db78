"""闲置走访 from R21: whoever stands idle for ninety days, or was never used, is visited.

The patrol notes it and asks nobody; the clock reads its notes and opens the visits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from pos_sim.store.rows import from_us
from pos_sim.store.sql import Statement
from risk.both import both
from risk.case_opening import Wish, open_case
from risk.due import Due, Fired
from risk.vocabulary import Severity
from risk.workflow import CLOCK, CaseKind

MARK = Statement("select value from world where name = 'idle_notes_to_us'")
SET_MARK = Statement(
    "insert into world (name, value) values ('idle_notes_to_us', :value)"
    " on conflict (name) do update set value = excluded.value"
)
NEXT = Statement("select min(at_us) from risk_hits where rule_id = 'R21' and at_us > :mark_us")
NOTES = Statement(
    "select h.scope_value, h.severity, h.explanation, h.explanation_en, h.at_us from risk_hits h"
    " join service_points p on p.service_point_id = h.scope_value"
    " where h.rule_id = 'R21' and h.at_us > :mark_us and h.outcome = 'hit'"
    " and p.status <> 'exited' order by h.scope_value, h.at_us"
)
LAST = Statement("select max(at_us) from risk_hits where rule_id = 'R21' and at_us > :mark_us")

VISITED = frozenset({Severity.MEDIUM, Severity.HIGH})
"""A note of low severity is kept and nobody goes."""


class Note(NamedTuple):
    """What the patrol wrote about an idle point."""

    point: str
    severity: str
    text: str
    text_en: str
    at_us: int


def next_note(connection: Connection, _now: datetime) -> datetime | None:
    """Return when the patrol noted an idle point that nobody has read of yet."""
    found = NEXT.rows(connection, mark_us=mark_us(connection))[0][0]
    return None if found is None else from_us(found)


def plan_visits(connection: Connection, now: datetime) -> Sequence[Fired]:
    """Read the new notes and open the visits that they ask for."""
    mark = mark_us(connection)
    notes = {note.point: note for note in map(Note._make, NOTES.rows(connection, mark_us=mark))
             if Severity(note.severity) in VISITED}  # fmt: skip
    last = LAST.rows(connection, mark_us=mark)[0][0]
    if last is not None:
        SET_MARK.run(connection, value=str(last))
    opened = [open_visit(connection, note, now) for _, note in sorted(notes.items())]
    return [one for one in opened if one is not None]


def open_visit(connection: Connection, note: Note, now: datetime) -> Fired | None:
    """Open the visit of a point; one that is planned already is raised."""
    wish = Wish(
        kind=CaseKind.IDLE_VISIT,
        service_point_id=note.point,
        reason=both(note.text, note.text_en),
        by=CLOCK.name,
        at=now,
        severity=Severity(note.severity),
    )
    opened = open_case(connection, wish)
    if not opened.is_new:
        return None
    text_en = f"A visit to {note.point} is planned"
    return Fired(now, "idle_visit", opened.case.case_id, f"{note.point} 安排走访", text_en)


def mark_us(connection: Connection) -> int:
    """Return up to when the notes have been read."""
    found = MARK.rows(connection)
    return int(found[0][0]) if found else 0


DUE_KINDS = (Due("idle_visit", next_note, plan_visits),)
