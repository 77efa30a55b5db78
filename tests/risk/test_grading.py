"""The monthly grading on both databases: when, whom, what it leaves, and that it is quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from pos_sim.domain.calendar import DEMO_START, SHANGHAI
from pos_sim.engine.post_group import post_group
from pos_sim.store import tables
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from risk.audit_log import CLOCK, Wanted, list_entries
from risk.grade_policies import shipped_grade_policies
from risk.grading import grading_due, next_grading
from risk.store.case_tables import cases
from risk.store.grade_rows import SET_GRADED, grades_of
from risk.store.register import ask_version
from risk.store.tables import risk_alerts, risk_point_days
from tests.counter import withdrawal
from tests.risk.watched import new_monitor, watched
from tests.worlds import POINT, RULES

MARCH = date(2026, 3, 1)
FIRST_OF_APRIL = datetime(2026, 4, 1, 1, 0, tzinfo=SHANGHAI)
DUE = grading_due()


def watched_month(
    connection: Connection, point: str = POINT, days: int = 31, moves: int = 2
) -> None:
    """Let a point have been watched in March, with so many moves on each of the first days."""
    SET_GRADED.run(connection, month="2026-02")
    connection.execute(
        insert(risk_point_days), [day_row(point, MARCH + timedelta(days=n), moves)
                                  for n in range(days)]
    )  # fmt: skip


def day_row(point: str, day: date, moves: int) -> dict[str, Any]:
    zeros = ("withdrawals", "withdrawn_fen", "cash_outs", "non_local")
    return dict.fromkeys(zeros, 0) | {
        "service_point_id": point,
        "business_date": day,
        "requests": moves,
        "moves": moves,
        "moved_fen": moves * 10_000,
        "jumped": False,
        "stamp": "",
    }


def verify_alert(connection: Connection, severity: str, closed_at: datetime) -> None:
    """Let an alert about the point have been verified."""
    at_us = to_us(closed_at)
    connection.execute(
        insert(risk_alerts).values(
            alert_id=f"R99-{severity}-{at_us}", rule_id="R99", rule_version=1, scope_kind="point",
            scope_value=f"{POINT}{at_us}{severity}", ordinal=1, lane="post", title="", title_en="",
            severity=severity, state="closed", service_point_id=POINT, first_seen_us=at_us,
            last_seen_us=at_us, hit_count=1, explanation="", explanation_en="", feeds="",
            proposes="", due_us=at_us, closed_us=at_us, verdict="confirmed",
        )
    )  # fmt: skip


def work(database: Database, *prepare: Any, at: datetime = FIRST_OF_APRIL) -> list[str]:
    """Prepare and grade in one transaction; return what fired."""

    def both(connection: Connection) -> list[str]:
        for one in prepare:
            one(connection)
        return [fired.text for fired in DUE.work(connection, at)]

    return database.run_now(both)


def point_now(connection: Connection) -> tuple[int, str]:
    p = tables.service_points.c
    query = select(p.star_grade, p.tier).where(p.service_point_id == POINT)
    row = connection.execute(query).one()
    return row.star_grade, row.tier


def test_nothing_is_planned_before_anything_happened(still_database: Database) -> None:
    with watched(still_database) as bank:
        assert next_grading(bank.connection, DEMO_START) is None
        bank.ask(withdrawal(1))
        assert next_grading(bank.connection, DEMO_START) == FIRST_OF_APRIL
        assert next_grading(bank.connection, FIRST_OF_APRIL + timedelta(days=3)) == FIRST_OF_APRIL


def test_a_month_is_graded_once_and_explained(database: Database) -> None:
    assert work(database, watched_month) == ["2026-03 评级：2 个服务点，2 个有变化"]
    assert work(database) == []
    (row,) = database.read_now(lambda c: grades_of(c, POINT, 5))
    assert (row.moves, row.moved_fen, row.idle_days, row.score) == (62, 620_000, 0, 84)
    assert (row.star_before, row.star_grade, row.tier) == (3, 4, "B")
    assert "62笔" in row.explanation
    assert "62 transactions" in row.explanation_en
    assert database.read_now(point_now) == (4, "B")
    assert next_grading_in(database) == datetime(2026, 5, 1, 1, 0, tzinfo=SHANGHAI)


def next_grading_in(database: Database) -> datetime | None:
    return database.read_now(lambda c: next_grading(c, FIRST_OF_APRIL))


@pytest.mark.parametrize(("days", "is_graded"), [(19, False), (20, True)])
def test_a_month_with_little_history_is_left_out(
    database: Database, days: int, is_graded: bool
) -> None:
    work(database, lambda c: watched_month(c, days=days))
    assert bool(database.read_now(lambda c: grades_of(c, POINT, 5))) is is_graded
    if not is_graded:
        assert database.read_now(point_now) == (3, "B")
    assert next_grading_in(database) == datetime(2026, 5, 1, 1, 0, tzinfo=SHANGHAI)


def test_verified_alerts_of_three_months_move_the_tier_and_the_watch_hears_it(
    database: Database,
) -> None:
    before = database.read_now(lambda connection: ask_version(connection).get())
    january, april = (datetime(2026, month, 1, tzinfo=SHANGHAI) for month in (1, 4))
    minute = timedelta(minutes=1)
    work(
        database,
        watched_month,
        lambda c: verify_alert(c, "high", january),
        # A business date ends at 23:00, and a month with its last.
        lambda c: verify_alert(c, "critical", april - 61 * minute + 1 * minute),
        lambda c: verify_alert(c, "critical", january - 61 * minute),
    )
    assert database.read_now(point_now)[1] == "C"
    assert database.read_now(lambda connection: ask_version(connection).get()) != before
    (entry,) = database.read_now(
        lambda c: list_entries(c, Wanted(subject_id=POINT, action="grade"), 5, None)
    ).items
    assert (entry.actor, entry.before, entry.after) == (
        CLOCK,
        {"star_grade": 3, "tier": "B"},
        {"star_grade": 3, "tier": "C"},
    )


def test_the_watch_goes_by_the_new_tier_with_its_next_group(database: Database) -> None:
    monitor = new_monitor()

    def tier_at_work(number: int) -> str:
        asked = [withdrawal(number, at=FIRST_OF_APRIL + timedelta(hours=8, minutes=number))]
        database.run_now(lambda c: post_group(c, asked, RULES, monitor))
        return monitor.memory.places[POINT].profile.tier.value

    assert tier_at_work(1) == "B"
    closed_at = datetime(2026, 3, 20, tzinfo=SHANGHAI)
    work(database, watched_month, lambda c: verify_alert(c, "critical", closed_at))
    assert tier_at_work(2) == "D"


def review(connection: Connection, ordinal: int, state: str, closed_at: datetime) -> None:
    """Let an annual review of the point have been concluded."""
    at_us = to_us(closed_at)
    connection.execute(
        insert(cases).values(
            case_id=f"C-{ordinal}", kind="annual_review", state=state, service_point_id=POINT,
            scope_kind="point", scope_value=POINT, ordinal=ordinal, severity="low", reason="",
            opened_us=at_us, opened_by="clock", closed_us=at_us,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("concluded", "points", "tier"),
    [
        ([], 12, "B"),
        ([(1, "passed", 2026, 3)], 20, "A"),
        ([(1, "failed", 2026, 3)], 0, "C"),
        ([(1, "failed", 2025, 9), (2, "passed", 2026, 3)], 20, "A"),
        ([(1, "passed", 2025, 2)], 20, "A"),
        ([(1, "passed", 2025, 1)], 12, "B"),  # fourteen months are over
        ([(1, "passed", 2026, 4)], 12, "B"),  # the month had ended
    ],
)
def test_the_last_review_counts(
    database: Database, concluded: list[tuple[int, str, int, int]], points: int, tier: str
) -> None:
    def reviews(connection: Connection) -> None:
        for ordinal, state, year, month in concluded:
            review(connection, ordinal, state, datetime(year, month, 5, tzinfo=SHANGHAI))

    work(database, watched_month, reviews)
    (row,) = database.read_now(lambda c: grades_of(c, POINT, 5))
    assert (row.review_points, row.tier) == (points, tier)


@pytest.mark.parametrize(
    ("values", "is_graded"),
    [
        ({"status": "trial"}, False),
        ({"status": "exited"}, False),
        ({"status": "frozen"}, True),
        ({"opened_on": date(2026, 3, 1)}, True),
        ({"opened_on": date(2026, 3, 2)}, False),
        ({"bank_id": "out"}, False),
    ],
)
def test_who_is_graded(database: Database, values: dict[str, Any], is_graded: bool) -> None:
    p = tables.service_points
    change = update(p).where(p.c.service_point_id == POINT).values(values)
    work(database, watched_month, lambda c: c.execute(change))
    assert bool(database.read_now(lambda c: grades_of(c, POINT, 5))) is is_graded


def test_months_that_were_missed_are_graded_one_by_one(database: Database) -> None:
    told = work(database, watched_month, at=FIRST_OF_APRIL + timedelta(days=61))
    assert [text[:7] for text in told] == ["2026-03", "2026-04", "2026-05"]
    assert ["历史不足" in text for text in told] == [False, True, True]


def test_1890_points_take_less_than_a_second_on_sqlite(sqlite_worlds: Any) -> None:
    database = Database(sqlite_worlds())
    database.run_now(lambda c: many_points(c, 1_890))
    began = perf_counter()
    (told,) = work(database)
    took = perf_counter() - began
    database.close_now()
    assert told.startswith("2026-03 评级：1892 个服务点")
    assert took < 1.0


def many_points(connection: Connection, count: int) -> None:
    p = tables.service_points
    like = connection.execute(select(p).where(p.c.service_point_id == POINT)).one()._asdict()
    names = [f"SP-{number:04d}" for number in range(count)]
    connection.execute(insert(p), [like | {"service_point_id": name} for name in names])
    connection.execute(insert(risk_point_days), list(busy_march(names)))
    SET_GRADED.run(connection, month="2026-02")


def busy_march(points: Sequence[str]) -> Iterable[dict[str, Any]]:
    for number, point in enumerate(points):
        for day in range(31):
            yield day_row(point, MARCH + timedelta(days=day), (number + day) % 4)


def test_the_shipped_weights_say_that_they_are_examples() -> None:
    assert {one.origin.certainty.value for one in shipped_grade_policies().versions} == {"assumed"}
