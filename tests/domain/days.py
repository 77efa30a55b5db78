"""The business date on which tests of the domain begin, the next one, and the moment between."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pos_sim.domain.calendar import SHANGHAI

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
BEFORE_CUT_OFF = datetime(2026, 3, 2, 22, 59, 59, 999_999, tzinfo=SHANGHAI)
AT_CUT_OFF = datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI)
