"""What the sandbox's clock shows, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.models.about import ClockShown
from pos_sim.domain.calendar import CUT_OFF, business_date, in_local_time, start_of

ONE_DAY = timedelta(days=1)


def clock_shown(now: datetime) -> ClockShown:
    """Return the clock; ``now`` is the sandbox's time."""
    day = business_date(now)
    return ClockShown(
        now=in_local_time(now),
        business_date=day.isoformat(),
        cut_off=CUT_OFF.isoformat("minutes"),
        next_cut_off=in_local_time(start_of(day + ONE_DAY)),
        offset_s=round((now - datetime.now(UTC)).total_seconds(), 3),
    )
