"""What the reader of a process knows: the day's figures, the board, and the names of points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from api.console.stream.board import Board, changed_looks, read_board
from api.console.stream.read import Names, News
from api.console.stream.today import Today, read_today
from pos_sim.domain.calendar import business_date

BOARD_EVERY_S = 2.0
"""So often the board is read again while something happens; otherwise only as time passes."""
BOARD_SHARE = 0.01
"""So much of its time the reader gives to the board at most: that of a province takes long."""
CLOCK_EVERY_S = 15.0
MOST_LOOKS = 500


@dataclass(slots=True)
class State:
    """What one process knows while it is watched.

    ``board_at`` is when the board was read, by the monotonic clock, and ``board_s`` how long that
    took; ``has_moved``: staff moved since then.
    """

    today: Today
    board: Board
    board_at: float
    board_s: float
    has_moved: bool = False
    names: Names = field(default_factory=dict)

    def is_time(self, news: News) -> bool:
        """Say whether the board may have changed: staff moved, or its time has come."""
        self.has_moved |= bool(news.staff)
        waited_s = monotonic() - self.board_at
        if waited_s < self.board_s / BOARD_SHARE:
            return False
        return self.has_moved or waited_s >= (CLOCK_EVERY_S if news.is_empty else BOARD_EVERY_S)

    def see(self, board: Board, began: float) -> None:
        """Take in a board whose reading began at a moment of the monotonic clock."""
        self.board, self.board_at, self.has_moved = board, monotonic(), False
        self.board_s = self.board_at - began
        self.names.clear()  # a point may have another name by now


def read_state(connection: Connection, now: datetime) -> State:
    """Return the day's figures and the board as this snapshot sees them."""
    today = read_today(connection, business_date(now))
    began = monotonic()
    board = read_board(connection, now)
    return State(today, board, monotonic(), monotonic() - began)


def changes_of(before: Board, after: Board, now: datetime) -> dict[str, Any]:
    """Return what is other than before; where too many points are, the page reads them again."""
    looks = changed_looks(before.looks, after.looks)
    body: dict[str, Any] = {"clock": int(now.timestamp()), "figures": after.figures()}
    if after.alerts != before.alerts:
        body["alerts"] = after.alerts
    if len(looks) > MOST_LOOKS:
        body["stale"] = True
    elif looks:
        body["looks"] = looks
    return body
