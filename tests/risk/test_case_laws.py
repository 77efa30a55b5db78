"""Laws over all six kinds of cases, controls and lists: random people, actions and days.

Two are two; what is refused leaves no mark but the trail; a point does what its rows imply.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Business
from pos_sim.store.database import Database
from risk import case_deadlines, controls, listing, review_plans
from risk.approvals import AlreadyProposed, Choice, OwnApproval, StaleApproval
from risk.audit_log import verify_chain
from risk.case_mistakes import AlreadyOpen, IllegalMove, Mistakes
from risk.checklists import shipped_checklist
from risk.list_ends import list_end_due
from risk.mistakes import AlreadyThere
from risk.store import approval_rows
from risk.store.case_rows import open_at
from risk.vocabulary import Severity
from risk.workflow import CaseKind
from risk.workflows import WORKFLOWS
from tests.risk.case_desk import CaseDesk, case_desk
from tests.risk.law_desk import CARD_ID, TRAIL, done_alone, everything, felt, implied
from tests.risk.watched import new_monitor
from tests.worlds import POINT

PEOPLE = st.sampled_from(("anna", "bert", "cora"))
NUMBERS = st.integers(0, 59)
CLOCK_WORK = (
    *case_deadlines.DUE_KINDS, *controls.DUE_KINDS, *review_plans.DUE_KINDS, list_end_due(),
)  # fmt: skip
NO = (
    AlreadyOpen, AlreadyProposed, AlreadyThere, IllegalMove, Mistakes, OwnApproval, StaleApproval,
)  # fmt: skip
GOOD = {item.code: "pass" for item in shipped_checklist().items()}
ITEMS = st.sampled_from([GOOD, GOOD, GOOD | {"no_deposits": "fail"}, {}])
ACTIONS = {
    kind: sorted({move.action for move in workflow.moves}) for kind, workflow in WORKFLOWS.items()
}
BUSINESSES = (Business.WITHDRAWAL, Business.TRANSFER, Business.BALANCE_INQUIRY)


class Laws(RuleBasedStateMachine):
    """One point and three people; every step is a whole transaction, or nothing."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.opened = case_desk(self.database)
        self.desk: CaseDesk = self.opened.__enter__()
        self.desk.monitor = new_monitor()

    def teardown(self) -> None:
        assert verify_chain(self.desk.connection)[1] is None
        self.opened.__exit__(None, None, None)

    @initialize(kind=st.sampled_from(CaseKind), grave=st.booleans(), who=PEOPLE)
    def a_first_case(self, kind: CaseKind, grave: bool, who: str) -> None:
        self.open(kind, grave, who)

    # Steps -----------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(CaseKind), grave=st.booleans(), who=PEOPLE)
    def open(self, kind: CaseKind, grave: bool, who: str) -> None:
        severity = Severity.HIGH if grave else Severity.MEDIUM
        self.all_or_nothing(lambda: self.desk.open(kind, by=who, severity=severity))

    @rule(which=NUMBERS, what=NUMBERS, who=PEOPLE, items=ITEMS, word=NUMBERS)
    def act(self, which: int, what: int, who: str, items: dict[str, str], word: int) -> None:
        """Do something with an open case: mostly what it allows, sometimes what it does not."""
        found = sorted(open_at(self.desk.connection, POINT), key=lambda case: case.case_id)
        if not found:
            return
        case = found[which % len(found)]
        allowed = [move.action for move in self.desk.look(case).available]
        known = allowed * 3 + ACTIONS[case.kind]
        action = known[what % len(known)]
        before = everything(self.desk)
        acted = self.all_or_nothing(
            lambda: self.desk.act(case, action, who, self.data_for(case.kind, action, items, word))
        )
        if acted is not None and acted.case == case:
            assert everything(self.desk) == before, "a proposal leaves no mark but the trail"

    def data_for(self, kind: CaseKind, action: str, items: dict[str, str], word: int) -> Any:
        match kind, action:
            case CaseKind.VERIFICATION, "conclude":
                verdict = ("confirmed", "confirmed", "false_alarm", "undetermined")[word % 4]
                if verdict != "confirmed" or word % 3:
                    return {"verdict": verdict}
                return {"verdict": verdict, "measures": ["freeze", "clue_report"]}
            case CaseKind.ANNUAL_REVIEW, "submit":
                return {"items": items}
            case CaseKind.RECTIFICATION, "extend":
                until = self.desk.now + timedelta(days=word)
                return {"until": until.isoformat()}
            case CaseKind.IDLE_VISIT, "report":
                return {"outcome": ("resume", "relocate", "propose_exit")[word % 3]}
            case _:
                return None

    @rule(which=NUMBERS, choice=st.sampled_from(Choice), who=PEOPLE)
    def decide(self, which: int, choice: Choice, who: str) -> None:
        waiting = approval_rows.list_rows(self.desk.connection, "pending", 50, None).items
        if not waiting:
            return
        approval_id = waiting[which % len(waiting)][0]
        before = everything(self.desk)
        decided = self.all_or_nothing(lambda: self.desk.decide(approval_id, choice, by=who))
        if decided is not None:
            assert decided.maker != who
            if choice is Choice.REJECT:
                assert everything(self.desk) == before, "a refusal leaves no mark but the trail"

    @rule(business=st.sampled_from(BUSINESSES), limit=st.sampled_from((None, 50, 900)),
          allowed=st.booleans(), days=st.integers(1, 40), who=PEOPLE)  # fmt: skip
    def control(
        self, business: Business, limit: int | None, allowed: bool, days: int, who: str
    ) -> None:
        """Tighten or loosen a business of the point."""
        wish = {"business": business, "allowed": allowed, "limit": limit and Fen(yuan(limit))}
        until = self.desk.now + timedelta(days=days)
        self.all_or_nothing(lambda: self.desk.control(by=who, until=until, **wish))

    @rule(days=st.integers(1, 9), who=PEOPLE)
    def let_pass(self, days: int, who: str) -> None:
        wish = listing.Wish(
            value=CARD_ID, until=self.desk.now + timedelta(days=days), reason="已核实"
        )
        add = partial(listing.add_entry, name="allowed-cards", wish=wish, by=who, at=self.desk.now)
        self.all_or_nothing(lambda: self.desk.run(add))

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(31, 700)))
    def wait(self, hours: int) -> None:
        """Let time pass, and the clock do what comes due meanwhile."""
        self.desk.pass_time(hours=hours)
        self.desk.fire(CLOCK_WORK)

    def all_or_nothing(self, work: Callable[[], Any]) -> Any:
        """Do it; what is refused has changed nothing at all."""
        before = everything(self.desk)
        with suppress(*NO):
            return work()
        assert everything(self.desk) == before
        return None

    # Laws ------------------------------------------------------------------------------------

    @invariant()
    def two_are_two(self) -> None:
        alone = text("select count(*) from approvals where maker = checker")
        assert self.desk.connection.execute(alone).scalar_one() == 0
        assert done_alone(self.desk) == []

    @invariant()
    def a_point_does_what_its_rows_imply(self) -> None:
        assert felt(self.desk) == implied(self.desk)


def run(database: Database, examples: int, steps: int) -> None:
    class Here(Laws):
        pass

    Here.database = database
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Here, settings=chosen)


def test_the_trail_is_all_that_may_differ() -> None:
    assert {"approvals", "audit_log", "case_history"} <= TRAIL


@pytest.mark.parametrize(
    ("on_sqlite", "on_postgres", "steps"),
    [(12, 6, 30), pytest.param(300, 40, 50, marks=pytest.mark.long)],
    ids=["short", "long"],
)
def test_the_laws_of_cases_and_controls(
    still_database: Database, on_sqlite: int, on_postgres: int, steps: int
) -> None:
    run(still_database, on_sqlite if still_database.is_sqlite else on_postgres, steps)
