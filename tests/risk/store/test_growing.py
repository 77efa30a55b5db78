"""The short way of an open alert is the way of `risk.alerts`, hit for hit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pos_sim.domain.calendar import DEMO_START
from pos_sim.store.rows import to_us
from risk.alerts import after_hit
from risk.deadlines import MondayToFriday
from risk.facts import Kind
from risk.rules import Hit
from risk.store.alert_rows import KeptAlert, alert_values, grown_values
from risk.store.growing import Growing
from risk.vocabulary import Feed, Proposal, Severity
from tests.risk.ordinary import hits_of

(ONE,) = hits_of("R09", card_points_24h=3)
CALENDAR = MondayToFriday()


@st.composite
def hits(draw: st.DrawFn) -> tuple[Hit, timedelta]:
    changed = replace(
        ONE,
        severity=draw(st.sampled_from(Severity)),
        observed=draw(st.sampled_from([3, 4.5, None])),
        unit=draw(st.sampled_from([Kind.COUNT, None])),
        reason=draw(st.sampled_from(["一", "二"])),
        feeds=tuple(feed for feed in Feed if draw(st.booleans())),
        proposes=tuple(one for one in Proposal if draw(st.booleans())),
        version=draw(st.integers(1, 2)),
    )
    return changed, timedelta(hours=draw(st.integers(-30, 100)))


@given(st.lists(hits(), min_size=1, max_size=8))
def test_the_short_way_is_the_same_way(story: list[tuple[Hit, timedelta]]) -> None:
    (first, since), *more = story
    opened = after_hit(None, first, "t", DEMO_START + since, CALENDAR).alert
    growing = Growing(alert_values(kept(opened)))
    alert = opened
    for hit, at in more:
        alert = after_hit(alert, hit, "t", DEMO_START + at, CALENDAR).alert
        growing.take(hit, to_us(DEMO_START + at), CALENDAR)
    assert growing.row() == grown_values(kept(alert))


def kept(alert: object) -> KeptAlert:
    return KeptAlert(alert_id="A", ordinal=1, service_point_id=None, alert=alert)  # type: ignore[arg-type]
