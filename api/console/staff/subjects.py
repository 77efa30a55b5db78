"""Whom something is about and why a case was opened, in words without the program's own numbers."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from api.console.texts import Texts
from pos_sim.store.sql import Statement
from risk.audit_log import CLOCK
from risk.vocabulary import ScopeKind
from risk.workflow import Case

CARD = Statement("select card_masked from cards where card_id = :card_id")
CITED = re.compile(r"[：:\s]*\b([A-Z]{1,2}\d{0,2}-[0-9a-f]{10}-\d+)")
"""The number of an alert or a case, as the clock cites it behind a title."""


def subject_of(connection: Connection, kind: str, value: str) -> str:
    """Return what people call a subject: a card has a masked number, all others their own."""
    if kind != ScopeKind.CARD.value or not value.isdecimal():
        return value
    found = CARD.rows(connection, card_id=int(value))
    return str(found[0][0]) if found else value


def reason_of(t: Texts, case: Case) -> str:
    """Return why a case was opened; what the clock cites has links of its own."""
    return told(t, case.reason, case.opened_by)


def told(t: Texts, both: str, who: str) -> str:
    """Return somebody's words in this language; people's own words stay as they are."""
    said = t.half(both)
    return CITED.sub("", said) if who == CLOCK else said


def cited_in(case: Case) -> list[str]:
    """Return the numbers that the clock cited, each once."""
    found = CITED.findall(case.reason) if case.opened_by == CLOCK else []
    return list(dict.fromkeys(found))
