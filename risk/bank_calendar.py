"""The bank's calendar: which days are worked on, and how sure that is.

Weekends, holidays and make-up workdays 调休 come from the package `chinesecalendar`, which knows
what the State Council has announced. Where a year is not announced yet, its statutory days
(全国年节及纪念日放假办法, 国令第795号, 2025) stand here as far as they are known, without any
make-up workdays; beyond that only weekends are free. Such years are provisional 暂定.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar import constants

ONE_DAY = timedelta(days=1)
FIRST_ANNOUNCED = min(constants.holidays).year
LAST_ANNOUNCED = max(constants.holidays).year

STATUTORY: Mapping[date, str] = {
    date(2027, 1, 1): "元旦",
    date(2027, 2, 5): "春节",  # 除夕 and the first three days of the lunar year
    date(2027, 2, 6): "春节",
    date(2027, 2, 7): "春节",
    date(2027, 2, 8): "春节",
    date(2027, 4, 5): "清明节",
    date(2027, 5, 1): "劳动节",
    date(2027, 5, 2): "劳动节",
    date(2027, 6, 9): "端午节",
    date(2027, 9, 15): "中秋节",
    date(2027, 10, 1): "国庆节",
    date(2027, 10, 2): "国庆节",
    date(2027, 10, 3): "国庆节",
}
"""Days that are free by regulation, in years that are not announced."""


class BankCalendar:
    """Implements `risk.deadlines.WorkingDays` for the banks of this world."""

    def is_working(self, day: date) -> bool:
        """Say whether the bank works on ``day``.

        >>> BankCalendar().is_working(date(2026, 2, 28))  # a Saturday made up for the New Year
        True
        """
        if not self.is_provisional(day.year):
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < SATURDAY and day not in STATUTORY

    def is_provisional(self, year: int) -> bool:
        """Say whether the holidays of a year are not announced yet, or not known here."""
        return not FIRST_ANNOUNCED <= year <= LAST_ANNOUNCED

    def next_working_day(self, after: date) -> date:
        """Return the first working day after a day.

        >>> BankCalendar().next_working_day(date(2026, 9, 30)).isoformat()
        '2026-10-08'
        """
        day = after + ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day


SATURDAY = 5
