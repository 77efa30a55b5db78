"""线路 Which terminals a trainer has cut off, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import Statement

UP = "up"

ALL = Statement("select terminal_id, line, cut_by, since_us from cut_lines order by terminal_id")
CUT = Statement(
    "insert into cut_lines (terminal_id, line, cut_by, since_us)"
    " values (:terminal_id, :line, :cut_by, :since_us)"
    " on conflict (terminal_id) do update set line = excluded.line, cut_by = excluded.cut_by,"
    " since_us = excluded.since_us"
)
MEND = Statement("delete from cut_lines where terminal_id = :terminal_id")
KNOWN = Statement("select terminal_id from terminals where terminal_id = :terminal_id")


@dataclass(frozen=True, slots=True)
class CutLine:
    """A terminal that loses its answers, or hears nothing at all."""

    terminal_id: str
    line: str
    cut_by: str
    since: datetime


def cut_lines_now(connection: Connection) -> Sequence[CutLine]:
    """Return all lines that are cut."""
    return [
        CutLine(terminal_id, line, by, from_us(since_us))
        for terminal_id, line, by, since_us in ALL.rows(connection)
    ]


def set_line(
    connection: Connection, *, terminal_id: str, line: str, by: str, at: datetime
) -> Sequence[CutLine]:
    """Cut or mend a line; return all that are cut then. LookupError for an unknown terminal."""
    if not KNOWN.rows(connection, terminal_id=terminal_id):
        raise LookupError(terminal_id)
    if line == UP:
        MEND.run(connection, terminal_id=terminal_id)
    else:
        CUT.run(connection, terminal_id=terminal_id, line=line, cut_by=by, since_us=to_us(at))
    return cut_lines_now(connection)
