"""先培训后上岗: the latest result of each subject counts, and all four must stand passed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.mistakes import Mistaken, NotPossible
from pos_sim.domain.opening import STEPS, Ready, Step, require_ready, require_step
from pos_sim.domain.service_points import PointStatus
from pos_sim.domain.training import (
    UNTRAINED,
    Record,
    Result,
    Subject,
    after_result,
    still_open,
    trained_on,
)

TODAY = date(2026, 3, 2)


def result(subject: Subject, score: int = 90, days_ago: int = 0, pass_mark: int = 80) -> Result:
    return Result(
        subject=subject,
        score=score,
        pass_mark=pass_mark,
        taken_on=TODAY - timedelta(days=days_ago),
    )


def after(*results: Result) -> Record:
    record = UNTRAINED
    for one in results:
        record = after_result(record, one, TODAY)
    return record


def test_all_four_make_an_operator_trained_on_the_day_of_the_last() -> None:
    days = dict(zip(Subject, (9, 3, 7, 5), strict=True))
    record = after(*(result(subject, days_ago=days[subject]) for subject in Subject))
    assert trained_on(record) == TODAY - timedelta(days=3)
    assert still_open(record) == []


@pytest.mark.parametrize("missing", Subject)
def test_one_subject_missing_is_untrained(missing: Subject) -> None:
    record = after(*(result(subject) for subject in Subject if subject is not missing))
    assert trained_on(record) is None
    assert still_open(record) == [missing]


@pytest.mark.parametrize(("score", "passes"), [(79, False), (80, True), (81, True)])
def test_the_pass_mark_itself_passes(score: int, passes: bool) -> None:
    assert result(Subject.SAFE_CARD_USE, score).is_passed is passes


def test_a_later_failure_counts_and_a_later_pass_repairs_it() -> None:
    trained = [result(subject, days_ago=5) for subject in Subject]
    failed = result(Subject.COUNTERFEIT_NOTES, score=10, days_ago=4)
    assert trained_on(after(*trained, failed)) is None
    repaired = after(*trained, failed, result(Subject.COUNTERFEIT_NOTES, days_ago=3))
    assert trained_on(repaired) == TODAY - timedelta(days=3)
    assert [line.attempts for line in repaired] == [1, 1, 3, 1]


@pytest.mark.parametrize("days_ago", [-1, 5])
def test_a_date_after_today_or_before_the_known_one_is_refused(days_ago: int) -> None:
    record = after(result(Subject.SAFE_CARD_USE, days_ago=4))
    with pytest.raises(Mistaken, match="date"):
        after_result(record, result(Subject.SAFE_CARD_USE, days_ago=days_ago), TODAY)


@given(
    st.lists(
        st.tuples(st.sampled_from(Subject), st.integers(0, 100), st.integers(60, 100)), max_size=30
    )
)
def test_trained_is_exactly_that_every_last_result_passed(
    taken: list[tuple[Subject, int, int]],
) -> None:
    record = after(*(result(subject, score, pass_mark=mark) for subject, score, mark in taken))
    last = {subject: score >= mark for subject, score, mark in taken}
    assert (trained_on(record) is not None) == (len(last) == len(Subject) and all(last.values()))


# Opening ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ready", "missing"),
    [
        (Ready(PointStatus.TRIAL, True, 1), None),
        (Ready(PointStatus.TRIAL, False, 1), ("trained",)),
        (Ready(PointStatus.TRIAL, True, 0), ("terminal",)),
        (Ready(PointStatus.TRIAL, False, 0), ("trained", "terminal")),
        (Ready(PointStatus.OPEN, True, 1), ()),
        (Ready(PointStatus.FROZEN, True, 1), ()),
        (Ready(PointStatus.EXITED, True, 1), ()),
    ],
)
def test_what_opening_asks(ready: Ready, missing: tuple[str, ...] | None) -> None:
    if missing is None:
        require_ready(ready)
        return
    with pytest.raises(NotPossible) as wrong:
        require_ready(ready)
    assert wrong.value.missing == missing
    assert Step.OPENING not in wrong.value.available


@pytest.mark.parametrize("status", PointStatus)
@pytest.mark.parametrize("step", Step)
def test_a_step_is_possible_exactly_where_the_table_says(status: PointStatus, step: Step) -> None:
    if step in STEPS[status]:
        require_step(status, step)
        return
    with pytest.raises(NotPossible) as wrong:
        require_step(status, step)
    assert wrong.value.available == STEPS[status]
