"""后督核查: alerts become cases, a verdict closes them, and what is confirmed has consequences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk import case_intake
from risk.alerts import State
from risk.bank_calendar import BankCalendar
from risk.case_mistakes import IllegalMove, Mistakes
from risk.deadlines import Allowance, MondayToFriday, after
from risk.rules import Hit
from risk.store import case_rows
from risk.store.case_alerts import alerts_of
from risk.store.case_rows import CaseFilter
from risk.store.read_alerts import find_alert
from risk.store.save_hits import Said, save_said
from risk.store.stored_requests import verdicts_about
from risk.vocabulary import Feed, Severity
from risk.workflow import Case, CaseKind
from tests.risk.case_desk import BERT, KIND, CaseDesk, case_desk
from tests.risk.test_alerts import SOME_HIT
from tests.worlds import OTHER_POINT, POINT

CALENDAR = MondayToFriday()


@pytest.fixture
def desk(still_database: Database) -> Iterator[CaseDesk]:
    with case_desk(still_database) as opened:
        yield opened


def hit(desk: CaseDesk, event: str = "t1", point: str | None = POINT, **changes: Any) -> str:
    """Let a rule speak; return the alert."""
    said_hit: Hit = replace(SOME_HIT, **changes)
    said = Said(said_hit, event, point, to_us(desk.now))
    ((_, alert_id),) = save_said(desk.connection, [said], CALENDAR)
    assert alert_id is not None
    return alert_id


def taken_in(desk: CaseDesk) -> list[Case]:
    """Let the clock hand over what waits; return the cases that were opened."""
    fired = desk.fire(case_intake.DUE_KINDS)
    found = [case_rows.find(desk.connection, one.subject_id) for one in fired]
    return [case for case in found if case is not None]


def kinds_at(desk: CaseDesk, point: str = POINT) -> set[CaseKind]:
    return {case.kind for case in case_rows.open_at(desk.connection, point)}


# From alert to case ---------------------------------------------------------------------------


def test_an_alert_opens_one_verification_about_its_subject(desk: CaseDesk) -> None:
    alert_id = hit(desk)
    (case,) = taken_in(desk)
    assert (case.kind, case.scope_kind, case.scope_value) == (KIND.VERIFICATION, "card", "7")
    assert desk.look(case).alert_ids == [alert_id]
    hit(desk, "t2")
    assert taken_in(desk) == []


def test_another_rule_about_the_same_subject_raises_the_open_case(desk: CaseDesk) -> None:
    first = hit(desk)
    (case,) = taken_in(desk)
    second = hit(desk, "t2", rule_id="R07", severity=Severity.CRITICAL)
    assert taken_in(desk) == []
    view = desk.look(case)
    assert view.alert_ids == sorted([first, second])[::-1] or set(view.alert_ids) == {first, second}
    assert view.case.severity is Severity.CRITICAL
    assert [entry.what for entry in view.history] == ["opened", "raised"]


def test_what_feeds_a_freeze_proposes_one_and_freezes_nothing(desk: CaseDesk) -> None:
    alert_id = hit(desk, feeds=(Feed.VERIFICATION, Feed.FREEZE_PROPOSAL))
    cases = taken_in(desk)
    assert [(case.kind, case.state) for case in cases] == [
        (KIND.VERIFICATION, "open"),
        (KIND.FREEZE, "proposed"),
    ]
    assert desk.code() == "00"
    assert taken_in(desk) == []
    kept = find_alert(desk.connection, alert_id)
    assert kept is not None
    assert kept.case_id == cases[0].case_id


def test_an_alert_that_later_asks_for_a_freeze_gets_its_proposal(desk: CaseDesk) -> None:
    hit(desk)
    taken_in(desk)
    hit(desk, "t2", feeds=(Feed.FREEZE_PROPOSAL,))
    assert [case.kind for case in taken_in(desk)] == [KIND.FREEZE]


def test_an_alert_at_no_point_is_verified_all_the_same(desk: CaseDesk) -> None:
    hit(desk, point=None, feeds=(Feed.VERIFICATION, Feed.FREEZE_PROPOSAL))
    (case,) = taken_in(desk)
    assert (case.kind, case.service_point_id) == (KIND.VERIFICATION, None)
    desk.act(case, "take")
    desk.act(case, "conclude", data={"verdict": "confirmed", "measures": ["clue_report"]})
    assert [paper.kind for paper in desk.look(case).documents] == ["clue_report", "sheet"]


@pytest.mark.parametrize("feeds", [(), (Feed.CONTROL,), (Feed.IDLE_VISIT,)])
def test_what_feeds_neither_opens_nothing(desk: CaseDesk, feeds: tuple[Feed, ...]) -> None:
    hit(desk, feeds=feeds)
    assert taken_in(desk) == []


# By when -------------------------------------------------------------------------------------


def due(desk: CaseDesk, case: Case) -> datetime | None:
    return desk.look(case).case.due_at


def test_whoever_takes_a_case_takes_its_date_with_it(desk: CaseDesk) -> None:
    kept = find_alert(desk.connection, hit(desk))
    assert kept is not None
    (case,) = taken_in(desk)
    assert due(desk, case) == kept.alert.due_at
    desk.pass_time(hours=5)
    desk.act(case, "take")
    assert due(desk, case) == kept.alert.due_at
    desk.act(case, "take", by=BERT)
    assert due(desk, case) == kept.alert.due_at


def test_a_graver_alert_brings_the_date_of_a_taken_case_forward(desk: CaseDesk) -> None:
    hit(desk, severity=Severity.LOW)
    (case,) = taken_in(desk)
    desk.act(case, "take")
    hit(desk, "t2", rule_id="R07", severity=Severity.CRITICAL)
    taken_in(desk)
    assert due(desk, case) == desk.now + timedelta(hours=4)


def test_a_milder_alert_leaves_the_date_as_it_is(desk: CaseDesk) -> None:
    hit(desk, severity=Severity.CRITICAL)
    (case,) = taken_in(desk)
    hit(desk, "t2", rule_id="R07", severity=Severity.LOW)
    taken_in(desk)
    assert due(desk, case) == desk.now + timedelta(hours=4)


@pytest.mark.parametrize(
    ("severity", "working_days"), [(Severity.HIGH, 1), (Severity.MEDIUM, 3), (Severity.LOW, 10)]
)
def test_without_alerts_a_case_has_the_working_days_of_its_severity(
    desk: CaseDesk, severity: Severity, working_days: int
) -> None:
    case = desk.open(KIND.VERIFICATION, severity=severity)
    days = Allowance(working_days=working_days)
    assert due(desk, case) == after(desk.now, days, BankCalendar())
    desk.act(case, "take")
    assert due(desk, case) == after(desk.now, days, BankCalendar())


def test_a_taken_case_is_overdue_like_any_other(desk: CaseDesk) -> None:
    case = desk.open(KIND.VERIFICATION)
    desk.act(case, "take")
    date = due(desk, case)
    assert date is not None
    for now, is_late in ((date - timedelta(seconds=1), False), (date, True)):
        wanted = CaseFilter(kind=KIND.VERIFICATION, overdue_at=now, is_overdue=True)
        found = case_rows.list_cases(desk.connection, wanted, 10, None).items
        assert [one.case_id for one in found] == [case.case_id] * is_late


# Looking into it ------------------------------------------------------------------------------


def taken(desk: CaseDesk, **changes: Any) -> Case:
    """Return the case of one alert, taken."""
    hit(desk, **changes)
    case = next(one for one in taken_in(desk) if one.kind is KIND.VERIFICATION)
    desk.act(case, "take")
    return case


def states(desk: CaseDesk, case: Case) -> list[State]:
    return [one.alert.state for one in alerts_of(desk.connection, case.case_id)]


def test_who_takes_a_case_investigates_its_alerts(desk: CaseDesk) -> None:
    case = taken(desk)
    assert states(desk, case) == [State.INVESTIGATING]
    desk.act(case, "take", by=BERT)
    (kept,) = alerts_of(desk.connection, case.case_id)
    assert kept.assignee == BERT


@pytest.mark.parametrize("verdict", ["confirmed", "false_alarm", "undetermined"])
def test_the_verdict_closes_the_alerts_and_labels_their_hits(desk: CaseDesk, verdict: str) -> None:
    case = taken(desk)
    hit(desk, "t2", rule_id="R07")  # comes while it is looked into
    taken_in(desk)
    desk.act(case, "conclude", data={"verdict": verdict})
    assert states(desk, case) == [State.CLOSED, State.CLOSED]
    assert desk.look(case).case.outcome == verdict
    assert verdicts_about(desk.connection, ["t1", "t2"]) == {"t1": {verdict}, "t2": {verdict}}
    assert kinds_at(desk) == ({KIND.RECTIFICATION} if verdict == "confirmed" else set())


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.CRITICAL])
def test_a_grave_case_is_concluded_by_two_and_the_review_comes_early(
    desk: CaseDesk, severity: Severity
) -> None:
    case = taken(desk, severity=severity)
    acted = desk.act(case, "conclude", data={"verdict": "confirmed"})
    assert states(desk, case) == [State.INVESTIGATING]
    assert acted.approval_id is not None
    desk.decide(acted.approval_id)
    assert states(desk, case) == [State.CLOSED]
    assert kinds_at(desk) == {KIND.RECTIFICATION, KIND.ANNUAL_REVIEW}


def test_the_measures_are_chosen(desk: CaseDesk) -> None:
    case = taken(desk)
    asked = ["clue_report", "freeze", "annual_review"]
    desk.act(case, "conclude", data={"verdict": "confirmed", "measures": asked})
    assert kinds_at(desk) == {KIND.FREEZE, KIND.ANNUAL_REVIEW}
    papers = desk.look(case).documents
    assert [paper.title for paper in papers] == ["线索报告", "核查单"]
    assert "人民银行" in papers[0].text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "verdict"),
        ({"verdict": "maybe"}, "verdict"),
        ({"verdict": "confirmed", "measures": ["prison"]}, "measures"),
        ({"verdict": "confirmed", "measures": "freeze"}, "measures"),
        ({"verdict": "false_alarm", "measures": ["freeze"]}, "measures"),
        ({"verdict": "confirmed", "fine_fen": 5}, "fine_fen"),
    ],
)
def test_a_conclusion_that_cannot_be(desk: CaseDesk, data: Any, field: str) -> None:
    case = taken(desk)
    with pytest.raises(Mistakes) as mistakes:
        desk.act(case, "conclude", data=data)
    assert list(mistakes.value.fields) == [f"data.{field}"]
    assert states(desk, case) == [State.INVESTIGATING]


def test_nobody_concludes_what_nobody_took(desk: CaseDesk) -> None:
    hit(desk)
    (case,) = taken_in(desk)
    with pytest.raises(IllegalMove) as illegal:
        desk.act(case, "conclude", data={"verdict": "confirmed"})
    assert illegal.value.available == ("take",)


# Opened by staff ------------------------------------------------------------------------------


def test_staff_open_a_verification_about_alerts(desk: CaseDesk) -> None:
    alert_id = hit(desk, severity=Severity.HIGH)
    case = desk.open(KIND.VERIFICATION, alert_ids=(alert_id,))
    assert (case.scope_kind, case.severity) == ("card", Severity.HIGH)
    assert desk.look(case).alert_ids == [alert_id]
    assert taken_in(desk) == []
    with pytest.raises(Mistakes) as mistakes:
        desk.open(KIND.VERIFICATION, service_point_id=OTHER_POINT, alert_ids=(alert_id,))
    assert list(mistakes.value.fields) == ["alert_ids"]
