"""Which statuses a point had in a month, from the changes that the audit log holds."""

from __future__ import annotations

import pytest

from pos_sim.domain.service_points import PointStatus
from risk.store.month_orders import Change, Span, statuses_in

TRIAL, OPEN, FROZEN, EXITED = (
    PointStatus.TRIAL, PointStatus.OPEN, PointStatus.FROZEN, PointStatus.EXITED,
)  # fmt: skip
LIFE = [
    Change(10, TRIAL, OPEN),
    Change(20, OPEN, FROZEN),
    Change(30, FROZEN, OPEN),
    Change(40, OPEN, EXITED),
]


@pytest.mark.parametrize(
    ("span", "everything", "last"),
    [
        (Span(0, 10), {TRIAL}, TRIAL),  # the end of a month is outside
        (Span(0, 11), {TRIAL, OPEN}, OPEN),
        (Span(10, 20), {TRIAL, OPEN}, OPEN),
        (Span(11, 20), {OPEN}, OPEN),
        (Span(15, 25), {OPEN, FROZEN}, FROZEN),
        (Span(21, 29), {FROZEN}, FROZEN),
        (Span(15, 35), {OPEN, FROZEN}, OPEN),
        (Span(41, 99), {EXITED}, EXITED),
        (Span(0, 99), {TRIAL, OPEN, FROZEN, EXITED}, EXITED),
    ],
)
def test_a_life_cut_into_months(
    span: Span, everything: set[PointStatus], last: PointStatus
) -> None:
    found = statuses_in(LIFE, EXITED, span)
    assert found.all == everything
    assert found.last is last


def test_a_point_that_never_changed_was_what_it_is() -> None:
    found = statuses_in([], FROZEN, Span(0, 9))
    assert found.all == {FROZEN}
    assert found.last is FROZEN
