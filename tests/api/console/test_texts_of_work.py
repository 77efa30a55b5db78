"""Every word that alerts, cases and approvals can use has its text: a page never lacks one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from api.console.pages.alert import SILENCES, VERDICTS
from api.console.pages.alerts import DUES
from api.console.pages.approvals import STATES
from api.console.staff.alerts import MOVES
from api.console.texts import catalogue
from pos_sim.domain.requests import Business
from pos_sim.domain.service_points import AT_THE_COUNTER, PointStatus
from risk.alerts import MONITOR, Action, AlertVerdict, State
from risk.case_data import Measure
from risk.case_data import Outcome as VisitOutcome
from risk.checklists import Result
from risk.vocabulary import DECISIONS, Feed, Outcome, Proposal, ScopeKind, Severity

WORDS: tuple[tuple[str, Iterable[str]], ...] = (
    ("alerts.", State),
    ("alerts.not_", State),
    ("alerts.scope_", (*ScopeKind, MONITOR)),
    ("alerts.feed_", Feed),
    ("alerts.", Proposal),
    ("alerts.", AlertVerdict),
    ("alerts.", VERDICTS),
    ("alerts.", ("alert_only" if one == "alert" else one for one in DECISIONS)),
    ("alerts.outcome_", Outcome),
    ("alerts.do_", MOVES),
    ("alerts.submit_", MOVES),
    ("alerts.said_", (Action.ASSIGN, Action.INVESTIGATE, Action.CLOSE, Action.ESCALATE)),
    ("alerts.done_", (Action.ASSIGN, Action.INVESTIGATE, Action.CLOSE, Action.ESCALATE)),
    ("alerts.due_", DUES),
    ("alerts.for_", SILENCES),
    ("severity.", Severity),
    ("staff.", PointStatus),
    ("operations.", AT_THE_COUNTER | {Business.REVERSAL}),
    ("cases.outcome_", (*AlertVerdict, *VisitOutcome, "passed", "failed", "exited")),
    ("cases.measure_", Measure),
    ("cases.result_", Result),
    ("cases.was_", ("opened", "raised", "proposed", "done", "rejected", "overtaken")),
    ("approvals.tab_", STATES),
    ("approvals.empty_", STATES),
)


@pytest.mark.parametrize(("prefix", "words"), WORDS)
def test_a_page_never_lacks_a_word(prefix: str, words: Iterable[str]) -> None:
    assert {f"{prefix}{word}" for word in words} <= catalogue().keys()
