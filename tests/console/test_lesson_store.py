"""Attempts as they are kept, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from api.console.lesson_run import Mistake, Run
from api.console.lesson_store import (
    Attempt,
    Tries,
    add_attempt,
    all_tries,
    keep_attempt,
    lock_attempt,
    newest_attempts,
)
from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.database import Database

FIRST = Attempt(
    attempt_id="first",
    lesson_id="lost-answer",
    who="demo-maker",
    learner="王小明",
    service_point_id=None,
    terminal_id="52010001",
    started_at=DEMO_START,
    seen_at=DEMO_START,
)
RUN = Run(at=3, score=70, mistakes=(Mistake(2, "错", "wrong", 30),), chosen=(1,), is_coached=True)


def enter(database: Database, *attempts: Attempt) -> None:
    for attempt in attempts:
        database.run_now(partial(add_attempt, attempt=attempt))


def ended(attempt: Attempt, at: datetime, score: int) -> Attempt:
    run = replace(RUN, score=score)
    return replace(attempt, run=run, ended_at=at, passed=score >= 80, outcome="practised")


def test_what_is_kept_comes_back_as_it_was(database: Database) -> None:
    enter(database, FIRST)
    moved = FIRST.after(RUN, 5, DEMO_START + timedelta(minutes=2))
    database.run_now(lambda c: keep_attempt(c, moved))
    assert database.run_now(lambda c: lock_attempt(c, "first")) == moved
    done = ended(moved, moved.seen_at, 70)
    database.run_now(lambda c: keep_attempt(c, done))
    assert database.run_now(lambda c: lock_attempt(c, "first")) == done
    assert database.run_now(lambda c: lock_attempt(c, "nobody")) is None


def test_the_newest_comes_first_and_tries_are_counted(database: Database) -> None:
    later = DEMO_START + timedelta(hours=1)
    second = replace(FIRST, attempt_id="second", started_at=later, seen_at=later)
    third = replace(second, attempt_id="third", learner="李翠花", service_point_id="SP520121-0001")
    enter(database, FIRST, second, third)
    for one, score in ((FIRST, 70), (second, 90)):
        database.run_now(partial(keep_attempt, attempt=ended(one, later, score)))
    found = database.read_now(lambda c: newest_attempts(c, 2))
    assert [one.attempt_id for one in found] == ["second", "third"]
    tries = {one.learner: one for one in database.read_now(all_tries)}
    assert tries["王小明"] == Tries("王小明", None, "lost-answer", 2, 1, 90)
    assert tries["李翠花"] == Tries("李翠花", "SP520121-0001", "lost-answer", 1, 0, None)
