"""What laws are checked with: every table as it is, and what a point may do by its rows alone.

Nothing here asks the workflows, the controls or the engine: the tables below say by hand what the
bank promises, and the rows are read as they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request
from pos_sim.store.rows import to_us
from pos_sim.store.tables import metadata
from tests.counter import inquiry, transfer, withdrawal
from tests.risk.case_desk import CaseDesk
from tests.worlds import POINT, SMALL

RED = {
    ("freeze", "emergency"), ("freeze", "frozen"),
    ("exit", "stopped"), ("exit", "settled"), ("exit", "recovered"),
}  # fmt: skip
YELLOW = {("rectification", "ordered"), ("rectification", "submitted")}
BY_TWO = {
    ("freeze", "freeze"), ("freeze", "confirm"), ("freeze", "unfreeze"), ("exit", "close"),
    ("rectification", "accept"), ("rectification", "extend"), ("annual_review", "pass"),
}  # fmt: skip
BY_TWO_IF_GRAVE = {("verification", "conclude")}
GRAVE = {"high", "critical"}

TRAIL = {"approvals", "case_history", "audit_log", "outbox", "world"}
"""Where a proposal and its refusal may be seen; of ``world`` it is the head of the audit log."""

CARD = "gyb_debit"
CARD_ID = str(SMALL.card(CARD).card.card_id)
ASKED: dict[str, Callable[..., Request]] = {
    "withdrawal": withdrawal,
    "transfer": transfer,
    "balance_inquiry": inquiry,
}
AMOUNT = yuan(100)

Tables = Mapping[str, list[tuple[Any, ...]]]


def everything(desk: CaseDesk) -> Tables:
    """Return the rows of every table but the trail, in an order of their own."""
    return {
        table.name: sorted(map(tuple, desk.connection.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
        if table.name not in TRAIL
    }


@dataclass(frozen=True, slots=True)
class Implied:
    """What the rows say a point may do: its status, and the code of each business there."""

    status: str
    codes: Mapping[str, str]


def implied(desk: CaseDesk) -> Implied:
    """Work out from cases, controls and lists what the point may do at this moment."""
    standings = {
        (row.kind, row.state)
        for row in desk.connection.execute(CASES, {"point": POINT})
        if row.closed_us is None or (row.kind, row.state) == ("exit", "exited")
    }
    status = status_of(standings)
    if status in REFUSED:
        return Implied(status, dict.fromkeys(ASKED, REFUSED[status]))
    now = {"now_us": to_us(desk.now), "card": CARD_ID, "point": POINT}
    if desk.connection.execute(ALLOWED, now).scalar():
        return Implied(status, dict.fromkeys(ASKED, "00"))
    found = {row.business: row for row in desk.connection.execute(CONTROLS, now)}
    return Implied(status, {business: code_under(found.get(business)) for business in ASKED})


CASES = text("select kind, state, closed_us from cases where service_point_id = :point")
CONTROLS = text(
    "select business, allowed, limit_fen from point_controls where service_point_id = :point"
    " and ended_us is null and from_us <= :now_us and until_us > :now_us"
)
ALLOWED = text(
    "select count(*) from risk_list_entries where name = 'allowed-cards' and value = :card"
    " and from_us <= :now_us and until_us > :now_us"
)
REFUSED = {"frozen": "58", "exited": "03"}


def status_of(standings: set[tuple[str, str]]) -> str:
    if ("exit", "exited") in standings:
        return "exited"
    if standings & RED:
        return "frozen"
    return "rectifying" if standings & YELLOW else "open"


def code_under(control: Any) -> str:
    if control is None:
        return "00"
    if not control.allowed:
        return "12"
    return "61" if control.limit_fen is not None and control.limit_fen < AMOUNT else "00"


def felt(desk: CaseDesk) -> Implied:
    """Ask at the counter what the point does; nothing of it stays."""
    with desk.connection.begin_nested() as here:
        codes = {business: desk.answer(ask) for business, ask in ASKED.items()}
        here.rollback()
    return Implied(desk.status(), codes)


def done_alone(desk: CaseDesk) -> list[Any]:
    """Return moves that need two people and had not two: nobody proposed, or the same approved."""
    return [
        (row.kind, row.action)
        for row in desk.connection.execute(DONE)
        if needs_two(row) and not (row.decision == "approve" and row.maker != row.checker)
    ]


DONE = text(
    "select c.kind, c.severity, h.action, a.decision, a.maker, a.checker from case_history h"
    " join cases c on c.case_id = h.case_id left join approvals a on a.approval_id = h.approval_id"
    " where h.what = 'done'"
)


def needs_two(row: Any) -> bool:
    move = (row.kind, row.action)
    return move in BY_TWO or (move in BY_TWO_IF_GRAVE and row.severity in GRAVE)
