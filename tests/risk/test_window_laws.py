"""Laws of windows: grouping is invisible, and what was reversed leaves the sums."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.events import Event
from risk.measures import Measure, Metric, Storage
from risk.metrics import METRICS
from risk.now import Now
from risk.prepare import Preparer
from risk.windows import GroupView, WindowStore, empty, merged, with_current
from tests.risk.ordinary import rulebook
from tests.risk.stream import streams

PREPARER = Preparer.of(rulebook())


def everything(reader: Any, stream: list[Event], as_of_us: int) -> dict[Any, Any]:
    """Return every metric under every key that the stream has."""
    keys = {(name, METRICS[name].key_of(one)) for one in stream for name in METRICS}
    return {
        (name, key): reader.read(METRICS[name], key, as_of_us)
        for name, key in keys
        if None not in key
    }


@given(streams(), st.data())
def test_grouping_is_invisible(stream: list[Event], data: st.DataObject) -> None:
    """One store, or a store and what a group added to it: the same windows at any cut."""
    cut = data.draw(st.integers(0, len(stream)))
    whole, before = WindowStore(), WindowStore()
    for one in stream:
        whole.add(one)
    for one in stream[:cut]:
        before.add(one)
    group = GroupView(before)
    for one in stream[cut:]:
        group.add(one)
    as_of_us = max(one.at_us for one in stream)
    assert everything(group, stream, as_of_us) == everything(whole, stream, as_of_us)


@given(streams())
def test_what_was_reversed_leaves_the_sums_of_a_whole_window(stream: list[Event]) -> None:
    """Where original and reversal are both inside, the sum is that of what still stands."""
    store = WindowStore()
    for one in stream:
        store.add(one)
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
    """The quick way of the recipes says what the windows themselves would say."""
    *story, current = stream
    store = WindowStore()
    for one in story:
        store.add(one)
    if current.business == "reversal":
        return
    now = Now(event=current, withdrawal_limit=200_000)
    for recipe in chain(*PREPARER.recipes[current.business].values()):
        metric = recipe.metric
        key = metric.key_asked_by(current)
        if None in key or metric.measure is Measure.DAYS:
            continue
        raw = store.read(metric, key, current.at_us)
        quick: dict[str, Any] = {}
        slow: dict[str, Any] = {}
        recipe.add_to(quick, raw, now)
        remembered = replace(recipe, counts_now=None)
        remembered.add_to(slow, with_current(metric, raw, current), now)
        assert quick == slow, metric.name


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_an_empty_window_changes_nothing(metric: Metric) -> None:
    nothing = empty(metric)
    assert merged(metric, nothing, nothing) == nothing
