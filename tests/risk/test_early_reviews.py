"""What brings a review forward, and what makes somebody visit an idle point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from pos_sim.domain.watching import Verdict
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk import early_reviews, idle_visits
from risk.deadlines import MondayToFriday
from risk.store import case_rows
from risk.store.save_hits import Said, save_said
from risk.vocabulary import Feed, Lane, ScopeKind, Severity
from risk.workflow import CaseKind
from tests.risk.case_desk import KIND, CaseDesk, case_desk
from tests.risk.test_alerts import SOME_HIT
from tests.worlds import OTHER_POINT, POINT


@pytest.fixture
def desk(still_database: Database) -> Iterator[CaseDesk]:
    with case_desk(still_database) as opened:
        yield opened


def said(desk: CaseDesk, event: str, **changes: Any) -> None:
    about_point = {"scope": ScopeKind.POINT, "scope_value": POINT}
    hit = replace(SOME_HIT, **(about_point | changes))
    one = Said(hit, event, hit.scope_value, to_us(desk.now))
    save_said(desk.connection, [one], MondayToFriday())


def open_kinds(desk: CaseDesk) -> list[CaseKind]:
    return [case.kind for case in case_rows.open_at(desk.connection, POINT)]


def typology(desk: CaseDesk, event: str, band: int = 1) -> None:
    said(desk, event, rule_id="T01", band=band, severity=Severity.HIGH)


def test_terminal_identity_brings_the_review_forward_at_once(desk: CaseDesk) -> None:
    said(desk, "t1", rule_id="R12", severity=Severity.CRITICAL)
    (fired,) = desk.fire(early_reviews.DUE_KINDS)
    assert fired.kind == "early_review"
    assert open_kinds(desk) == [KIND.ANNUAL_REVIEW]
    said(desk, "t2", rule_id="R12", severity=Severity.CRITICAL)
    assert desk.fire(early_reviews.DUE_KINDS) == []  # it is open already


@pytest.mark.parametrize(("days", "is_early"), [(90, True), (91, False)])
def test_a_typology_that_is_reached_twice_in_ninety_days(
    desk: CaseDesk, days: int, is_early: bool
) -> None:
    typology(desk, "t1")
    assert desk.fire(early_reviews.DUE_KINDS) == []
    desk.pass_time(days=days)
    typology(desk, "t2")
    assert bool(desk.fire(early_reviews.DUE_KINDS)) is is_early
    assert open_kinds(desk) == ([KIND.ANNUAL_REVIEW] if is_early else [])


def test_a_typology_that_goes_on_to_its_second_threshold_was_reached_once(desk: CaseDesk) -> None:
    typology(desk, "t1")
    typology(desk, "t2", band=2)
    assert desk.fire(early_reviews.DUE_KINDS) == []
    assert open_kinds(desk) == []


def test_other_rules_bring_nothing_forward(desk: CaseDesk) -> None:
    for number in range(5):
        said(desk, f"t{number}", rule_id="R18", severity=Severity.HIGH)
    assert desk.fire(early_reviews.DUE_KINDS) == []


def idle(desk: CaseDesk, event: str, severity: Severity, point: str = POINT) -> None:
    said(
        desk, event, rule_id="R21", severity=severity, decision=Verdict.ALLOW, lane=Lane.BATCH,
        feeds=(Feed.IDLE_VISIT,), scope_value=point,
    )  # fmt: skip


def test_a_point_that_is_idle_for_long_is_visited_and_a_mere_note_is_not(desk: CaseDesk) -> None:
    idle(desk, "n1", Severity.LOW)
    assert desk.fire(idle_visits.DUE_KINDS) == []
    assert open_kinds(desk) == []
    desk.pass_time(days=60)
    idle(desk, "n2", Severity.MEDIUM)
    idle(desk, "n3", Severity.MEDIUM, OTHER_POINT)
    assert len(desk.fire(idle_visits.DUE_KINDS)) == 2
    assert open_kinds(desk) == [KIND.IDLE_VISIT]
    assert desk.fire(idle_visits.DUE_KINDS) == []


def test_an_exited_point_is_visited_no_more(desk: CaseDesk) -> None:
    desk.set_status("exited")
    idle(desk, "n1", Severity.MEDIUM)
    assert desk.fire(idle_visits.DUE_KINDS) == []
    assert desk.fire(idle_visits.DUE_KINDS) == []
