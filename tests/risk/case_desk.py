"""The small bank with its back office: cases, controls and approvals in one open transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.requests import Business, Request
from pos_sim.engine.monitor import Monitor
from pos_sim.engine.post_group import post_group
from pos_sim.store.database import Database
from pos_sim.store.last_words import with_last_words
from risk import approvals, cases, control_wishes, controls
from risk.approval_effects import EFFECTS
from risk.approvals import Approval, Choice
from risk.case_by_staff import open_by_staff
from risk.case_opening import Wish
from risk.case_view import CaseView, view
from risk.cases import Acted
from risk.due import Due, Fired
from risk.workflow import Actor, Case, CaseKind
from tests.counter import withdrawal
from tests.memory_bank import Suspicious
from tests.undone import undone
from tests.worlds import POINT, POS, RULES

T = TypeVar("T")
ANNA, BERT, CORA = "anna", "bert", "cora"
KIND = CaseKind


@dataclass
class CaseDesk:
    """What people do, each at the moment that the desk's clock shows."""

    connection: Connection
    now: datetime = DEMO_START
    traces: int = 0
    monitor: Monitor = field(default_factory=Suspicious)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do work as one transaction would: all of it, and the audit log, or nothing."""
        with self.connection.begin_nested():
            return with_last_words(self.connection, work)

    def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)

    def open(self, kind: CaseKind, by: str = ANNA, **changes: Any) -> Case:
        wish: dict[str, Any] = {
            "kind": kind,
            "service_point_id": POINT,
            "reason": "现场检查发现问题",
            "by": by,
            "at": self.now,
        }
        alert_ids = changes.pop("alert_ids", ())
        asked = Wish(**(wish | changes))
        return self.run(partial(open_by_staff, wish=asked, alert_ids=alert_ids))

    def act(
        self, case: Case, action: str, by: str = ANNA, data: dict[str, Any] | None = None
    ) -> Acted:
        work = partial(
            cases.act, case_id=case.case_id, action=action, actor=Actor(by), at=self.now,
            note="已核对", data=data,
        )  # fmt: skip
        return self.run(work)

    def both(
        self, case: Case, action: str, data: dict[str, Any] | None = None, by: str = ANNA
    ) -> None:
        """Let one propose and another approve."""
        acted = self.act(case, action, by, data)
        assert acted.approval_id is not None
        self.decide(acted.approval_id)

    def decide(self, approval_id: str, choice: Choice = Choice.APPROVE, by: str = BERT) -> Approval:
        work = partial(
            approvals.decide, approval_id=approval_id, choice=choice, by=by, at=self.now,
            note="同意", effects=EFFECTS,
        )  # fmt: skip
        return self.run(work)

    def control(self, by: str = ANNA, **changes: Any) -> controls.Controlled:
        wish: dict[str, Any] = {
            "business": Business.WITHDRAWAL,
            "allowed": False,
            "limit": None,
            "reason": "整改期间暂停",
            "until": self.now + timedelta(days=30),
        }
        work = partial(
            controls.control, service_point_id=POINT, wish=control_wishes.Wish(**(wish | changes)),
            by=by, at=self.now,
        )  # fmt: skip
        return self.run(work)

    def look(self, case: Case) -> CaseView:
        return view(self.connection, case.case_id)

    def fire(self, kinds: tuple[Due, ...]) -> list[Fired]:
        """Let the clock do everything of these kinds that is due, each at its moment."""
        fired: list[Fired] = []
        while True:
            planned = [(at, due) for due in kinds if (at := due.next_at(self.connection, self.now))]
            planned = [(at, due) for at, due in planned if at <= self.now]
            if not planned:
                return fired
            at, due = min(planned, key=lambda one: one[0])
            fired += self.run(partial(at_moment, due=due, at=max(at, DEMO_START)))

    def status(self, point: str = POINT) -> str:
        query = text("select status from service_points where service_point_id = :point")
        return str(self.connection.execute(query, {"point": point}).scalar_one())

    def set_status(self, status: str, point: str = POINT) -> None:
        change = text("update service_points set status = :status where service_point_id = :point")
        self.connection.execute(change, {"point": point, "status": status})

    def code(self, terminal: str = POS, **changes: Any) -> str:
        """Let a villager draw money now; return the code of the answer."""
        return self.answer(withdrawal, terminal=terminal, **changes)

    def answer(self, ask: Callable[..., Request], **changes: Any) -> str:
        """Let a villager do any business now; return the code of the answer."""
        self.traces += 1
        request = ask(trace=self.traces, at=self.now, **changes)
        (decision,) = post_group(self.connection, [request], RULES, self.monitor)
        assert decision.transaction is not None
        return decision.transaction.response_code


@contextmanager
def case_desk(database: Database) -> Iterator[CaseDesk]:
    """Open a desk; nothing of what happens stays."""
    with undone(database) as connection:
        yield CaseDesk(connection)


def at_moment(connection: Connection, due: Due, at: datetime) -> list[Fired]:
    return list(due.work(connection, at))
