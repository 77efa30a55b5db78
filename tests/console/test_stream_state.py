"""When the board of the operations page is read again."""

from __future__ import annotations

from datetime import date
from time import monotonic

import pytest

from api.console.stream.board import Board
from api.console.stream.read import News
from api.console.stream.state import State
from api.console.stream.today import Today
from pos_sim.store.outbox import Place

HERE = Place(0, 1)
MOVED = News(HERE, staff=[("alert", "R07-1", "assign", "demo-maker")])
QUIET = News(HERE)


def state(*, read_s_ago: float, took_s: float) -> State:
    today = Today(date(2026, 3, 2), HERE)
    return State(today, Board(0, (), {}, 0), monotonic() - read_s_ago, took_s)


@pytest.mark.parametrize(
    ("read_s_ago", "took_s", "news", "is_time"),
    [
        (0.5, 0.002, MOVED, True),  # a county: at once
        (0.5, 0.040, MOVED, False),  # a province: a hundredth of the time
        (4.5, 0.040, MOVED, True),
        (4.5, 0.002, QUIET, False),
        (15.5, 0.040, QUIET, True),  # points open and close
    ],
)
def test_it_is_time_for_the_board(
    read_s_ago: float, took_s: float, news: News, is_time: bool
) -> None:
    assert state(read_s_ago=read_s_ago, took_s=took_s).is_time(news) is is_time


def test_a_move_that_had_to_wait_is_not_forgotten() -> None:
    known = state(read_s_ago=0.5, took_s=0.040)
    assert not known.is_time(MOVED)
    known.board_at -= 4
    assert known.is_time(QUIET)
    known.see(known.board, monotonic())
    assert not known.is_time(QUIET)
