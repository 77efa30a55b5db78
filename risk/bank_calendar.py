"""The bank's calendar: which days are worked on, and how sure that is.

Weekends, holidays and make-up workdays 调休 come from the package `chinesecalendar`, which knows
what the State Council has announced. Where a year is not announced yet, its statutory days
(全国年节及纪念日放假办法, 国令第795号, 2025) stand here as far as they are known, without any
make-up workdays; beyond that only weekends are free. Such years are provisional 暂定.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import chinese_calendar
from chinese_calendar import constants

ONE_DAY = timedelta(days=1)
FIRST_ANNOUNCED = min(constants.holidays).year
LAST_ANNOUNCED = max(constants.holidays).year


class DayKind(StrEnum):
    """What a day is to the bank."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # 节假日: free because of a holiday
    MADE_UP = "made_up"  # 调休上班: a Saturday or Sunday worked instead


class DayShown(NamedTuple):
    """A day with its kind, and the holiday that it belongs to in two languages, "" for none."""

    kind: DayKind
    name: str = ""
    name_en: str = ""


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

STATUTORY_EN = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-autumn Festival",
    "国庆节": "National Day",
}


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

    def shown(self, day: date) -> DayShown:
        """Return what a day is, and why.

        >>> BankCalendar().shown(date(2026, 10, 10))
        DayShown(kind=<DayKind.MADE_UP: 'made_up'>, name='国庆节', name_en='National Day')
        """
        name, name_en = self._holiday(day)
        if self.is_working(day):
            kind = DayKind.MADE_UP if day.weekday() >= SATURDAY else DayKind.WORKING
        else:
            kind = DayKind.HOLIDAY if name else DayKind.WEEKEND
        return DayShown(kind, name, name_en)

    def _holiday(self, day: date) -> tuple[str, str]:
        if self.is_provisional(day.year):
            name = STATUTORY.get(day, "")
            return name, STATUTORY_EN.get(name, "")
        english = chinese_calendar.get_holiday_detail(day)[1]
        chinese = {one.value: one.chinese for one in chinese_calendar.Holiday}
        return chinese.get(english, ""), english or ""

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
