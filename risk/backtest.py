"""Back-test: what a proposal would have said about the past, against what was in force then.

Both judge the stored requests as they happened: a decline that would have changed what came after
changes nothing here. It refuses where history is shorter than the longest window, and where there
is more to read than anybody waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date
from pos_sim.domain.policy import PolicySet
from risk.comparison import Cases, compared
from risk.live.rows import start_us_of
from risk.mistakes import Mistaken
from risk.monitor import JUMP_CLAUSES, JUMP_RULE
from risk.places import Place
from risk.recall import Recall, settled
from risk.releases import Change, next_version, numbers_of, published
from risk.replay import (
    Heard,
    PatrolReplay,
    Replay,
    businesses_of,
    days_needed,
    subject_of,
)
from risk.rules import RuleVersion
from risk.store import stored_requests as past
from risk.store.grade_rows import tier_changes
from risk.store.register import read_places, read_register
from risk.store.stored_requests import Stored
from risk.store.version_rows import all_versions
from risk.tiers import Tiers
from risk.vocabulary import Lane, Mode

MOST_REQUESTS = 200_000
MOST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which rule with which changes, over which business dates, both included."""

    rule_id: str
    params: Mapping[str, Any]
    first: date
    last: date
    most: int = MOST_REQUESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days as ordinals: from where history is read, and from where to where is judged."""

    read_from: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it; ``recorded``: how many events the rule spoke about at the time."""

    candidate: RuleVersion
    versions: tuple[int, ...]
    days_needed: int
    history_from: date
    read: int
    recorded: int
    before: Heard
    after: Heard
    cases: Cases


def backtest(
    connection: Connection, question: Question, policies: PolicySet, now: datetime
) -> Result:
    """Judge the past twice and compare.

    Raises `LookupError` for an unknown rule, `RulebookError` for changes that cannot be, and
    `Mistaken` for days that cannot be judged.
    """
    check_days(question, business_date(now))
    candidate, earlier = versions_of(connection, question)
    needed = max(days_needed(version) for version in (candidate, *earlier))
    history_from = first_day_of(connection, question, needed)
    period = Period(
        read_from=question.first.toordinal() - needed,
        first=question.first.toordinal(),
        last=question.last.toordinal(),
    )
    businesses = businesses_of((candidate, *earlier))
    read = past.count_requests(connection, period.read_from, period.last, businesses)
    if read > question.most:
        words = "须读取的交易过多，请缩短期间 · Too much to read, ask for fewer days"
        raise Mistaken("to", f"{words}: {read} > {question.most}")
    before, after = replayed(connection, period, earlier, candidate, policies)
    verdicts = past.verdicts_about(connection, before.about.keys() | after.about.keys())
    return Result(
        candidate=candidate,
        versions=tuple(version.version for version in earlier),
        days_needed=needed,
        history_from=history_from,
        read=read,
        recorded=len(spoken(connection, question.rule_id, period.first, period.last)),
        before=before,
        after=after,
        cases=compared(before, after, verdicts),
    )


def check_days(question: Question, today: date) -> None:
    if question.last < question.first:
        raise Mistaken("to", "不得早于 from · Not before `from`")
    if question.last > today:
        raise Mistaken("to", "不得晚于今日会计日期 · Not after today's business date")
    if (question.last - question.first).days >= MOST_DAYS:
        raise Mistaken("to", f"最多 {MOST_DAYS} 天 · At most {MOST_DAYS} days")


def versions_of(
    connection: Connection, question: Question
) -> tuple[RuleVersion, Sequence[RuleVersion]]:
    """Return the candidate, and the published versions of these days by their first day."""
    rows = all_versions(connection)
    rules = published(rows)
    change = Change(
        rule_id=question.rule_id,
        params=question.params,
        mode=Mode.ENFORCE,
        effective_from=question.last,
        note="",
    )
    candidate = next_version(rules, change, numbers_of(rules, rows, question.rule_id))
    mine = (one for one in rules.versions if one.rule_id == question.rule_id)
    begun = sorted(
        (one for one in mine if one.effective_from <= question.last),
        key=lambda one: one.effective_from,
    )
    older = sum(one.effective_from <= question.first for one in begun)
    return candidate, begun[max(older - 1, 0) :]


def first_day_of(connection: Connection, question: Question, needed: int) -> date:
    """Return where history begins; `Mistaken` where it does not fill the longest window."""
    first = past.first_day_of_history(connection)
    if first is None:
        raise Mistaken("from", "还没有任何交易 · There is no history yet")
    begins, earliest = date.fromordinal(first), date.fromordinal(first + needed)
    if question.first < earliest:
        raise Mistaken(
            "from",
            f"历史不足：交易始于 {begins}，最长窗口 {needed} 天，最早从 {earliest} 起 · History"
            f" begins {begins}, the longest window has {needed} days: ask from {earliest} on",
        )
    return begins


def replayed(
    connection: Connection,
    period: Period,
    earlier: Sequence[RuleVersion],
    candidate: RuleVersion,
    policies: PolicySet,
) -> tuple[Heard, Heard]:
    """Let both hear the same requests, subject by subject."""
    always = replace(candidate, effective_from=date.fromordinal(period.read_from))
    make = replay_maker(connection, candidate.lane, period)
    both = (make(earlier), make([always]))
    places = read_places(connection, past.all_points(connection))
    recall = Recall(places, read_register(connection).lists, policies)
    for row in past.originals_before(connection, period.read_from, period.last):
        recall.know(row)
    subject = subject_of((candidate, *earlier))
    requests = past.stored_requests(
        connection, period.read_from, period.last, subject, businesses_of((candidate, *earlier))
    )
    silent = set(places)
    for name, rows in groupby(requests, key=SUBJECTS[subject]):
        hear(rows, recall, both, places, is_before_money=candidate.lane is Lane.INLINE)
        silent.discard(name)
        end(both, places.get(name))
    for name in sorted(silent):
        end(both, places[name])
    return both[0].heard, both[1].heard


SUBJECTS: dict[str, Callable[[Stored], str]] = {
    "point": lambda row: row.point or "",
    "card": lambda row: str(row.card),
    "": lambda row: "",
}


def hear(
    rows: Iterator[Stored],
    recall: Recall,
    both: Sequence[Replay],
    places: Mapping[str, Place],
    *,
    is_before_money: bool,
) -> None:
    """Let both hear all requests of one subject."""
    recall.forget()
    for row in rows:
        now, place = recall.now(row, is_before_money=is_before_money), places.get(row.point or "")
        kept = settled(now.event, row)
        for replay in both:
            replay.see(now, kept, place)
        recall.remember(kept)


def end(both: Sequence[Replay], place: Place | None) -> None:
    """Tell both that a subject, or a point at which nothing happened, is through."""
    for replay in both:
        replay.end(place)
        replay.forget()


def replay_maker(
    connection: Connection, lane: Lane, period: Period
) -> Callable[[Sequence[RuleVersion]], Replay]:
    """Return how a replay is made of versions."""
    tiers = Tiers(tier_changes(connection))
    if lane is Lane.BATCH:
        successes = past.successes_before(connection, period.read_from)
        return lambda versions: PatrolReplay(versions, period.first, period.last, successes, tiers)
    jumped = spoken(connection, JUMP_RULE, period.read_from, period.last, JUMP_CLAUSES)
    return lambda versions: Replay(versions, period.first, tiers, jumped)


def spoken(
    connection: Connection,
    rule_id: str,
    first: int,
    last: int,
    clauses: frozenset[str] | None = None,
) -> frozenset[str]:
    """Return the events of these days about which a rule spoke at the time."""
    start_us, end_us = start_us_of(first), start_us_of(last + 1)
    return past.said_between(connection, rule_id, start_us, end_us, clauses)
