"""Laws of windows: what was reversed leaves the sums; the request in hand counts once."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

from hypothesis import given

from risk.events import Event
from risk.measures import Measure, Metric, Storage
from risk.metrics import METRICS
from risk.now import Now
from risk.prepare import Preparer
from risk.windows import WindowStore
from tests.risk.ordinary import rulebook
from tests.risk.stream import streams

PREPARER = Preparer.of(rulebook())


@given(streams())
def test_what_was_reversed_leaves_the_sums_of_a_whole_window(stream: list[Event]) -> None:
    """Where original and reversal are both inside, the sum is that of what still stands."""
    store = store_of(stream)
    gone = {one.undoes.event_id for one in stream if one.undoes}
    metric = Metric(
        name="all",
        scope="card",
        measure=Measure.SUM,
        window=METRICS["card_payee_paid_180d"].window,
        storage=Storage.DAILY,
        where=METRICS["point_moves_today"].where,
    )
    as_of_us = max(one.at_us for one in stream)
    for card in (7, 8):
        standing = [
            one.amount
            for one in stream
            if one.card == card and one.moved and one.event_id not in gone
            if metric.where.takes(one, as_of_us)
        ]
        assert store.read(metric, (card,), as_of_us) == sum(standing)


@given(streams())
def test_the_request_in_hand_is_added_as_if_it_were_remembered(stream: list[Event]) -> None:
    """The quick way of the recipes says what the windows say that have it."""
    *story, current = stream
    if current.business == "reversal":
        return
    before, after = store_of(story), store_of(stream)
    now = Now(event=current, withdrawal_limit=200_000)
    for recipe in chain(*PREPARER.recipes[current.business].values()):
        metric = recipe.metric
        key = metric.key_asked_by(current)
        if None in key or metric.measure is Measure.DAYS:
            continue
        quick: dict[str, Any] = {}
        slow: dict[str, Any] = {}
        recipe.add_to(quick, before.read(metric, key, current.at_us), now)
        counts_it = metric.with_current and metric.asked in ("", metric.scope)
        raw = (after if counts_it else before).read(metric, key, current.at_us)
        replace(recipe, counts_now=None).add_to(slow, raw, now)
        assert quick == slow, metric.name


def store_of(stream: list[Event]) -> WindowStore:
    store = WindowStore()
    for one in stream:
        store.add(one)
    return store
