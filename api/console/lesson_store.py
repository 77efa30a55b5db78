"""Attempts as they are kept: one row each, locked while a move is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from api.console.lesson_run import Mistake, Run
from pos_sim.store.rows import from_us, to_us
from pos_sim.store.sql import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody's way through one lesson; ``told`` counts the moves that were judged.

    ``who`` is the name of the key, ``learner`` the operator who is trained, or the key again.
    ``outcome`` says what became of a result: a word of ``texts/lessons.toml``.
    """

    attempt_id: str
    lesson_id: str
    who: str
    learner: str
    service_point_id: str | None
    terminal_id: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    told: int = 0
    passed: bool | None = None
    outcome: str | None = None
    run: Run = field(default_factory=Run)

    def after(self, run: Run, moves: int, at: datetime) -> Attempt:
        """Return the attempt after so many moves, which led to ``run``."""
        return replace(self, run=run, told=self.told + moves, seen_at=at)


COLUMNS = (
    "attempt_id, lesson_id, who, learner, service_point_id, terminal_id, started_us, seen_us,"
    " ended_us, told, passed, outcome, run"
)
ADD = Statement(
    f"insert into lesson_attempts ({COLUMNS}, step, score) values (:attempt_id, :lesson_id, :who,"
    " :learner, :service_point_id, :terminal_id, :started_us, :seen_us, null, :told, null, null,"
    " :run, :step, :score)"
)
LOCKED = Statement(
    f"select {COLUMNS} from lesson_attempts where attempt_id = :attempt_id {{lock:lesson_attempts}}"
)
KEEP = Statement(
    "update lesson_attempts set seen_us = :seen_us, ended_us = :ended_us, told = :told,"
    " step = :step, score = :score, passed = :passed, outcome = :outcome, run = :run"
    " where attempt_id = :attempt_id"
)
NEWEST = Statement(
    f"select {COLUMNS} from lesson_attempts order by started_us desc, attempt_id limit :most"
)


def add_attempt(connection: Connection, attempt: Attempt) -> None:
    """Enter a new attempt."""
    values = row_of(attempt)
    del values["ended_us"], values["passed"], values["outcome"]
    ADD.run(
        connection,
        lesson_id=attempt.lesson_id,
        who=attempt.who,
        learner=attempt.learner,
        service_point_id=attempt.service_point_id,
        terminal_id=attempt.terminal_id,
        started_us=to_us(attempt.started_at),
        **values,
    )


def lock_attempt(connection: Connection, attempt_id: str) -> Attempt | None:
    """Return an attempt, its row locked; None if there is none."""
    rows = LOCKED.rows(connection, attempt_id=attempt_id)
    return attempt_of(rows[0]) if rows else None


def keep_attempt(connection: Connection, attempt: Attempt) -> None:
    """Write how far an attempt is."""
    KEEP.run(connection, **row_of(attempt))


def newest_attempts(connection: Connection, most: int) -> Sequence[Attempt]:
    """Return the latest attempts, the newest first."""
    return [attempt_of(row) for row in NEWEST.rows(connection, most=most)]


def row_of(attempt: Attempt) -> dict[str, Any]:
    """Return what changes while an attempt goes on."""
    return {
        "attempt_id": attempt.attempt_id,
        "seen_us": to_us(attempt.seen_at),
        "ended_us": to_us(attempt.ended_at) if attempt.ended_at else None,
        "told": attempt.told,
        "step": attempt.run.at,
        "score": attempt.run.score,
        "passed": attempt.passed,
        "outcome": attempt.outcome,
        "run": orjson.dumps(asdict(attempt.run)).decode(),
    }


def attempt_of(row: Sequence[Any]) -> Attempt:
    attempt_id, lesson_id, who, learner, point, terminal, started, seen, ended, *rest = row
    told, passed, outcome, run = rest
    return Attempt(
        attempt_id=attempt_id,
        lesson_id=lesson_id,
        who=who,
        learner=learner,
        service_point_id=point,
        terminal_id=terminal,
        started_at=from_us(started),
        seen_at=from_us(seen),
        ended_at=from_us(ended) if ended is not None else None,
        told=told,
        passed=None if passed is None else bool(passed),
        outcome=outcome,
        run=run_of(orjson.loads(run)),
    )


def run_of(kept: dict[str, Any]) -> Run:
    mistakes = tuple(Mistake(**one) for one in kept["mistakes"])
    return Run(**kept | {"mistakes": mistakes, "chosen": tuple(kept["chosen"])})


# The class as a whole --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tries:
    """How somebody stands in one lesson; ``best`` None: nothing is finished yet."""

    learner: str
    service_point_id: str | None
    lesson_id: str
    tries: int
    passes: int
    best: int | None


TRIES = Statement(
    "select learner, service_point_id, lesson_id, count(*),"
    " sum(case when passed then 1 else 0 end),"
    " max(case when ended_us is not null then score end)"
    " from lesson_attempts group by learner, service_point_id, lesson_id"
    " order by learner, service_point_id, lesson_id"
)


def all_tries(connection: Connection) -> Sequence[Tries]:
    """Return how every learner stands in every lesson that was begun."""
    return [
        Tries(learner, point, lesson_id, tries, int(passes), best)
        for learner, point, lesson_id, tries, passes, best in TRIES.rows(connection)
    ]
