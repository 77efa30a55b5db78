"""The own baseline of a point: the high mark of its active days, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

ACTIVE_DAYS = 28
HIGH_MARK = 95


@dataclass(frozen=True, slots=True)
class Baseline:
    """95th percentile of counts and sums, None without a day; and over how many days."""

    count: int | None
    sum: int | None
    days: int


NO_BASELINE = Baseline(None, None, 0)


def baseline_of(
    days: Mapping[int, tuple[int, int, bool]], today: int, is_busy: Callable[[int], bool]
) -> Baseline:
    """Return the baseline of the last 28 active days that were of today's kind.

    A day that jumped itself is no example of what is usual: two of them in 28 would already raise
    the mark so far that a third one passes.
    """
    usual = sorted(day for day, (count, _, jumped) in days.items() if count and not jumped)
    kind = is_busy(today)
    alike = [day for day in usual[-ACTIVE_DAYS:] if is_busy(day) is kind]
    if not alike:
        return NO_BASELINE
    return Baseline(
        percentile([days[day][0] for day in alike], HIGH_MARK),
        percentile([days[day][1] for day in alike], HIGH_MARK),
        len(alike),
    )


def percentile(values: Sequence[int], percent: int) -> int:
    """Return the nearest rank: the smallest value that ``percent`` of them do not exceed.

    >>> percentile([3, 1, 2], 95), percentile(range(1, 21), 95)
    (3, 19)
    """
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1]
