"""The bank's people on the mornings of a year: cases and alerts, two hands where it takes two.

They know no more than a clerk does: what the case says, and which rules its alerts come from. How
soon they act, and what they find, is chance with the shares below, all of them assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.store.sql import Statement
from risk.alerts import AlertVerdict
from risk.approval_effects import EFFECTS
from risk.approvals import Choice, decide
from risk.case_data import Outcome
from risk.case_mistakes import IllegalMove
from risk.cases import act
from risk.checklists import Result, shipped_checklist
from risk.store import case_rows
from risk.store.case_alerts import HELD
from risk.workflow import Actor, Case, CaseKind
from seeds.dice import Dice
from seeds.year import alert_desk

OPENS = time(8, 30)
MAKER, CHECKER = Actor("county-clerk"), "parent-branch"
CLERKS = alert_desk.Clerks(MAKER.name, CHECKER)
NOTE = "日常办理 · in the daily round"

OPEN = Statement(f"{case_rows.SELECT} where closed_us is null order by case_id")
RULES = Statement("select case_id, rule_id from risk_alerts where case_id {in:case_ids text}")

TRUE_RULES = frozenset({"R02", "R11", "R12", "R18"})
"""Rules that seldom speak without a reason; the others often mean somebody innocent."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody does with a case."""

    action: str
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Habit:
    """On so many of 1,000 mornings a case in this state is acted on, and how."""

    permille: int
    choose: Callable[[Case, frozenset[str], Dice], Wanted]


def work(connection: Connection, day: date, seed: int) -> int:
    """Do a morning's work on cases and alerts; return how many were moved. The caller commits."""
    at = datetime.combine(day, OPENS, SHANGHAI)
    cases = sum(done(connection, case, to_do, at) for case, to_do in chosen(connection, day, seed))
    return cases + alert_desk.work(connection, CLERKS, at, seed)


def done(connection: Connection, case: Case, wanted: Wanted, at: datetime) -> bool:
    """Act, with a second person where it takes one; False where the case is gone meanwhile."""
    try:
        acted = act(
            connection, case.case_id, wanted.action, actor=MAKER, at=at, note=NOTE, data=wanted.data
        )
    except IllegalMove:  # another case of this morning has ended it
        return False
    if acted.approval_id is not None:
        decide(
            connection, acted.approval_id, Choice.APPROVE,
            by=CHECKER, at=at, note=NOTE, effects=EFFECTS,
        )  # fmt: skip
    return True


def chosen(connection: Connection, day: date, seed: int) -> Iterator[tuple[Case, Wanted]]:
    """Give the cases that are acted on this morning, and what is done."""
    cases = [case_rows.case_of(row) for row in OPEN.rows(connection)]
    rules = rules_of(connection, cases)
    for case in cases:
        habit = HABITS.get((case.kind, case.state))
        dice = Dice(seed, "staff", case.case_id, day)
        if habit is None or not dice.happens(habit.permille):
            continue
        wanted = habit.choose(case, rules.get(case.case_id, frozenset()), dice)
        if wanted.action != "settle" or not HELD.rows(connection, point=case.service_point_id):
            yield case, wanted


def rules_of(connection: Connection, cases: list[Case]) -> dict[str, frozenset[str]]:
    """Return from which rules the alerts of each verification come."""
    ids = [case.case_id for case in cases if case.kind is CaseKind.VERIFICATION]
    found: dict[str, frozenset[str]] = {}
    for case_id, rule_id in RULES.rows(connection, case_ids=ids) if ids else ():
        found[case_id] = found.get(case_id, frozenset()) | {rule_id}
    return found


def always(action: str) -> Callable[[Case, frozenset[str], Dice], Wanted]:
    wanted = Wanted(action)
    return lambda case, rules, dice: wanted


def either(permille: int, one: str, other: str) -> Callable[[Case, frozenset[str], Dice], Wanted]:
    """Do the one in so many of 1,000 cases, the other in the rest."""
    return lambda case, rules, dice: Wanted(one if dice.happens(permille) else other)


def conclude(_case: Case, rules: frozenset[str], dice: Dice) -> Wanted:
    is_true = dice.happens(900 if rules & TRUE_RULES else 30)
    verdict = AlertVerdict.CONFIRMED if is_true else AlertVerdict.FALSE_ALARM
    return Wanted("conclude", {"verdict": verdict.value})


def hand_in(_case: Case, _rules: frozenset[str], dice: Dice) -> Wanted:
    """Hand in a checklist; of a hundred points three have something that must be put right."""
    items = {item.code: Result.PASS.value for item in shipped_checklist().items()}
    if dice.happens(30):
        must = [item.code for item in shipped_checklist().items() if item.must]
        items[dice.pick(must)] = Result.FAIL.value
    return Wanted("submit", {"items": items})


def judge_review(case: Case, _rules: frozenset[str], _dice: Dice) -> Wanted:
    return Wanted("pass" if case.passes else "fail")


def judge_freeze(case: Case, _rules: frozenset[str], dice: Dice) -> Wanted:
    """Freeze where something was confirmed or not put right; seldom for a missed date alone."""
    is_grave = case.reason.startswith(("核查属实", "逾期未整改"))
    return Wanted("freeze" if dice.happens(700 if is_grave else 20) else "close")


def report_visit(_case: Case, _rules: frozenset[str], dice: Dice) -> Wanted:
    outcomes = [Outcome.RESUME] * 5 + [Outcome.RELOCATE] * 3 + [Outcome.PROPOSE_EXIT] * 2
    return Wanted("report", {"outcome": dice.pick(outcomes).value})


HABITS: dict[tuple[CaseKind, str], Habit] = {
    (CaseKind.VERIFICATION, "open"): Habit(700, always("take")),
    (CaseKind.VERIFICATION, "taken"): Habit(500, conclude),
    (CaseKind.ANNUAL_REVIEW, "open"): Habit(200, hand_in),
    (CaseKind.ANNUAL_REVIEW, "submitted"): Habit(500, judge_review),
    (CaseKind.RECTIFICATION, "ordered"): Habit(150, always("submit")),
    (CaseKind.RECTIFICATION, "submitted"): Habit(500, either(900, "accept", "reject")),
    (CaseKind.FREEZE, "proposed"): Habit(700, judge_freeze),
    (CaseKind.FREEZE, "lapsed"): Habit(700, always("close")),
    (CaseKind.FREEZE, "frozen"): Habit(100, always("unfreeze")),
    (CaseKind.FREEZE, "lifted"): Habit(900, always("close")),
    (CaseKind.EXIT, "proposed"): Habit(300, either(600, "stop", "close")),
    (CaseKind.EXIT, "stopped"): Habit(500, always("settle")),
    (CaseKind.EXIT, "settled"): Habit(500, always("recover_terminal")),
    (CaseKind.EXIT, "recovered"): Habit(500, always("close")),
    (CaseKind.IDLE_VISIT, "planned"): Habit(200, report_visit),
}
