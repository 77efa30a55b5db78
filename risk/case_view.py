"""A case with everything that belongs to it, as somebody who works on it wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from pos_sim.store.queries import Page
from risk import case_papers
from risk.approvals import Approval, pending_approvals
from risk.cases import KIND, available
from risk.store import case_alerts, case_files, case_rows, case_trail
from risk.store.alert_rows import KeptAlert
from risk.store.case_files import Document
from risk.store.case_rows import CaseFilter
from risk.store.case_trail import Entry
from risk.workflow import Case, CaseKind, Move

SHEET = 0
"""The number of the 核查单 that every case has; it is written when it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case."""

    case: Case
    available: list[Move]
    pending: Approval | None
    history: list[Entry]
    documents: list[Document]
    alert_ids: list[str]
    checklist: dict[str, Any] | None


def view(connection: Connection, case_id: str) -> CaseView:
    """Return a case. Raises `LookupError`."""
    case = case_rows.find(connection, case_id)
    if case is None:
        raise LookupError(case_id)
    return views(connection, [case])[0]


def views(connection: Connection, found: Sequence[Case]) -> list[CaseView]:
    """Return cases with what belongs to them, in a fixed number of statements."""
    ids = [case.case_id for case in found]
    pending = pending_approvals(connection, KIND, ids)
    history = case_trail.history_of(connection, ids)
    papers = case_files.documents_of(connection, ids)
    alerts = case_alerts.alert_ids_of(connection, ids)
    lists = case_files.checklists_of(
        connection, [case.case_id for case in found if case.kind is CaseKind.ANNUAL_REVIEW]
    )
    return [
        CaseView(
            case=case,
            available=available(case, approval_id(pending.get(case.case_id))),
            pending=pending.get(case.case_id),
            history=history.get(case.case_id, []),
            documents=papers.get(case.case_id, []),
            alert_ids=alerts.get(case.case_id, []),
            checklist=lists.get(case.case_id),
        )
        for case in found
    ]


def approval_id(approval: Approval | None) -> str | None:
    return approval.approval_id if approval else None


def page_of(
    connection: Connection, wanted: CaseFilter, limit: int, after: tuple[int, str] | None
) -> Page[CaseView]:
    """Return a page of cases, the latest opened first."""
    page = case_rows.list_cases(connection, wanted, limit, after)
    return Page(views(connection, page.items), page.after)


def paper_text(connection: Connection, case_id: str, number: int) -> str:
    """Return a paper as printable text; number 0 is the 核查单 as of now. Raises `LookupError`."""
    found = view(connection, case_id)
    if number == SHEET:
        return sheet(connection, found)
    return next_text(found.documents, number)


def sheet(connection: Connection, found: CaseView) -> str:
    place = case_alerts.place_of(connection, found.case.service_point_id)
    alerts: list[KeptAlert] = case_alerts.alerts_of(connection, found.case.case_id)
    return case_papers.sheet(found.case, place, alerts, found.history)


def next_text(documents: Sequence[Document], number: int) -> str:
    for paper in documents:
        if paper.number == number:
            return paper.text
    raise LookupError(number)
