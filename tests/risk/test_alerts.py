"""The alert machine: dedup, cooldown, severity only upward, moves, due times, suppression."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.watching import Verdict
from risk.alerts import (
    MOVES,
    Action,
    Alert,
    AlertVerdict,
    Change,
    State,
    act,
    after_hit,
    available_actions,
    key_of,
    raises_alert,
    strongest,
)
from risk.deadlines import MondayToFriday, Stage, due_at, stage_at
from risk.rules import Hit
from risk.suppressions import Suppression, after_suppressions
from risk.vocabulary import Lane, Outcome, ScopeKind, Severity
from tests.risk.ordinary import hits_of

CALENDAR = MondayToFriday()
AT = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)  # a Monday
HOUR = timedelta(hours=1)
SOME_HIT = hits_of("R09", card_points_24h=3)[0]


def hit(severity: Severity = Severity.MEDIUM, lane: Lane = Lane.POST) -> Hit:
    return replace(SOME_HIT, severity=severity, lane=lane)


def opened(of: Hit = SOME_HIT, at: datetime = AT) -> Alert:
    step = after_hit(None, of, "t1", at, CALENDAR)
    assert step.change is Change.OPENED
    return step.alert


def closed(of: Hit = SOME_HIT) -> Alert:
    return replace(opened(of), state=State.CLOSED, verdict=AlertVerdict.FALSE_ALARM)


def test_the_key_is_rule_and_subject_and_never_the_transaction() -> None:
    assert key_of(hit()) == ("R09", "card", "7")
    assert key_of(replace(hit(), outcome=Outcome.ERROR)) == ("R09", "monitor", "R09")


def test_an_open_alert_counts_and_is_not_doubled() -> None:
    step = after_hit(opened(), hit(), "t2", AT + HOUR, CALENDAR)
    assert step.change is Change.UPDATED
    assert step.alert.hit_count == 2
    assert step.alert.transaction_ids == ("t1", "t2")
    assert (step.alert.first_seen_at, step.alert.last_seen_at) == (AT, AT + HOUR)


@pytest.mark.parametrize("first", list(Severity))
@pytest.mark.parametrize("second", list(Severity))
def test_severity_only_rises(first: Severity, second: Severity) -> None:
    alert = after_hit(opened(hit(first)), hit(second), "t2", AT, CALENDAR).alert
    assert alert.severity.rank == max(first.rank, second.rank)
    assert alert.due_at == min(due_at(first, AT, CALENDAR), due_at(second, AT, CALENDAR))


@pytest.mark.parametrize(
    ("lane", "hours", "change"),
    [
        (Lane.INLINE, 0, Change.OPENED),
        (Lane.POST, 23, Change.COOLED),
        (Lane.POST, 24, Change.OPENED),
        (Lane.BATCH, 23, Change.COOLED),
        (Lane.BATCH, 24, Change.OPENED),
    ],
)
def test_a_closed_alert_cools_down(lane: Lane, hours: int, change: Change) -> None:
    step = after_hit(closed(), hit(lane=lane), "t2", AT + hours * HOUR, CALENDAR)
    assert step.change is change
    assert step.alert.is_open is (change is Change.OPENED)
    assert step.alert.hit_count == (1 if change is Change.OPENED else 2)


def test_a_graver_hit_does_not_wait_for_the_cooldown() -> None:
    step = after_hit(closed(), hit(Severity.HIGH), "t2", AT + HOUR, CALENDAR)
    assert step.change is Change.OPENED


@pytest.mark.parametrize(
    ("outcome", "decision", "raises"),
    [
        (Outcome.HIT, Verdict.ALERT, True),
        (Outcome.HIT, Verdict.DECLINE, True),
        (Outcome.HIT, Verdict.ALLOW, False),  # only noted
        (Outcome.SHADOW, Verdict.ALLOW, False),
        (Outcome.SUPPRESSED, Verdict.ALLOW, False),
        (Outcome.ERROR, Verdict.ALLOW, True),  # monitor degraded
    ],
)
def test_what_raises_an_alert(outcome: Outcome, decision: Verdict, raises: bool) -> None:
    assert raises_alert(replace(hit(), outcome=outcome, decision=decision)) is raises


def test_the_gravest_hit_about_a_subject_speaks() -> None:
    found = strongest([hit(Severity.LOW), hit(Severity.HIGH), hit(Severity.MEDIUM)])
    assert [one.severity for one in found.values()] == [Severity.HIGH]


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (State.NEW, "assign investigate escalate"),
        (State.ASSIGNED, "assign investigate escalate"),
        (State.INVESTIGATING, "assign close escalate"),
        (State.ESCALATED, "assign investigate close"),
        (State.SUPPRESSED, "close"),
        (State.CLOSED, ""),
    ],
)
def test_what_people_can_do(state: State, actions: str) -> None:
    alert = replace(opened(), state=state)
    assert " ".join(action.value for action in available_actions(alert)) == actions


@pytest.mark.parametrize(("state", "action"), list(product(State, Action)))
def test_every_pair_of_state_and_action(state: State, action: Action) -> None:
    verdict = AlertVerdict.CONFIRMED if action is Action.CLOSE else None
    after = act(replace(opened(), state=state), action, verdict)
    assert (after and after.state) == MOVES[state].get(action)


def test_closing_needs_a_verdict_and_nothing_else_has_one() -> None:
    looked_at = replace(opened(), state=State.INVESTIGATING)
    assert act(looked_at, Action.CLOSE) is None
    assert act(looked_at, Action.ESCALATE, AlertVerdict.CONFIRMED) is None
    after = act(looked_at, Action.CLOSE, AlertVerdict.CONFIRMED)
    assert after is not None
    assert after.verdict is AlertVerdict.CONFIRMED


def test_an_alert_names_its_latest_transactions() -> None:
    alert = opened()
    for number in range(150):
        alert = after_hit(alert, hit(), f"n{number}", AT, CALENDAR).alert
    assert (alert.hit_count, len(alert.transaction_ids)) == (151, 100)
    assert alert.transaction_ids[-1] == "n149"


class Holiday:
    """Monday to Friday, but 2026-03-03 is a holiday."""

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day != date(2026, 3, 3)


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        (Severity.CRITICAL, "2026-03-02T14:00:00+08:00"),
        (Severity.HIGH, "2026-03-03T10:00:00+08:00"),
        (Severity.MEDIUM, "2026-03-05T10:00:00+08:00"),
        (Severity.LOW, "2026-03-16T10:00:00+08:00"),
    ],
)
def test_due_times(severity: Severity, due: str) -> None:
    assert due_at(severity, AT, CALENDAR).isoformat() == due


def test_a_holiday_is_no_working_day() -> None:
    assert due_at(Severity.HIGH, AT, Holiday()).date() == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("minutes", "stage"),
    [
        (167, Stage.ON_TIME),
        (168, Stage.WARNED),  # 70 % of four hours
        (239, Stage.WARNED),
        (240, Stage.PARENT_BRANCH),
        (479, Stage.PARENT_BRANCH),
        (480, Stage.PROVINCE),
    ],
)
def test_an_alert_that_nobody_works_on_climbs(minutes: int, stage: Stage) -> None:
    now = AT + timedelta(minutes=minutes)
    assert stage_at(Severity.CRITICAL, AT, now, CALENDAR) is stage


def suppression(**changes: object) -> Suppression:
    fields = {
        "rule_id": "R09",
        "scope": ScopeKind.CARD,
        "scope_value": "7",
        "since": AT,
        "until": AT + 24 * HOUR,
        "reason": "走村串寨的货郎",
        "maker": "m1",
    }
    return Suppression(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "hours", "silenced"),
    [
        ({}, 0, True),
        ({}, 23, True),
        ({}, 24, False),  # its end is outside
        ({}, -1, False),
        ({"scope_value": "8"}, 0, False),
        ({"rule_id": "R01"}, 0, False),
        ({"until": AT + 25 * HOUR}, 0, False),  # longer than 24 h: two hands
        ({"until": AT + 25 * HOUR, "approver": "m1"}, 0, False),
        ({"until": AT + 25 * HOUR, "approver": "c1"}, 0, True),
    ],
)
def test_a_suppression_silences_the_action(
    changes: dict[str, object], hours: int, silenced: bool
) -> None:
    (after,) = after_suppressions([hit()], [suppression(**changes)], AT + hours * HOUR)
    assert (after.outcome is Outcome.SUPPRESSED) is silenced
    assert after.decision is (Verdict.ALLOW if silenced else Verdict.ALERT)
    assert after.observed == hit().observed  # the evidence stays


@pytest.mark.parametrize("rule_id", ["R12", "R24"])
def test_terminal_identity_and_lists_are_never_silenced(rule_id: str) -> None:
    loud = replace(hit(), rule_id=rule_id)
    assert after_suppressions([loud], [suppression(rule_id=rule_id)], AT) == (loud,)


@given(st.lists(st.sampled_from(Severity), min_size=1, max_size=12))
def test_one_open_alert_however_many_hits(severities: list[Severity]) -> None:
    alert = None
    for number, severity in enumerate(severities):
        alert = after_hit(alert, hit(severity), f"t{number}", AT, CALENDAR).alert
    assert alert is not None
    assert alert.hit_count == len(severities)
    assert alert.severity.rank == max(severity.rank for severity in severities)
