"""One step of one case while it is done: what its effects see and may change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from risk.case_data import Data
from risk.case_opening import Opened, Wish, open_case
from risk.store import case_files
from risk.store.case_alerts import place_of
from risk.store.case_files import Document
from risk.workflow import Actor, Case, CaseKind, Move


@dataclass(slots=True, kw_only=True)
class Work:
    """``case`` is the case as it will be written; effects replace it."""

    connection: Connection
    case: Case
    move: Move
    actor: Actor
    at: datetime
    note: str
    data: Data
    checker: str | None = None
    approval_id: str | None = None

    def place(self) -> str:
        """Return id and name of the point as papers name it."""
        return place_of(self.connection, self.case.service_point_id)

    def change(self, **changes: Any) -> None:
        self.case = replace(self.case, **changes)

    def open(self, kind: CaseKind, reason: str, **more: Any) -> Opened:
        """Open a case that follows from this one at its point."""
        wish = Wish(
            kind=kind,
            service_point_id=self.case.service_point_id,
            reason=reason,
            by=self.actor.name,
            at=self.at,
            severity=self.case.severity,
            parent_id=self.case.case_id,
            **more,
        )
        return open_case(self.connection, wish)

    def file(self, kind: str, title: str, title_en: str, text: str) -> None:
        """File a paper with the case."""
        paper = Document(
            case_id=self.case.case_id, kind=kind, title=title, title_en=title_en,
            made_at=self.at, text=text,
        )  # fmt: skip
        case_files.add_document(self.connection, paper)
