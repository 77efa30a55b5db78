"""The plot of a point's own days: what is usual, what is busy, what jumped, and the day itself."""

from __future__ import annotations

from datetime import date, timedelta

from api.console.staff.usual import DAYS, FOOT, HEIGHT, WIDTH, Usual, plot
from risk.places import PointProfile
from risk.store.point_days import PointDay

TODAY = date(2026, 3, 3)
POINT = PointProfile(point="SP1", latitude=26.5, longitude=106.7)


def day(back: int, moves: int, *, jumped: bool = False) -> PointDay:
    return PointDay(TODAY - timedelta(days=back), moves, moves * 10_000, jumped)


def shown(*days: PointDay, point: PointProfile = POINT, in_fen: bool = False) -> Usual:
    return plot(days, TODAY, point, in_fen=in_fen)


def test_the_mark_is_the_high_one_of_usual_days_before() -> None:
    found = shown(*(day(back, 5) for back in range(9, 3, -1)), day(3, 40, jumped=True), day(0, 9))
    assert (found.mark, found.days, found.today) == (5, 6, 9)
    assert [bar.look for bar in found.bars] == ["plain"] * 6 + ["jumped", "today"]
    assert found.has_jumps


def test_market_days_look_different_and_are_compared_with_their_like() -> None:
    market = PointProfile(point="SP1", latitude=0, longitude=0,
                          market_residue=(TODAY.toordinal() - 1) % 5)  # fmt: skip
    found = shown(day(6, 30), day(2, 4), day(1, 30), day(0, 5), point=market)
    assert [bar.look for bar in found.bars] == ["busy", "plain", "busy", "today"]
    assert (found.mark, found.days) == (4, 1)


def test_without_days_like_it_there_is_no_mark() -> None:
    found = shown(day(0, 5))
    assert (found.mark, found.days, found.today) == (None, 0, 5)


def test_sums_are_plotted_where_the_alert_is_about_money() -> None:
    found = shown(day(1, 3), day(0, 7), in_fen=True)
    assert (found.mark, found.today) == (30_000, 70_000)


def test_everything_lies_within_the_drawing() -> None:
    found = shown(*(day(back, back * 7) for back in range(DAYS - 1, -1, -1)))
    assert all(0 <= bar.x <= WIDTH - found.bar_width for bar in found.bars)
    assert all(0 < bar.y <= HEIGHT - FOOT for bar in found.bars)
    assert all(bar.y + bar.height <= HEIGHT - FOOT + 0.1 for bar in found.bars)
    assert all(0 <= x <= WIDTH for x, _ in found.ticks)
    assert found.ticks[-1][1] == TODAY
