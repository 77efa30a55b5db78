"""Open arrival: people come when they come, whether or not the counter is free.

A stall of the bank delays the people behind it too. Their wait counts: latency is measured from the
moment when a visit was due, not from when the terminal got round to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(slots=True)
class Pace:
    """One arrival every ``every_s`` seconds, from ``due`` on; seconds of a monotonic clock."""

    every_s: float
    due: float

    @classmethod
    def start(cls, every_s: float, now: float, dice: Random) -> Pace:
        """Begin somewhere in the first interval, so that streams don't march in step."""
        return cls(every_s, now + dice.random() * every_s)

    def wait(self, now: float) -> float:
        """Return the seconds until the next arrival; 0 if it waits already."""
        return max(0.0, self.due - now)

    def arrive(self) -> float:
        """Take the next arrival and return when it was due.

        >>> pace = Pace(every_s=2.0, due=10.0)
        >>> pace.arrive(), pace.arrive(), pace.wait(13.5)
        (10.0, 12.0, 0.5)
        """
        due = self.due
        self.due += self.every_s
        return due
