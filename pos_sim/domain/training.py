"""先培训后上岗 First trained, then behind the counter: four subjects, the latest result counts.

Source: transcript ``36:35`` (the subjects) and ``73:30`` (the rule).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pos_sim.domain.mistakes import Mistaken

FULL_SCORE = 100
LOWEST_PASS_MARK, USUAL_PASS_MARK = 60, 80
"""No course passes below the first; the second is this project's example value."""


class Subject(StrEnum):
    """What an operator is taught."""

    TERMINAL_OPERATION = "terminal_operation"
    SAFE_CARD_USE = "safe_card_use"
    COUNTERFEIT_NOTES = "counterfeit_notes"
    OPERATIONAL_RISK = "operational_risk"


TITLES: dict[Subject, tuple[str, str]] = {
    Subject.TERMINAL_OPERATION: ("机器设备操作使用方法", "Operating the machines"),
    Subject.SAFE_CARD_USE: ("安全用卡常识", "Safe use of cards"),
    Subject.COUNTERFEIT_NOTES: ("假币识别", "Recognizing counterfeit banknotes"),
    Subject.OPERATIONAL_RISK: ("业务操作风险防控", "Preventing operational risk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one examination ended."""

    subject: Subject
    score: int
    pass_mark: int
    taken_on: date

    @property
    def is_passed(self) -> bool:
        return self.score >= self.pass_mark


@dataclass(frozen=True, slots=True)
class Line:
    """One subject of one operator; no result yet: not examined."""

    subject: Subject
    result: Result | None = None
    attempts: int = 0


Record = tuple[Line, ...]
"""One line a subject, in their order."""

UNTRAINED: Record = tuple(Line(subject) for subject in Subject)


def after_result(record: Record, result: Result, today: date) -> Record:
    """Return the record with a new result. A date that cannot be raises `Mistaken`."""
    if result.taken_on > today:
        raise Mistaken("date", "不得晚于今天 · Must not be after today")
    return tuple(
        _after(line, result) if line.subject is result.subject else line for line in record
    )


def _after(line: Line, result: Result) -> Line:
    if line.result is not None and result.taken_on < line.result.taken_on:
        known = line.result.taken_on.isoformat()
        raise Mistaken("date", f"该科目已有 {known} 的成绩 · There is a result of {known}")
    return replace(line, result=result, attempts=line.attempts + 1)


def trained_on(record: Record) -> date | None:
    """Return the day of the last pass when all four subjects stand passed, None otherwise."""
    passed = [line.result for line in record if line.result and line.result.is_passed]
    return max(result.taken_on for result in passed) if len(passed) == len(Subject) else None


def still_open(record: Sequence[Line]) -> list[Subject]:
    """Return the subjects that are not passed."""
    return [line.subject for line in record if line.result is None or not line.result.is_passed]
