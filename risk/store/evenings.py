"""One evening after the other: what the patrol read yesterday is not read again.

The month of a whole network is a quarter of a million rows in a busy one, and each evening adds a
thirtieth. What has been read stays true as long as nobody adds anything to its days; whether
somebody did, their numbers of transactions tell, since no row of a day is changed afterwards in
what is read here. Then all of it is read afresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from pos_sim.store.sql import Statement
from risk.live.rows import date_text
from risk.store.read_patrol import LATELY_DAYS, Evening, evening_of, month_of

COUNTS = Statement(
    "select business_date, count(*) from transactions where business_date >= :first"
    " and business_date <= :day group by business_date"
)


@dataclass(slots=True)
class Evenings:
    """The evening that was read last, and how much there was on the days it looked at."""

    _day: int = 0
    _evening: Evening = field(default_factory=Evening)
    _counts: Mapping[str, int] = field(default_factory=dict)

    def on(self, connection: Connection, day: int) -> Evening:
        """Return the evening of a business date; it holds until the next one is asked for."""
        counts = counts_of(connection, day)
        if self._day == day - 1 and self._is_whole(counts, day):
            self._evening.move_on(connection, day)
        else:
            self._evening = evening_of(connection, day)
        self._day, self._counts = day, counts
        return self._evening

    def _is_whole(self, counts: Mapping[str, int], day: int) -> bool:
        """Say whether no day that was read has got anything since."""
        today = date_text(day)
        return all(self._counts.get(that) == n for that, n in counts.items() if that != today)


def counts_of(connection: Connection, day: int) -> dict[str, int]:
    """Return how many transactions each day has that the evening of ``day`` looks at."""
    first = min(month_of(day), day - LATELY_DAYS)
    found = COUNTS.rows(connection, first=date_text(first), day=date_text(day))
    return {str(that): int(count) for that, count in found}
