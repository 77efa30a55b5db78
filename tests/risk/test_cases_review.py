"""年审 and 限期整改: the checklist, what fails, what is ordered, and what is missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.store.database import Database
from risk import case_deadlines, review_plans
from risk.approvals import StaleApproval
from risk.case_mistakes import IllegalMove, Mistakes
from risk.checklists import Result, shipped_checklist
from risk.store import case_rows
from risk.workflow import Case, CaseKind
from tests.risk.case_desk import KIND, CaseDesk, case_desk
from tests.worlds import OTHER_POINT, POINT

GOOD: dict[str, Any] = {item.code: "pass" for item in shipped_checklist().items()}


@pytest.fixture
def desk(still_database: Database) -> Iterator[CaseDesk]:
    with case_desk(still_database) as opened:
        yield opened


def submitted(desk: CaseDesk, **changes: Any) -> Case:
    """Open a review and hand in a checklist, good but for what is changed."""
    case = desk.open(KIND.ANNUAL_REVIEW)
    desk.act(case, "submit", data={"items": GOOD | changes})
    return case


def only(desk: CaseDesk, kind: CaseKind, point: str = POINT) -> Case:
    """Return the one open case of a kind at a point."""
    (found,) = [case for case in case_rows.open_at(desk.connection, point) if case.kind is kind]
    return found


# The list -------------------------------------------------------------------------------------

TWO_MINOR = {"camera": "fail", "complaints": "fail"}


@pytest.mark.parametrize(
    ("changes", "passes"),
    [
        ({}, True),
        ({"camera": "not_applicable"}, True),
        (TWO_MINOR, True),  # exactly as many as may fail
        (TWO_MINOR | {"price_list": "fail"}, False),
        ({"operator_training": "fail"}, False),
    ],
)
def test_the_pass_rule(desk: CaseDesk, changes: dict[str, str], passes: bool) -> None:
    case = submitted(desk, **changes)
    view = desk.look(case)
    assert (view.case.state, view.case.passes) == ("submitted", passes)
    assert ("pass" in [move.action for move in view.available]) is passes


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda items: items.pop("camera"), "camera"),
        (lambda items: items.update(lamp="pass"), "lamp"),
        (lambda items: items.update(camera="good"), "camera"),
        (lambda items: items.update(camera={"result": "pass", "weather": "fine"}), "camera"),
        (lambda items: items.update(camera={"result": "pass", "note": 7}), "camera"),
        (lambda items: items.update(no_custody="not_applicable"), "no_custody"),
    ],
)
def test_a_checklist_that_cannot_be_names_the_item(desk: CaseDesk, change: Any, field: str) -> None:
    case, items = desk.open(KIND.ANNUAL_REVIEW), dict(GOOD)
    change(items)
    with pytest.raises(Mistakes) as mistakes:
        desk.act(case, "submit", data={"items": items})
    assert list(mistakes.value.fields) == [f"data.items.{field}"]
    assert desk.look(case).case == case


def untrain(desk: CaseDesk) -> None:
    """Let the operator fail again, or another one come: the register has no pass of all four."""
    gone = text("update service_points set operator_trained_on = null where service_point_id = :p")
    desk.connection.execute(gone, {"p": POINT})


@pytest.mark.parametrize("result", ["pass", "not_applicable"])
def test_the_register_knows_whether_the_operator_is_trained(desk: CaseDesk, result: str) -> None:
    untrain(desk)
    with pytest.raises(Mistakes) as mistakes:
        submitted(desk, operator_training=result)
    assert list(mistakes.value.fields) == ["data.items.operator_training"]
    assert desk.look(submitted_again(desk, operator_training="fail")).case.passes is False


def submitted_again(desk: CaseDesk, **changes: Any) -> Case:
    case = only(desk, KIND.ANNUAL_REVIEW)
    desk.act(case, "submit", data={"items": GOOD | changes})
    return case


def test_a_review_does_not_pass_when_the_training_lapsed_meanwhile(desk: CaseDesk) -> None:
    case = submitted(desk)
    asked = desk.act(case, "pass").approval_id
    assert asked is not None
    untrain(desk)
    with pytest.raises(StaleApproval):
        desk.decide(asked)
    assert desk.look(case).case.state == "submitted"


def test_every_missing_item_is_named(desk: CaseDesk) -> None:
    case = desk.open(KIND.ANNUAL_REVIEW)
    with pytest.raises(Mistakes) as mistakes:
        desk.act(case, "submit", data={"items": {}})
    assert len(mistakes.value.fields) == len(GOOD)
    nothings: list[dict[str, Any] | None] = [None, {}, {"items": []}]
    for nothing in nothings:
        with pytest.raises(Mistakes):
            desk.act(case, "submit", data=nothing)


def test_findings_carry_note_and_evidence(desk: CaseDesk) -> None:
    found = {"result": "fail", "note": "夜间无画面", "evidence": "照片 2026-017"}
    case = submitted(desk, camera=found)
    kept = desk.look(case).checklist
    assert kept is not None
    assert kept["items"]["camera"] == found
    desk.act(case, "submit", data={"items": GOOD})  # put right what was wrong on the form
    assert desk.look(case).case.passes is True


def test_results_have_their_chinese_names() -> None:
    assert [result.value for result in Result] == ["pass", "fail", "not_applicable"]


# Passing and failing --------------------------------------------------------------------------


def test_two_people_pass_a_review_and_the_next_is_a_year_away(desk: CaseDesk) -> None:
    case = submitted(desk)
    desk.both(case, "pass")
    view = desk.look(case)
    assert (view.case.state, view.case.outcome) == ("passed", "passed")
    assert [paper.kind for paper in view.documents] == ["review_form"]
    assert "年审合格" in view.documents[0].text
    assert review_plans.next_opening(desk.connection) == opens(2027, 3, 2)


def opens(year: int, month: int, day: int) -> datetime:
    """Return when the review opens that is due on a date."""
    return datetime(year, month, day, 9, tzinfo=SHANGHAI) - timedelta(days=30)


def test_a_failed_review_orders_to_rectify_what_failed(desk: CaseDesk) -> None:
    case = submitted(desk, no_custody={"result": "fail", "note": "代管3张银行卡"})
    desk.act(case, "fail")
    order = only(desk, KIND.RECTIFICATION)
    assert order.parent_id == case.case_id
    assert "未代管客户银行卡和密码" in order.reason
    assert desk.status() == "rectifying"
    assert desk.code() == "00"  # it still serves
    (paper,) = desk.look(order).documents
    assert "限期整改通知书" in paper.text


def test_the_review_sets_the_deadline(desk: CaseDesk) -> None:
    case = submitted(desk, no_custody="fail")
    for wrong in ("2026-03-01", "2026-09-01", "soon", 7, "2026-03-20T10:00:00"):
        with pytest.raises(Mistakes):
            desk.act(case, "fail", data={"due_at": wrong})
    desk.act(case, "fail", data={"due_at": "2026-03-20"})
    assert only(desk, KIND.RECTIFICATION).due_at == datetime(
        2026, 3, 20, 23, 59, 59, tzinfo=SHANGHAI
    )


def test_a_point_on_trial_or_gone_is_not_reviewed(desk: CaseDesk) -> None:
    for status in ("trial", "exited"):
        desk.set_status(status)
        with pytest.raises(Mistakes):
            desk.open(KIND.ANNUAL_REVIEW)


# Rectification --------------------------------------------------------------------------------


def test_what_was_put_right_is_accepted_by_two(desk: CaseDesk) -> None:
    case = desk.open(KIND.RECTIFICATION)
    assert desk.status() == "rectifying"
    desk.act(case, "submit")
    desk.both(case, "accept")
    assert (desk.look(case).case.state, desk.status()) == ("accepted", "open")


def test_a_failed_rectification_proposes_the_exit(desk: CaseDesk) -> None:
    case = desk.open(KIND.RECTIFICATION)
    desk.act(case, "submit")
    desk.act(case, "reject")
    assert desk.look(case).case.state == "failed"
    assert only(desk, KIND.EXIT).state == "proposed"
    assert desk.status() == "open"


def test_a_missed_date_proposes_freeze_and_exit_once(desk: CaseDesk) -> None:
    case = desk.open(KIND.RECTIFICATION)
    assert case.due_at == DEMO_START + timedelta(days=21)  # fifteen working days
    desk.pass_time(days=21)
    (fired,) = desk.fire(case_deadlines.DUE_KINDS)
    assert (fired.kind, fired.subject_id) == ("overdue", case.case_id)
    assert only(desk, KIND.FREEZE).state == only(desk, KIND.EXIT).state == "proposed"
    assert desk.status() == "rectifying"
    desk.pass_time(days=100)
    assert desk.fire(case_deadlines.DUE_KINDS) == []
    desk.act(case, "submit")  # late, but still
    desk.both(case, "accept")
    assert desk.status() == "open"


def test_two_people_extend_a_deadline_and_the_old_one_passes_quietly(desk: CaseDesk) -> None:
    case = desk.open(KIND.RECTIFICATION)
    for wrong in (None, "2026-03-10", "2026-03-23T10:00:00+08:00"):
        with pytest.raises(Mistakes):
            desk.act(case, "extend", data={"until": wrong})
    desk.both(case, "extend", data={"until": "2026-04-10T10:00:00+08:00"})
    desk.pass_time(days=30)
    assert desk.fire(case_deadlines.DUE_KINDS) == []
    desk.pass_time(days=9)
    assert [fired.kind for fired in desk.fire(case_deadlines.DUE_KINDS)] == ["overdue"]


def test_a_frozen_point_stays_frozen_while_it_rectifies(desk: CaseDesk) -> None:
    freeze = desk.open(KIND.FREEZE)
    desk.both(freeze, "freeze")
    order = desk.open(KIND.RECTIFICATION)
    assert desk.status() == "frozen"
    desk.both(freeze, "unfreeze")
    assert desk.status() == "rectifying"
    desk.act(order, "submit")
    desk.both(order, "accept")
    assert desk.status() == "open"


# The plan -------------------------------------------------------------------------------------


def test_every_point_is_reviewed_once_in_twelve_months(desk: CaseDesk) -> None:
    assert desk.fire(review_plans.DUE_KINDS) == []
    desk.pass_time(days=366)
    fired = desk.fire(review_plans.DUE_KINDS)
    subjects = {case_rows.find(desk.connection, one.subject_id) for one in fired}
    points = [case.service_point_id for case in subjects if case is not None]
    assert sorted(filter(None, points)) == sorted([POINT, OTHER_POINT])
    desk.pass_time(days=365)
    assert len(desk.fire(review_plans.DUE_KINDS)) == 2


def test_a_review_that_nobody_hands_in_proposes_a_freeze(desk: CaseDesk) -> None:
    case = desk.open(KIND.ANNUAL_REVIEW)
    desk.pass_time(days=60)
    (fired,) = desk.fire(case_deadlines.DUE_KINDS)
    assert fired.subject_id == case.case_id
    assert only(desk, KIND.FREEZE).reason.startswith("逾期未年审")
    assert desk.look(case).case.state == "open"
    desk.act(case, "submit", data={"items": GOOD})


def test_once_handed_in_it_is_the_bank_that_is_late(desk: CaseDesk) -> None:
    submitted(desk)
    desk.pass_time(days=60)
    assert desk.fire(case_deadlines.DUE_KINDS) == []


def test_an_early_review_is_not_opened_twice(desk: CaseDesk) -> None:
    forward: dict[str, Any] = {"reason": "终端身份异常", "by": "clock", "at": desk.now}
    first = desk.run(lambda c: review_plans.bring_forward(c, POINT, **forward))
    again = desk.run(lambda c: review_plans.bring_forward(c, POINT, **forward))
    assert first is not None
    assert again is not None
    assert (first.is_new, again.is_new) == (True, False)
    assert first.case.case_id == again.case.case_id
    assert [entry.what for entry in desk.look(first.case).history] == ["opened"]


def test_the_trail_of_an_action_that_is_refused_is_empty(desk: CaseDesk) -> None:
    case = desk.open(KIND.ANNUAL_REVIEW)
    with pytest.raises(IllegalMove) as illegal:
        desk.act(case, "pass")
    assert illegal.value.available == ("submit",)
    assert [entry.what for entry in desk.look(case).history] == ["opened"]
