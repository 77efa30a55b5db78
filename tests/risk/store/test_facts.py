"""The law of facts: what the watch makes from the database is what the windows in memory mean.

A whole stream goes through the real engine. For every request each fact that a rule about it may
ask is made twice: by the watch, from its few statements, and by ``risk.prepare`` from every event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import given
from sqlalchemy import Connection

from pos_sim.domain.authorize import Facts, first_refusal
from pos_sim.domain.decision import Decision
from pos_sim.domain.requests import Charge, Position, Reported, Request, Reversal
from pos_sim.domain.transactions import Refusal
from pos_sim.domain.watching import Assessment
from pos_sim.store.database import Database
from risk.events import BIG_SHARE, Event, Flag
from risk.facts import wrong_facts
from risk.live.case import Case
from risk.metrics import METRICS
from risk.monitor import GroupWatch, RiskMonitor, is_jump
from risk.now import Now
from risk.observe import Beside, observe, remembered
from risk.prepare import Preparer
from risk.windows import WindowStore
from tests.chances import cuts, examples, grouped, request_streams
from tests.risk.ordinary import rulebook
from tests.risk.watched import FIFTH, MORE, Watched, watched
from tests.worlds import OTHER_POS


@cache
def preparer() -> Preparer:
    return Preparer.of(rulebook())


class Oracle:
    """Every event ever, and what facts mean."""

    def __init__(self) -> None:
        self.windows = WindowStore()
        self.events: dict[str, Event] = {}
        self.undone: set[str] = set()

    def now(self, case: Case) -> Now:
        facts, place = case.facts, case.place
        refusal = None if isinstance(facts.request, Reversal) else first_refusal(facts)
        card = facts.card.card_id if facts.card else None
        key = (card, case.point)
        was_inquired = None not in key and bool(
            self.windows.read(METRICS["inquiries_30m"], key, case.at_us)
        )
        original = self.original(facts.request)
        undoes = original if original is not None and self.can_be_undone(original) else None
        beside = Beside(
            point=place.profile if place else None,
            was_inquired=was_inquired,
            undoes=undoes,
            original_us=original.at_us if original else None,
            km_to=lambda point: km_between(case, point),
        )
        now = observe(facts, refusal, beside)
        return replace(now, event=without_wishes(now.event))

    def original(self, request: Request) -> Event | None:
        if not isinstance(request, Reversal):
            return None
        return self.events.get(request.original.transaction_id)

    def can_be_undone(self, original: Event) -> bool:
        is_money = original.business not in ("balance_inquiry", "reversal")
        return original.moved and is_money and original.event_id not in self.undone

    def add(self, now: Now, case: Case, *, jumped: bool) -> None:
        assert case.decision is not None
        event = without_wishes(remembered(now.event, case.decision, jumped=jumped))
        if event.undoes is not None and not event.moved:
            event = replace(event, undoes=None, flags=event.flags & ~Flag.UNDOES)
        if event.undoes is not None:
            self.undone.add(event.undoes.event_id)
        self.events[event.event_id] = event
        self.windows.add(event)


def without_wishes(event: Event) -> Event:
    """A refused withdrawal took nothing; what it would have left is told of a big one only."""
    if event.moved or event.limit_share >= BIG_SHARE:
        return event
    return replace(event, flags=event.flags & ~Flag.DRAINED)


def km_between(case: Case, point: str) -> float | None:
    here, there = case.place, case.windows.place(point)
    if here is None or there is None:
        return None
    return here.profile.meters_to(there.profile.latitude, there.profile.longitude) / 1_000


class ComparingWatch(GroupWatch):
    """Says what the watch says, and compares what it knows."""

    oracle: Oracle

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        assessment = super().assess(facts, refusal)
        assert self._case is not None
        self.now = self.oracle.now(self._case)
        self.compare(self._case, self.now)
        return assessment

    def record(self, decision: Decision) -> None:
        case, said = self._case, len(self.said)
        super().record(decision)
        if decision.transaction is not None and not isinstance(decision.request, Charge):
            assert case is not None
            jumped = any(is_jump(one.hit) for one in self.said[said:])
            self.oracle.add(self.now, case, jumped=jumped)

    def compare(self, case: Case, now: Now) -> None:
        expected = preparer().facts(now, self.oracle.windows)
        made = {name: case.known[name] for name in expected}
        assert wrong_facts(made) == []
        for name in expected:
            if is_asked(name, case):
                assert plain(name, made[name]) == plain(name, expected[name]), (name, case.request)
        for name, most in case.plain.most.items():
            assert size(case.known[name]) <= most, (name, case.request)


class Comparing(RiskMonitor):
    def watch(self, connection: Connection, requests: Sequence[Request]) -> ComparingWatch:
        watch = super().watch(connection, requests)
        watch.__class__ = ComparingWatch
        assert isinstance(watch, ComparingWatch)
        watch.oracle = self.oracle
        return watch

    oracle: Oracle


def is_asked(name: str, case: Case) -> bool:
    """Leave out what no rule gets to see, so that it is not read either."""
    if name.startswith("drift_before"):
        return case.known["drift_m"] is not None
    if name in ("payer", "payer_biller_equal_24h"):
        return case.payer is not None or case.facts.bill is None
    return case.is_own or not name.startswith("point_own_")


def size(value: Any) -> Any:
    """Return a number, or the length of a list; nothing is none."""
    return len(value) if isinstance(value, tuple) else value or 0


def plain(name: str, value: Any) -> Any:
    """Return a value in which nothing depends on the order of events of one moment."""
    if name == "card_day_sums_7d" and value is not None:
        return sorted(one for one in value if one)
    return sorted(value) if isinstance(value, tuple) else value


def spread(stream: Sequence[Request], *, ties: bool = False) -> list[Request]:
    """Let the terminals of more points ask, and some of them report where they stand.

    Without ``ties`` no two requests come at the same moment.
    """
    spots = (Position(26.6, 106.7, 20.0), Position(26.65, 106.7, 20.0), None, None)
    moved = {OTHER_POS: (OTHER_POS, *MORE)}
    result = list[Request]()
    for number, request in enumerate(stream):
        if isinstance(request, Charge):
            result.append(request)
            continue
        names = moved.get(request.key.terminal_id, (request.key.terminal_id,))
        name = names[int(request.key.trace_no) % len(names)]
        key = request.key._replace(terminal_id=name)
        changed = replace(
            request,
            key=key,
            received_at=request.received_at + timedelta(microseconds=0 if ties else number),
            reported=Reported(
                position=spots[number % 4],
                terminal_serial=(None, "SN-1", f"SN-{FIFTH}")[number % 3],
                entry_mode=(None, "manual")[number % 5 == 0],
            ),
        )
        if isinstance(changed, Reversal):
            changed = replace(changed, original=changed.original._replace(terminal_id=name))
        result.append(changed)
    return result


@examples(30)
@given(stream=request_streams(), sizes=cuts)
def test_every_fact_is_what_the_windows_in_memory_mean(
    still_database: Database, stream: list[Request], sizes: list[int]
) -> None:
    with watched(still_database) as bank:
        compare(bank, [[*group] for group in grouped(spread(stream), sizes)])  # type: ignore[list-item]


def compare(bank: Watched, groups: Sequence[Sequence[Request]]) -> None:
    monitor = Comparing(bank.monitor.policies, check_every_s=0.0)
    monitor.oracle = Oracle()
    bank.monitor = monitor
    for group in groups:
        bank.group(group)
