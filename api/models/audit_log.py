"""The audit log as an auditor reads it."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, Field

from pos_sim.domain.calendar import in_local_time
from risk.audit_log import Entry


class EntryShown(BaseModel):
    """审计记录 One entry: who changed what, when, from what to what, and why."""

    seq: int = Field(description="Place in the chain, from 1 without a gap")
    at: str = Field(description="RFC 3339, +08:00")
    actor: str = Field(description="Name of the key · `clock`: a deadline · `command-line`")
    action: str
    subject_kind: str = Field(examples=["alert"])
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    why: str
    hash: str = Field(description="SHA-256 over this entry and the hash before it")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            seq=entry.seq,
            at=in_local_time(entry.at),
            actor=entry.actor,
            action=entry.action,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            before=dict(entry.before) if entry.before is not None else None,
            after=dict(entry.after) if entry.after is not None else None,
            why=entry.why,
            hash=entry.hash,
        )


class EntryPage(BaseModel):
    """A page of the audit log, the newest first."""

    items: list[EntryShown]
    next_cursor: str | None
