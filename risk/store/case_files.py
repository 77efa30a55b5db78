"""What is filed with a case: its printed papers, and the checklist that was handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import InsertSet, Statement
from risk.store.case_tables import case_documents

DOCUMENT = ("case_id", "number", "kind", "title", "title_en", "made_us", "text")
INSERT_DOCUMENT = InsertSet(case_documents, DOCUMENT)
LAST_DOCUMENT = Statement("select max(number) from case_documents where case_id = :case_id")
CHECKLIST = Statement("select checklist from cases where case_id = :case_id")
CHECKLISTS = Statement(
    "select case_id, checklist from cases where case_id {in:case_ids text}"
    " and checklist is not null"
)
WRITE_CHECKLIST = Statement("update cases set checklist = :checklist where case_id = :case_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A printed paper of a case; it does not change any more."""

    case_id: str
    number: int = 0
    kind: str
    title: str
    title_en: str
    made_at: datetime
    text: str


def add_document(connection: Connection, made: Document) -> None:
    """File a paper with its case, which is locked or new."""
    number = (LAST_DOCUMENT.rows(connection, case_id=made.case_id)[0][0] or 0) + 1
    INSERT_DOCUMENT.run(
        connection,
        [(made.case_id, number, made.kind, made.title, made.title_en, to_us(made.made_at),
          made.text)],
    )  # fmt: skip


def documents_of(connection: Connection, case_ids: Collection[str]) -> dict[str, list[Document]]:
    """Return the papers of each case, in order."""
    query = (
        select(*(case_documents.c[name] for name in DOCUMENT))
        .where(case_documents.c.case_id.in_(case_ids))
        .order_by(case_documents.c.case_id, case_documents.c.number)
    )
    found: dict[str, list[Document]] = defaultdict(list)
    for case_id, number, kind, title, title_en, made_us, text in connection.execute(query):
        found[case_id].append(
            Document(
                case_id=case_id,
                number=number,
                kind=kind,
                title=title,
                title_en=title_en,
                made_at=from_us(made_us),
                text=text,
            )
        )
    return found


def write_checklist(connection: Connection, case_id: str, checklist: Any) -> None:
    WRITE_CHECKLIST.run(connection, case_id=case_id, checklist=orjson.dumps(checklist).decode())


def read_checklist(connection: Connection, case_id: str) -> dict[str, Any] | None:
    """Return what was handed in, None where nothing was yet."""
    text = CHECKLIST.rows(connection, case_id=case_id)[0][0]
    return None if text is None else dict(orjson.loads(text))


def checklists_of(connection: Connection, case_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what was handed in with each of these cases, as far as anything was."""
    found = CHECKLISTS.rows(connection, case_ids=case_ids) if case_ids else ()
    return {case_id: dict(orjson.loads(text)) for case_id, text in found}
