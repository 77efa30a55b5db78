"""上课 An attempt at a lesson: begun here, judged here by what really happened, and entered.

The terminal in the browser tells its facts. Where a fact is about a transaction, the bank's own
books are asked, and what the browser says of it counts for nothing: it must be this terminal's,
and decided since the attempt began.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from api.console.lesson_book import FACT_FIELDS, Lesson, find_lesson
from api.console.lesson_run import Fact, Run, choose, observe, order_of, read
from api.console.lesson_store import Attempt, add_attempt, keep_attempt, lock_attempt
from api.models.fields import NO_CONTROLS, TerminalId
from pos_sim.domain.calendar import business_date
from pos_sim.domain.mistakes import Mistaken
from pos_sim.domain.requests import Key
from pos_sim.domain.training import Result
from pos_sim.store.queries import find_transaction
from pos_sim.store.query_points import points_by_id
from pos_sim.store.query_truth import truth_of
from pos_sim.store.tables import terminals
from risk.onboarding import record_training

MOVES_MAX = 100
"""So many moves one message may tell."""

Value: TypeAlias = Annotated[str, Field(max_length=60)] | int | bool | None
Told: TypeAlias = dict[Annotated[str, Field(max_length=20)], Value]


class Beginning(BaseModel):
    """Who begins: at which terminal, for which point's operator it counts, or just who it is."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    terminal_id: TerminalId
    trainee: Annotated[str, Field(max_length=16)] = ""
    learner: Annotated[str, Field(max_length=20, pattern=f"^$|{NO_CONTROLS}")] = ""


class Moves(BaseModel):
    """Facts, answers and readings, in their order; ``after`` so many that were told before."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    after: Annotated[int, Field(ge=0, le=1_000_000)]
    moves: Annotated[list[Told], Field(max_length=MOVES_MAX)]


@dataclass(frozen=True, slots=True)
class Judge:
    """Who reads the results: ``may_enter`` says whether a pass goes into the register."""

    by: str
    may_enter: bool
    now: datetime


FREE = ""
"""What stands for a lesson where somebody practices without one."""


def begin_attempt(
    connection: Connection, lesson_id: str, wish: Beginning, by: str, now: datetime
) -> Attempt:
    """Enter a new attempt, or (`FREE`) that somebody stands at a terminal and practices.

    Raises `Mistaken` for a terminal or a point that does not exist.
    """
    known = terminals.select().where(terminals.c.terminal_id == wish.terminal_id)
    if connection.execute(known).first() is None:
        raise Mistaken("terminal_id", "无此终端 · No such terminal")
    attempt = Attempt(
        attempt_id=secrets.token_urlsafe(18),
        lesson_id=lesson_id,
        who=by,
        learner=learner_of(connection, wish.trainee) or wish.learner.strip() or by,
        service_point_id=wish.trainee or None,
        terminal_id=wish.terminal_id,
        started_at=now,
        seen_at=now,
    )
    add_attempt(connection, attempt)
    return attempt


def learner_of(connection: Connection, point_id: str) -> str:
    """Return the name of the operator who is trained, "" where nobody was named."""
    if not point_id:
        return ""
    point = points_by_id(connection, [point_id]).get(point_id)
    if point is None:
        raise Mistaken("trainee", "无此服务点 · No such service point")
    return str(point.operator_name)


def tell(connection: Connection, attempt_id: str, moves: Moves, judge: Judge) -> Attempt:
    """Judge the moves that are new and return the attempt as it stands.

    A message that comes again changes nothing. Raises LookupError for an attempt of somebody
    else, and `Mistaken` where moves are missing in between.
    """
    attempt = lock_attempt(connection, attempt_id)
    lesson = find_lesson(attempt.lesson_id) if attempt else None
    if attempt is None or lesson is None or attempt.who != judge.by:
        raise LookupError(attempt_id)
    if moves.after > attempt.told:
        raise Mistaken("after", "中间缺了几步 · Moves are missing in between")
    new = moves.moves[attempt.told - moves.after :]
    if attempt.ended_at is not None or not new:
        return attempt
    run = attempt.run
    for move in new:
        run = judged(connection, lesson, attempt, run, move)
    attempt = attempt.after(run, len(new), judge.now)
    if run.is_over(lesson):
        attempt = ended(connection, lesson, attempt, judge)
    keep_attempt(connection, attempt)
    return attempt


def judged(connection: Connection, lesson: Lesson, attempt: Attempt, run: Run, move: Told) -> Run:
    """Return what one move makes of a run."""
    event = move.get("event")
    if event == "chose":
        return choose(lesson, run, chosen_option(lesson, run, attempt.attempt_id, move))
    if event == "read":
        return read(lesson, run)
    fact = proved(connection, attempt, move)
    return run if fact is None else observe(lesson, run, fact)


def chosen_option(lesson: Lesson, run: Run, attempt_id: str, move: Told) -> int:
    """Return the option behind a place on the learner's page, -1 where there is none."""
    place = move.get("place")
    if not isinstance(place, int) or isinstance(place, bool) or run.is_over(lesson):
        return -1
    order = order_of(lesson.steps[run.at], attempt_id, run.at)
    return order[place] if 0 <= place < len(order) else -1


# What the books say ----------------------------------------------------------------------------


def proved(connection: Connection, attempt: Attempt, told: Told) -> Fact | None:
    """Return the fact as the bank knows it, None where the bank knows nothing of the kind."""
    prove = PROOFS.get(str(told.get("event")))
    if prove is None:
        return {name: value for name, value in told.items() if name in FACT_FIELDS}
    return prove(connection, attempt, told)


def answered(connection: Connection, attempt: Attempt, told: Told) -> Fact | None:
    """An answer: what was decided about this key, at this terminal, since the attempt began."""
    found = find_transaction(connection, key_in(attempt, told).transaction_id)
    if found is None or found.decided_at < attempt.started_at:
        return None
    if (found.business == REVERSAL) != (told.get("event") == "reversed"):
        return None
    return {
        **{name: told.get(name) for name in ("event", "card", "product", "slip", "attempt", "at")},
        "business": found.business,
        "code": found.response_code,
        "status": found.first_status.value,
        "check": found.refusal.check if found.refusal else None,
        "amount_fen": found.amount,
        "fee_fen": found.fee_charged,
        "waived_fen": found.fee_waived,
        "funding": found.funding,
    }


def looked(connection: Connection, attempt: Attempt, told: Told) -> Fact:
    """A look at the truth: what the books say about this key now."""
    truth = truth_of(connection, key_in(attempt, told).transaction_id)
    return {
        "event": "truth",
        "seen": truth.transaction is not None,
        "tombstoned": truth.is_tombstoned,
        "status": truth.transaction.status.value if truth.transaction else None,
    }


REVERSAL = "reversal"
PROOFS: dict[str, Callable[[Connection, Attempt, Told], Fact | None]] = {
    "answer": answered,
    "reversed": answered,
    "truth": looked,
}


def key_in(attempt: Attempt, told: Told) -> Key:
    """Return the key that a fact names; the terminal is the attempt's."""
    return Key(attempt.terminal_id, str(told.get("batch_no")), str(told.get("trace_no")))


# The end ---------------------------------------------------------------------------------------


def ended(connection: Connection, lesson: Lesson, attempt: Attempt, judge: Judge) -> Attempt:
    """Return the attempt with its result; a passed exam of a trainee enters the register."""
    passed = attempt.run.has_passed(lesson)
    outcome = outcome_of(lesson, attempt, passed=passed, may_enter=judge.may_enter)
    if outcome == "entered":
        assert attempt.service_point_id is not None
        result = Result(
            subject=lesson.subject,
            score=attempt.run.score,
            pass_mark=lesson.pass_mark,
            taken_on=business_date(judge.now),
        )
        record_training(
            connection,
            point_id=attempt.service_point_id,
            result=result,
            by=judge.by,
            at=judge.now,
        )
    return replace(attempt, ended_at=judge.now, passed=passed, outcome=outcome)


def outcome_of(lesson: Lesson, attempt: Attempt, *, passed: bool, may_enter: bool) -> str:
    """Return what becomes of a result; the first that fits."""
    cases: Sequence[tuple[str, bool]] = (
        ("failed", not passed),
        ("practised", not lesson.exam),
        ("nobody_named", attempt.service_point_id is None),
        ("needs_maker", not may_enter),
    )
    return next((word for word, is_so in cases if is_so), "entered")
