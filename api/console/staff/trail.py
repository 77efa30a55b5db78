"""What was done about a subject, line by line, out of the audit log and its approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from api.console.texts import catalogue
from risk.approvals import Approval, Choice, approvals_about
from risk.audit_log import Entry, Wanted, list_entries

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a trail; ``text`` names the text that says what was done."""

    at: datetime
    who: str
    text: str
    values: dict[str, Any]
    note: str = ""
    look: str = ""


def trail_of(connection: Connection, kind: str, subject_id: str) -> list[Line]:
    """Return what was done about a subject, the earliest first."""
    wanted = Wanted(subject_kind=kind, subject_id=subject_id)
    entries = list_entries(connection, wanted, MOST, None).items
    lines = [
        Line(
            at=entry.at,
            who=entry.actor,
            text=text_of(kind, entry),
            values={"to": (entry.after or {}).get("assignee") or "", "action": entry.action},
            note=entry.why,
            look="done",
        )
        for entry in reversed(entries)
    ]
    lines += proposals(approvals_about(connection, kind, subject_id))
    return sorted(lines, key=lambda line: line.at)


def text_of(kind: str, entry: Entry) -> str:
    """Return the name of the text that says what was done."""
    after, action = entry.after or {}, entry.action
    if "stage" in after:
        action = "stage"  # the clock tells those above, and moves nothing
    elif action == "assign" and after.get("assignee") == entry.actor:
        action = "take"
    name = f"{kind}s.done_{action}"
    return name if name in catalogue() else "staff.did"


def proposals(found: Sequence[Approval]) -> list[Line]:
    """Return the lines of what was proposed, and turned down; what was approved tells itself."""
    lines: list[Line] = []
    for one in found:
        note = str(one.payload.get("note", ""))
        lines.append(
            Line(at=one.made_at, who=one.maker, text="approvals.was_proposed", values={},
                 note=note, look="waits")
        )  # fmt: skip
        if one.choice is Choice.REJECT and one.decided_at is not None:
            lines.append(
                Line(at=one.decided_at, who=one.checker or "", text="approvals.was_rejected",
                     values={}, note=one.note, look="no")
            )  # fmt: skip
    return lines
