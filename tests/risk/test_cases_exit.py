"""退出 and 闲置走访: stop, settle, recover, close; and the three outcomes of a visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from pos_sim.domain.money import yuan
from pos_sim.engine.post_group import post_group
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.tables import accounts
from risk import review_plans
from risk.case_mistakes import IllegalMove, Mistakes
from risk.store import case_rows
from tests.counter import reversal, transfer
from tests.memory_bank import HELD_AMOUNT, Suspicious
from tests.risk.case_desk import KIND, CaseDesk, case_desk
from tests.worlds import OTHER_POINT, POINT, POS, RULES, SECRETS, SMALL

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
    with pytest.raises(IllegalMove):  # nobody proposes anything about what is over
        desk.act(freeze, "freeze")
    with pytest.raises(Mistakes):
        desk.open(KIND.FREEZE)


def balances(desk: CaseDesk) -> list[int]:
    """Return what is left in the accounts of the point: operator, till, cassettes of the ATM."""
    point = next(one for one in SMALL.points if one.service_point_id == POINT)
    tills = {one.till_account_id for one in SMALL.terminals if one.service_point_id == POINT}
    ids = [one for one in (point.operator_account_id, *tills) if one is not None]
    query = select(accounts.c.balance_fen).where(accounts.c.account_id.in_(ids))
    return list(desk.connection.execute(query.order_by(accounts.c.account_id)).scalars())


def test_its_money_is_paid_out_in_one_entry(desk: CaseDesk) -> None:
    assert desk.code(amount=yuan(300)) == "00"
    assert balances(desk) == [yuan(49_700), yuan(100_000), yuan(20_300)]
    case = desk.open(KIND.EXIT)
    desk.act(case, "stop")
    desk.act(case, "settle")
    assert balances(desk) == [0, 0, 0]
    entry = text(f"select sum(amount_fen) from postings where entry_id = 'exit-{POINT}'")
    assert desk.connection.execute(entry).scalar_one() == yuan(170_000)
    paper = desk.look(case).documents[0].text
    assert "20300.00 元，已付讫" in paper.replace(",", "")
    assert "激励 Pay 2026-03：" in paper
    assert audit(desk.connection, SECRETS.key) == []


def test_a_reversal_after_the_exit_is_paid_by_the_bank(desk: CaseDesk) -> None:
    assert desk.code(amount=yuan(300)) == "00"
    case = desk.open(KIND.EXIT)
    for action in ("stop", "settle", "recover_terminal"):
        desk.act(case, action)
    desk.both(case, "close")
    assert desk.answer(reversal, of=1) == "00"
    assert audit(desk.connection, SECRETS.key) == []


def test_a_till_that_serves_another_point_is_left_alone(desk: CaseDesk) -> None:
    shared = text(
        "update service_points set till_account_id = (select till_account_id from service_points"
        " where service_point_id = :point) where service_point_id = :other"
    )
    desk.connection.execute(shared, {"point": POINT, "other": OTHER_POINT})
    case = desk.open(KIND.EXIT)
    desk.act(case, "stop")
    desk.act(case, "settle")
    assert balances(desk) == [yuan(50_000), 0, 0]
    assert audit(desk.connection, SECRETS.key) == []


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
    request = transfer(amount=HELD_AMOUNT, at=desk.now)
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
