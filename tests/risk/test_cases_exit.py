"""退出 and 闲置走访: stop, settle, recover, close; and the three outcomes of a visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pos_sim.domain.money import Fen
from pos_sim.engine.post_group import post_group
from pos_sim.store.database import Database
from risk import review_plans
from risk.case_mistakes import IllegalMove, Mistakes
from risk.store import case_rows
from tests.counter import reversal, transfer
from tests.memory_bank import Suspicious
from tests.risk.case_desk import KIND, CaseDesk, case_desk
from tests.worlds import POINT, POS, RULES

HELD = Fen(10_000 + Suspicious.HELD)
"""An amount that the monitor of the tests holds."""


@pytest.fixture
def desk(still_database: Database) -> Iterator[CaseDesk]:
    with case_desk(still_database) as opened:
        yield opened


def test_a_point_exits_step_by_step(desk: CaseDesk) -> None:
    freeze, order = desk.open(KIND.FREEZE), desk.open(KIND.RECTIFICATION)
    case = desk.open(KIND.EXIT)
    assert desk.code() == "00"
    desk.act(case, "stop")
    assert (desk.status(), desk.code()) == ("frozen", "58")
    desk.act(case, "settle")
    desk.act(case, "recover_terminal")
    assert desk.code() == "58"
    desk.both(case, "close")
    assert (desk.status(), desk.code()) == ("exited", "03")
    view = desk.look(case)
    assert (view.case.state, view.case.is_open) == ("exited", False)
    assert [paper.kind for paper in view.documents] == ["settlement", "recovery"]
    assert POS in view.documents[1].text
    for other in (freeze, order):
        assert desk.look(other).case.outcome == "exited"
        assert desk.look(other).available == []
    with pytest.raises(Mistakes):
        desk.open(KIND.FREEZE)


def test_an_exited_point_is_not_reviewed_any_more(desk: CaseDesk) -> None:
    desk.fire(review_plans.DUE_KINDS)
    case = desk.open(KIND.EXIT)
    for action in ("stop", "settle", "recover_terminal"):
        desk.act(case, action)
    desk.both(case, "close")
    desk.pass_time(days=800)
    opened = [one.text for one in desk.fire(review_plans.DUE_KINDS)]
    assert not any(POINT in text for text in opened)


def test_two_people_let_a_point_stay(desk: CaseDesk) -> None:
    case = desk.open(KIND.EXIT)
    desk.both(case, "close")
    assert (desk.look(case).case.state, desk.code()) == ("refused", "00")


def test_nothing_is_settled_while_money_is_held(desk: CaseDesk) -> None:
    request = transfer(amount=HELD, at=desk.now)
    (decision,) = post_group(desk.connection, [request], RULES, Suspicious())
    assert decision.transaction is not None
    held = decision.transaction.transaction_id
    case = desk.open(KIND.EXIT)
    desk.act(case, "stop")
    with pytest.raises(IllegalMove) as illegal:
        desk.act(case, "settle")
    assert held in illegal.value.reason
    assert desk.look(case).case.state == "stopped"
    undo = reversal(2, of=1, at=desk.now)
    (undone,) = post_group(desk.connection, [undo], RULES, Suspicious())
    assert undone.transaction is not None
    assert undone.transaction.response_code == "00"  # reversals go on
    desk.act(case, "settle")


@pytest.mark.parametrize("outcome", ["resume", "relocate", "propose_exit"])
def test_a_visit_has_three_outcomes(desk: CaseDesk, outcome: str) -> None:
    case = desk.open(KIND.IDLE_VISIT)
    with pytest.raises(Mistakes) as mistakes:
        desk.act(case, "report", data={"outcome": "party"})
    assert list(mistakes.value.fields) == ["data.outcome"]
    desk.act(case, "report", data={"outcome": outcome})
    view = desk.look(case)
    assert (view.case.outcome, [paper.kind for paper in view.documents]) == (outcome, ["visit"])
    kinds = [one.kind for one in case_rows.open_at(desk.connection, POINT)]
    assert kinds == ([KIND.EXIT] if outcome == "propose_exit" else [])
    assert desk.code() == "00"
