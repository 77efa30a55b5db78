"""Back-tests: the past judged again says what would have been said, and what was lost or kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from pos_sim.domain.calendar import DEMO_START, business_date
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Position, Reported
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from pos_sim.store.tables import service_points
from risk.alerts import AlertVerdict
from risk.backtest import Question, Result, backtest
from risk.comparison import Case
from risk.mistakes import Mistaken
from risk.pages import RulebookError
from risk.replay import days_needed
from risk.rulebook import shipped
from risk.store.grade_tables import point_grades
from risk.store.tables import risk_alerts
from tests.counter import reversal, transfer, withdrawal
from tests.risk.watched import DAY, FOURTH, HOUR, OWN_CARD, THIRD, Watched, watched
from tests.worlds import OTHER_POS, POINT, POS, RULES

START = DEMO_START
LATER = START + 10 * DAY
DAY_11 = LATER.date()


def asked(bank: Watched, rule_id: str = "R09", params: Any = None, **changes: Any) -> Result:
    """Ask about the eleventh day, which history is long enough for."""
    fields: dict[str, Any] = {"first": DAY_11, "last": DAY_11, "params": params or {}}
    question = Question(rule_id=rule_id, **(fields | changes))
    return backtest(bank.connection, question, RULES.policies, question_time(question))


def question_time(question: Question) -> datetime:
    return START + (question.last - START.date() + timedelta(days=1))


def a_day_at_three_points(bank: Watched) -> list[str]:
    """Let history begin, and a card be used at three points ten days later."""
    bank.ask(withdrawal(1, terminal=FOURTH))
    steps = (POS, OTHER_POS, THIRD)
    decided = bank.ask(
        *(withdrawal(2 + n, terminal=terminal, at=LATER + n * HOUR) for n, terminal in
          enumerate(steps))
    )  # fmt: skip
    return [transaction.transaction_id for transaction in decided]


def ids(cases: Sequence[Case]) -> list[str]:
    return [case.event_id for case in cases]


def test_the_same_numbers_keep_every_hit(still_database: Database) -> None:
    with watched(still_database) as bank:
        used = a_day_at_three_points(bank)
        result = asked(bank)
        assert ids(result.cases.kept) == [used[2]]
        assert (result.cases.gained, result.cases.lost) == ((), ())
        assert (result.recorded, result.versions, result.days_needed) == (1, (1,), 7)
        assert (result.before.judged, result.after.judged) == (3, 3)


@pytest.mark.parametrize(
    ("edge", "gained", "lost", "kept"),
    [(2, [1], [], [2]), (3, [], [], [2]), (4, [], [2], [])],
)
def test_a_lower_edge_gains_and_a_higher_one_loses(
    still_database: Database, edge: int, gained: list[int], lost: list[int], kept: list[int]
) -> None:
    with watched(still_database) as bank:
        used = a_day_at_three_points(bank)
        cases = asked(bank, params={"day": {"band": [{"from": edge}]}}).cases
        for found, expected in ((cases.gained, gained), (cases.lost, lost), (cases.kept, kept)):
            assert ids(found) == [used[number] for number in expected]


def test_a_hit_that_would_do_something_else_is_kept_and_changed(still_database: Database) -> None:
    with watched(still_database) as bank:
        a_day_at_three_points(bank)
        params = {"day": {"band": [{"severity": "high", "decision": "alert"}]}}
        (case,) = asked(bank, params=params).cases.kept
        assert case.has_changed
        assert case.before is not None
        assert case.after is not None
        assert (case.before.severity.value, case.after.severity.value) == ("medium", "high")


def test_what_was_judged_before_the_days_counts_in_the_windows(still_database: Database) -> None:
    """The points of the evening before are in the window of 24 hours, and not in the report."""
    with watched(still_database) as bank:
        used = a_day_at_three_points(bank)
        (last,) = bank.ask(withdrawal(9, terminal=POS, at=LATER + 20 * HOUR))
        next_day = DAY_11 + timedelta(days=1)
        result = asked(bank, first=next_day, last=next_day)
        assert ids(result.cases.kept) == [last.transaction_id]
        assert used[2] not in result.before.hits


def test_a_reversal_of_something_older_than_the_windows_is_understood(
    still_database: Database,
) -> None:
    with watched(still_database) as bank:
        bank.ask(withdrawal(1, at=START), withdrawal(2, at=START))
        for trace in (1, 2):
            at = LATER + trace * HOUR
            bank.ask(reversal(10 + trace, of=trace, at=at))
        result = asked(bank, "R18")
        assert result.recorded == len(result.cases.kept) == len(bank.hits("R18")) > 0


def test_what_was_found_true_stands_beside_the_case(still_database: Database) -> None:
    with watched(still_database) as bank:
        a_day_at_three_points(bank)
        bank.connection.execute(
            update(risk_alerts).values(state="closed", closed_us=1, verdict="confirmed")
        )
        (case,) = asked(bank, params={"day": {"band": [{"from": 4}]}}).cases.lost
        assert case.verdict is AlertVerdict.CONFIRMED


def test_own_dealings_and_transfers_are_judged_from_their_records(
    still_database: Database,
) -> None:
    with watched(still_database) as bank:
        bank.ask(withdrawal(1, terminal=FOURTH))
        day = START + 40 * DAY
        for trace in (2, 3, 4):
            at = day + trace * HOUR
            bank.ask(transfer(trace, payee=OWN_CARD, amount=yuan(100), at=at))
        result = asked(bank, "R03", first=day.date(), last=day.date())
        assert result.recorded == len(result.cases.kept) == 3


# The patrol --------------------------------------------------------------------------------------


def test_the_patrol_is_walked_again(still_database: Database) -> None:
    """A point that served once and never again is idle for longer with every evening."""
    with watched(still_database) as bank:
        (served,) = bank.ask(withdrawal(1, terminal=FOURTH))
        needed = days_needed(next(one for one in shipped().versions if one.rule_id == "R21"))
        last = business_date(START) + timedelta(days=needed)
        result = asked(bank, "R21", first=last, last=last)
        assert f"{served.service_point_id} {last}" in ids(result.cases.kept)


# Refusals ----------------------------------------------------------------------------------------


def test_it_refuses_where_history_is_shorter_than_the_longest_window(
    still_database: Database,
) -> None:
    with watched(still_database) as bank:
        with pytest.raises(Mistaken, match="还没有任何交易"):
            asked(bank)
        bank.ask(withdrawal(1))
        edge = START.date() + timedelta(days=7)
        asked(bank, first=edge, last=edge)
        with pytest.raises(Mistaken, match=str(edge)) as refusal:
            asked(bank, first=edge - timedelta(days=1), last=edge)
        assert refusal.value.field == "from"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first": DAY_11 + timedelta(days=1)}, "to"),
        ({"last": DAY_11 + timedelta(days=366)}, "to"),
        ({"most": 2}, "to"),
    ],
)
def test_days_that_cannot_be_judged(
    still_database: Database, changes: dict[str, Any], field: str
) -> None:
    with watched(still_database) as bank:
        a_day_at_three_points(bank)
        with pytest.raises(Mistaken) as refusal:
            asked(bank, **changes)
        assert refusal.value.field == field


def test_tomorrow_cannot_be_judged(still_database: Database) -> None:
    with watched(still_database) as bank:
        a_day_at_three_points(bank)
        question = Question(rule_id="R09", params={}, first=DAY_11, last=DAY_11)
        with pytest.raises(Mistaken):
            backtest(bank.connection, question, RULES.policies, LATER - DAY)


def test_a_rule_and_changes_that_cannot_be(still_database: Database) -> None:
    with watched(still_database) as bank:
        a_day_at_three_points(bank)
        with pytest.raises(LookupError):
            asked(bank, "R99")
        with pytest.raises(RulebookError):
            asked(bank, params={"day": {"band": [{"to": 3}]}})


# The tier of the day -----------------------------------------------------------------------------

THAT = START + 31 * DAY
BEFORE, AFTERWARDS = THAT - 2 * DAY, THAT + DAY


@pytest.mark.parametrize(
    ("decided_at", "hits"),
    [
        (None, 0),  # B all the time: 500 m
        (BEFORE, 1),  # D on that day already: 375 m
        (AFTERWARDS, 0),  # D today, but B on that day
    ],
)
def test_a_point_is_judged_by_the_tier_of_its_day(
    still_database: Database, decided_at: datetime | None, hits: int
) -> None:
    near = Reported(position=Position(26.6 + 0.0038, 106.7, 15.0))  # 423 m away
    with watched(still_database) as bank:
        if decided_at is not None:
            graded_down(bank, decided_at)
        for trace, at in ((1, START), (2, THAT - DAY), (3, THAT)):
            bank.group([replace(withdrawal(trace, at=at), reported=near)])
        result = asked(bank, "R11", first=THAT.date(), last=THAT.date())
    assert (len(result.before.hits), len(result.after.hits)) == (hits, hits)


def graded_down(bank: Watched, at: datetime) -> None:
    """Let a point be of tier D today, since a grading at some time."""
    names = {column.name: 0 for column in point_grades.columns}
    words = {
        "service_point_id": POINT,
        "month": "2026-02",
        "policy_version": "x",
        "star_before": 3,
        "star_grade": 3,
        "tier_before": "B",
        "tier": "D",
        "review": "none",
        "status": "open",
        "explanation": "",
        "explanation_en": "",
        "decided_us": to_us(at),
    }
    bank.connection.execute(insert(point_grades).values(names | words))
    point = service_points.c.service_point_id == POINT
    bank.connection.execute(update(service_points).where(point).values(tier="D"))
