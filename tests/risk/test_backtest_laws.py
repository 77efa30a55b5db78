"""The law of back-tests: the past judged again by the same rules says what was said at the time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.requests import Charge, Position, Reported, Request, Reversal
from pos_sim.store.database import Database
from pos_sim.store.tables import transactions
from risk.backtest import Period, replayed
from risk.rulebook import shipped
from risk.rules import Hit
from risk.vocabulary import DECISIONS, Lane, Severity
from tests.chances import CARDS, examples, request_streams
from tests.risk.test_monitor import block
from tests.risk.watched import MORE, THIRD, Watched, watched
from tests.worlds import OTHER_POS, RULES, SMALL

UNKNOWN_AFTER_REFUSAL = frozenset({"R15"})
"""Rules that look at the balance, which the record of a refusal does not keep."""


def spread(stream: Sequence[Request], pauses: Sequence[int]) -> Iterator[Request]:
    """Let time pass between requests, at more terminals, some of which say where they stand."""
    spots = (Position(26.6, 106.7, 20.0), Position(26.65, 106.7, 20.0), None, None)
    asked = (request for request in stream if not isinstance(request, Charge))
    at = DEMO_START
    for number, (request, pause) in enumerate(zip(asked, cycle(pauses), strict=False)):
        at += timedelta(minutes=pause, seconds=1)
        names = (OTHER_POS, *MORE) if request.key.terminal_id == OTHER_POS else (
            request.key.terminal_id,
        )  # fmt: skip
        name = names[int(request.key.trace_no) % len(names)]
        moved = replace(
            request,
            key=request.key._replace(terminal_id=name),
            received_at=at,
            reported=Reported(
                position=spots[number % 4],
                terminal_serial=(None, "SN-1", f"SN-{THIRD}")[number % 3],
                entry_mode=(None, "manual")[number % 5 == 0],
            ),
        )
        if isinstance(moved, Reversal):
            moved = replace(moved, original=moved.original._replace(terminal_id=name))
        yield moved


@examples(10)
@given(
    stream=request_streams(),
    pauses=st.lists(st.sampled_from([1, 5, 25, 90, 700]), min_size=1, max_size=5),
    blocked=st.sampled_from([None, *CARDS]),
)
def test_the_past_judged_again_says_what_was_said_at_the_time(
    still_database: Database, stream: list[Request], pauses: list[int], blocked: str | None
) -> None:
    with watched(still_database) as bank:
        if blocked:
            block(bank, "card", str(SMALL.card(blocked).card.card_id))
        for request in spread(stream, pauses):
            bank.group([request])
        first = DEMO_START.date().toordinal()
        period = Period(read_from=first, first=first, last=first + 60)
        refused = refused_in(bank)
        for version in (one for one in shipped().versions if one.lane is not Lane.BATCH):
            before, after = replayed(bank.connection, period, [version], version, RULES.policies)
            assert before.hits == after.hits
            assert (before.errors, before.first_error) == (0, None)
            untold = refused if version.rule_id in UNKNOWN_AFTER_REFUSAL else frozenset()
            again = {key: told(hit) for key, hit in before.hits.items() if key not in untold}
            then = said_then(version.rule_id, bank, untold)
            assert again.keys() == then.keys()
            assert all(again[key] in then[key] for key in then), version.rule_id


def told(hit: Hit) -> tuple[str, str, float | None]:
    return hit.clause, hit.severity.value, hit.observed


def said_then(
    rule_id: str, bank: Watched, untold: frozenset[str]
) -> dict[str, set[tuple[str, str, float | None]]]:
    """Return what was written down about each request: of several subjects the gravest ones."""
    said: dict[str, set[tuple[str, str, float | None]]] = {}
    hits = [hit for hit in bank.hits(rule_id) if hit.event_id not in untold]
    gravest = {hit.event_id: max(map(weight, about(hit.event_id, hits))) for hit in hits}
    for hit in hits:
        if weight(hit) == gravest[hit.event_id]:
            told_then = (hit.clause, hit.severity, hit.observed)
            said.setdefault(hit.event_id, set()).add(told_then)
    return said


def about(event_id: str, hits: list[Any]) -> list[Any]:
    return [hit for hit in hits if hit.event_id == event_id]


def weight(hit: Any) -> tuple[int, int]:
    return LADDER.index(hit.decision), Severity(hit.severity).rank


LADDER = tuple(DECISIONS)


def refused_in(bank: Watched) -> frozenset[str]:
    rows = bank.connection.execute(
        select(transactions.c.transaction_id).where(transactions.c.response_code != "00")
    )
    return frozenset(row[0] for row in rows)
