"""The trail of a case: who did what with it, line by line, and nothing is changed afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from risk.store.case_tables import case_history

HISTORY = (
    "case_id", "number", "at_us", "actor", "what", "action", "source", "to_state", "note",
    "approval_id",
)  # fmt: skip
INSERT_HISTORY = InsertSet(case_history, HISTORY)
LAST_NUMBERS = Statement(
    "select case_id, max(number) from case_history where case_id {in:case_ids text}"
    " group by case_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a case's trail."""

    case_id: str
    number: int = 0
    at: datetime
    actor: str
    what: str
    action: str
    source: str
    to_state: str
    note: str
    approval_id: str | None = None


def add_history(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write lines of trails, in order; the cases are locked or new."""
    last: dict[str, int] = defaultdict(int)
    last.update(LAST_NUMBERS.rows(connection, case_ids={entry.case_id for entry in entries}))
    rows: list[tuple[Any, ...]] = []
    for entry in entries:
        last[entry.case_id] += 1
        rows.append(
            (
                entry.case_id,
                last[entry.case_id],
                to_us(entry.at),
                entry.actor,
                entry.what,
                entry.action,
                entry.source,
                entry.to_state,
                entry.note,
                entry.approval_id,
            )
        )
    INSERT_HISTORY.run(connection, rows)


def history_of(connection: Connection, case_ids: Collection[str]) -> dict[str, list[Entry]]:
    """Return the trail of each case, in order."""
    query = (
        select(*(case_history.c[name] for name in HISTORY))
        .where(case_history.c.case_id.in_(case_ids))
        .order_by(case_history.c.case_id, case_history.c.number)
    )
    found: dict[str, list[Entry]] = defaultdict(list)
    for (
        case_id,
        number,
        at_us,
        actor,
        what,
        action,
        source,
        to,
        note,
        approval,
    ) in connection.execute(query):
        found[case_id].append(
            Entry(
                case_id=case_id,
                number=number,
                at=from_us(at_us),
                actor=actor,
                what=what,
                action=action,
                source=source,
                to_state=to,
                note=note,
                approval_id=approval,
            )
        )
    return found
