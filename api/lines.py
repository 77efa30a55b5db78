"""线路 Lines that a trainer cut: what a terminal's request meets on its way to the bank and back.

Every process knows the cut lines and follows the others. A request that cannot arrive, and an
answer that cannot return, look the same to the terminal: nothing comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from api.desk import Desk
from pos_sim.domain.calendar import in_local_time
from pos_sim.store.lines import UP, CutLine, cut_lines_now, set_line
from risk.audit_log import write_entry


async def follow_the_lines(desk: Desk) -> None:
    """Take over which lines are cut, from whatever process."""
    before = dict(desk.cut_lines)
    lines = await desk.sandbox.database.read(cut_lines_now)
    # Somebody in this process may have switched one while we read.
    if desk.cut_lines == before:
        take(desk, lines)


async def switch(desk: Desk, *, terminal_id: str, line: str, by: str) -> Sequence[CutLine]:
    """Cut or mend a line; every process knows it when this returns."""
    work = partial(
        switch_in, terminal_id=terminal_id, line=line, by=by, at=desk.sandbox.clock.now()
    )
    lines = await desk.sandbox.database.run(work)
    take(desk, lines)
    if not desk.sandbox.database.is_sqlite:
        await asyncio.sleep(2 * desk.settings.follow_every_s)
    return lines


def switch_in(
    connection: Connection, terminal_id: str, line: str, by: str, at: datetime
) -> Sequence[CutLine]:
    """The same within a transaction, and in the audit log."""
    before = {one.terminal_id: one.line for one in cut_lines_now(connection)}
    lines = set_line(connection, terminal_id=terminal_id, line=line, by=by, at=at)
    if line != before.get(terminal_id, UP):
        write_entry(
            connection,
            at=at,
            actor=by,
            action="line",
            subject_kind="terminal",
            subject_id=terminal_id,
            before={"line": before.get(terminal_id, UP)},
            after={"line": line},
        )
    return lines


def take(desk: Desk, lines: Sequence[CutLine]) -> None:
    """Let requests of this process meet these lines."""
    found = {one.terminal_id: one.line for one in lines}
    if found != desk.cut_lines:
        desk.cut_lines.clear()
        desk.cut_lines.update(found)


def line_shown(line: CutLine) -> Mapping[str, str]:
    return {
        "terminal_id": line.terminal_id,
        "line": line.line,
        "cut_by": line.cut_by,
        "since": in_local_time(line.since),
    }
