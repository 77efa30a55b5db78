"""冻结: two freeze and two unfreeze; one may freeze for a day; the next withdrawal feels it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pos_sim.store.database import Database
from risk import case_deadlines
from risk.approvals import Choice, OwnApproval, StaleApproval
from risk.case_mistakes import AlreadyOpen, IllegalMove, Mistakes
from tests.risk.case_desk import ANNA, BERT, CORA, KIND, CaseDesk, case_desk


@pytest.fixture
def desk(still_database: Database) -> Iterator[CaseDesk]:
    with case_desk(still_database) as opened:
        yield opened


def test_an_opened_freeze_case_freezes_nothing(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    assert (case.state, desk.status(), desk.code()) == ("proposed", "open", "00")


def test_two_people_freeze_and_two_unfreeze(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    acted = desk.act(case, "freeze")
    assert acted.approval_id is not None
    assert (desk.look(case).case.state, desk.code()) == ("proposed", "00")
    desk.decide(acted.approval_id)
    assert (desk.status(), desk.code()) == ("frozen", "58")
    desk.both(case, "unfreeze", by=CORA)
    assert (desk.status(), desk.code()) == ("open", "00")
    desk.act(case, "close")
    assert not desk.look(case).case.is_open


def test_one_freezes_at_once_and_it_lapses_when_nobody_confirms(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    assert desk.act(case, "emergency_freeze").approval_id is None
    assert desk.code() == "58"
    desk.pass_time(hours=23, minutes=59)
    assert desk.fire(case_deadlines.DUE_KINDS) == []
    assert desk.code() == "58"
    desk.pass_time(minutes=1)
    (fired,) = desk.fire(case_deadlines.DUE_KINDS)
    assert (fired.kind, fired.subject_id) == ("lapse", case.case_id)
    assert (desk.status(), desk.code()) == ("open", "00")
    # From now on it takes two.
    assert [move.action for move in desk.look(case).available] == ["freeze", "close"]


def test_a_confirmed_emergency_freeze_stays(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    desk.act(case, "emergency_freeze")
    desk.both(case, "confirm")
    desk.pass_time(days=40)
    assert desk.fire(case_deadlines.DUE_KINDS) == []
    assert desk.code() == "58"


def test_nobody_approves_the_own_freeze(desk: CaseDesk) -> None:
    acted = desk.act(desk.open(KIND.FREEZE), "freeze")
    assert acted.approval_id is not None
    for choice in Choice:
        with pytest.raises(OwnApproval):
            desk.decide(acted.approval_id, choice, by=ANNA)
    assert desk.code() == "00"


def test_a_refused_proposal_leaves_no_mark_but_the_trail(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    before = desk.look(case)
    acted = desk.act(case, "freeze")
    assert acted.approval_id is not None
    desk.decide(acted.approval_id, Choice.REJECT)
    after = desk.look(case)
    assert after.case == before.case
    assert after.available == before.available
    assert [entry.what for entry in after.history] == ["opened", "proposed", "rejected"]
    assert desk.code() == "00"


def test_an_approval_acts_on_the_case_as_it_is_now(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    asked = desk.act(case, "freeze").approval_id
    assert asked is not None
    desk.act(case, "emergency_freeze", by=BERT)
    # The freeze was overtaken, so that its confirmation can be asked for.
    with pytest.raises(StaleApproval):
        desk.decide(asked, by=CORA)
    desk.both(case, "confirm")
    assert desk.look(case).case.state == "frozen"


def test_while_one_proposal_waits_there_is_no_second(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    desk.act(case, "freeze")
    with pytest.raises(IllegalMove) as illegal:
        desk.act(case, "freeze", by=BERT)
    assert illegal.value.available == ("emergency_freeze", "close")


def test_an_action_that_the_state_does_not_know_changes_nothing(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    before = desk.look(case)
    with pytest.raises(IllegalMove) as illegal:
        desk.act(case, "unfreeze")
    assert illegal.value.available == ("freeze", "emergency_freeze", "close")
    assert desk.look(case) == before
    with pytest.raises(LookupError):
        desk.act(replace(case, case_id="FZ-none-1"), "freeze")


def test_a_closed_case_knows_nothing_any_more(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    desk.act(case, "close")
    with pytest.raises(IllegalMove) as illegal:
        desk.act(case, "freeze")
    assert illegal.value.available == ()


def test_there_is_one_open_case_a_kind_and_point(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    with pytest.raises(AlreadyOpen) as there:
        desk.open(KIND.FREEZE)
    assert there.value.case_id == case.case_id
    desk.open(KIND.EXIT)
    desk.act(case, "close")
    again = desk.open(KIND.FREEZE)
    assert again.case_id != case.case_id


@pytest.mark.parametrize("point", ["SP-none", ""])
def test_a_case_is_about_a_point_that_exists(desk: CaseDesk, point: str) -> None:
    with pytest.raises(Mistakes) as mistakes:
        desk.open(KIND.FREEZE, service_point_id=point)
    assert list(mistakes.value.fields) == ["service_point_id"]


def test_a_point_that_was_frozen_without_a_case_can_be_unfrozen_by_two(desk: CaseDesk) -> None:
    desk.set_status("frozen")
    case = desk.open(KIND.FREEZE)
    assert (case.state, desk.code()) == ("frozen", "58")
    desk.both(case, "unfreeze")
    assert (desk.status(), desk.code()) == ("open", "00")


def test_a_move_takes_only_what_it_asks_for(desk: CaseDesk) -> None:
    case = desk.open(KIND.FREEZE)
    with pytest.raises(Mistakes) as mistakes:
        desk.act(case, "freeze", data={"until": "2026-04-01"})
    assert list(mistakes.value.fields) == ["data.until"]
    assert desk.look(case).case == case


def test_a_point_on_trial_returns_to_its_trial(desk: CaseDesk) -> None:
    desk.set_status("trial")
    case = desk.open(KIND.FREEZE)
    desk.both(case, "freeze")
    assert desk.status() == "frozen"
    desk.both(case, "unfreeze")
    assert desk.status() == "trial"
