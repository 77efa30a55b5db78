"""业务控制: one tightens at once, two loosen, everything ends; red is stronger than amber."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import Fen, yuan
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import Control
from pos_sim.store.database import Database
from risk import controls
from risk.approvals import AlreadyProposed, Choice, OwnApproval, StaleApproval
from risk.case_mistakes import IllegalMove, Mistakes
from risk.control_wishes import is_looser
from risk.store import control_rows
from tests.risk.case_desk import ANNA, CORA, KIND, CaseDesk, case_desk
from tests.worlds import POINT


@pytest.fixture
def desk(still_database: Database) -> Iterator[CaseDesk]:
    with case_desk(still_database) as opened:
        yield opened


def lifted(desk: CaseDesk, **changes: Any) -> str:
    """Propose to lift the control; return the approval."""
    asked = desk.control(**({"allowed": True} | changes)).approval_id
    assert asked is not None
    return asked


def test_one_switches_a_business_off_at_once(desk: CaseDesk) -> None:
    made = desk.control()
    assert made.approval_id is None
    assert desk.code() == "12"


def test_two_let_it_run_again(desk: CaseDesk) -> None:
    desk.control()
    asked = lifted(desk)
    assert desk.code() == "12"
    with pytest.raises(OwnApproval):
        desk.decide(asked, by=ANNA)
    desk.decide(asked)
    assert desk.code() == "00"
    assert control_rows.at_point(desk.connection, POINT) == []


def test_every_control_that_ever_was_is_known_with_its_end(desk: CaseDesk) -> None:
    desk.control()
    desk.decide(lifted(desk))
    desk.pass_time(minutes=1)
    desk.control(allowed=True, limit=yuan(500))
    now, before = control_rows.ever_at(desk.connection, POINT, 9)
    assert (now[0].control.limit, now[1]) == (yuan(500), None)
    assert before[0].control.allowed is False
    assert before[1] is not None
    assert control_rows.ever_at(desk.connection, POINT, 1) == [now]


def test_a_lower_limit_binds_every_card(desk: CaseDesk) -> None:
    desk.control(allowed=True, limit=yuan(500))
    assert desk.code(amount=yuan(500)) == "00"
    assert desk.code(amount=yuan(10)) == "61"
    assert desk.control(allowed=True, limit=yuan(400)).approval_id is None
    assert desk.control(allowed=True, limit=yuan(900)).approval_id is not None


def test_a_control_ends_by_itself(desk: CaseDesk) -> None:
    desk.control(until=desk.now + timedelta(hours=5))
    desk.pass_time(hours=5)
    assert desk.code() == "00"  # the engine does not wait for the clock's work
    (fired,) = desk.fire(controls.DUE_KINDS)
    assert fired.kind == "control"
    assert control_rows.at_point(desk.connection, POINT) == []
    assert desk.fire(controls.DUE_KINDS) == []


def test_tightening_before_the_decision_makes_the_loosening_stale(desk: CaseDesk) -> None:
    desk.control(allowed=True, limit=yuan(500))
    asked = lifted(desk)
    desk.control(by=CORA)
    with pytest.raises(StaleApproval):
        desk.decide(asked)
    assert desk.code() == "12"
    desk.decide(asked, Choice.REJECT)  # and it can be put away
    lifted(desk)


def test_a_loosening_whose_time_is_over_is_stale(desk: CaseDesk) -> None:
    desk.control(until=desk.now + timedelta(days=30))
    asked = lifted(desk, until=desk.now + timedelta(days=1))
    desk.pass_time(days=1)
    with pytest.raises(StaleApproval):
        desk.decide(asked)
    assert desk.code() == "12"


def test_a_refused_loosening_changes_nothing(desk: CaseDesk) -> None:
    made = desk.control().kept
    desk.decide(lifted(desk), Choice.REJECT)
    assert control_rows.at_point(desk.connection, POINT) == [made]
    assert desk.code() == "12"


def test_one_loosening_waits_at_a_time(desk: CaseDesk) -> None:
    desk.control()
    lifted(desk)
    with pytest.raises(AlreadyProposed):
        lifted(desk)


def test_red_is_stronger_than_amber(desk: CaseDesk) -> None:
    desk.control()
    case = desk.open(KIND.FREEZE)
    desk.act(case, "emergency_freeze")
    assert desk.code() == "58"
    desk.both(case, "unfreeze")
    assert desk.code() == "12"  # the control is still there


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"business": Business.REVERSAL}, "business"),
        ({"business": Business.CHARGE}, "business"),
        ({"business": Business.BILL_PAYMENT, "limit": Fen(1)}, "limit_fen"),
        ({"until": DEMO_START}, "until"),
        ({"until": DEMO_START + timedelta(days=367)}, "until"),
        ({"allowed": True}, "allowed"),
    ],
)
def test_a_control_that_cannot_be(desk: CaseDesk, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Mistakes) as mistakes:
        desk.control(**changes)
    assert list(mistakes.value.fields) == [field]
    assert desk.code() == "00"


def test_an_exited_point_is_not_controlled(desk: CaseDesk) -> None:
    desk.set_status("exited")
    with pytest.raises(IllegalMove):
        desk.control()


SOON, LATER = DEMO_START + timedelta(days=1), DEMO_START + timedelta(days=2)


def of(allowed: bool, limit: int | None = None, until: datetime | None = LATER) -> Control:
    return Control(Business.WITHDRAWAL, allowed, None if limit is None else Fen(limit), until)


@pytest.mark.parametrize(
    ("before", "then", "looser"),
    [
        (None, of(False), False),
        (None, of(True, 5), False),
        (of(False), of(False), False),
        (of(False), of(True, 0), True),
        (of(False), of(False, until=SOON), True),  # it ends earlier
        (of(False, until=None), of(False), True),
        (of(True, 5), of(True, 5), False),
        (of(True, 5), of(True, 4), False),
        (of(True, 5), of(True, 6), True),
        (of(True, 5), of(True), True),
        (of(True, 5), of(False), False),
        (of(True, 5), of(False, until=SOON), True),
    ],
)
def test_what_counts_as_looser(before: Control | None, then: Control, looser: bool) -> None:
    assert is_looser(before, then) is looser
