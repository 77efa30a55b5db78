"""月历 A month of the bank as weeks: which days are worked on, and how sure that is."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.clock import after_months
from risk.bank_calendar import BankCalendar, DayKind, DayShown

FIRST_YEAR, LAST_YEAR = 2004, 2099
"""Years of which a page shows months."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the sheet; days of the neighboring months have no ``shown``."""

    day: date
    shown: DayShown | None


@dataclass(frozen=True, slots=True)
class Month:
    """One sheet; ``is_provisional``: its holidays are not announced yet."""

    first: date
    weeks: Sequence[Sequence[Cell]]
    is_provisional: bool

    @property
    def holidays(self) -> Sequence[tuple[str, str]]:
        """The holidays of the month with their days, in two languages."""
        days: dict[tuple[str, str], list[int]] = {}
        for cell in (cell for week in self.weeks for cell in week):
            if cell.shown is not None and cell.shown.kind is DayKind.HOLIDAY:
                names = (cell.shown.name, cell.shown.name_en)
                days.setdefault(names, []).append(cell.day.day)
        return [
            (f"{name} {span(found)} 日", f"{name_en}: {span(found)}")
            for (name, name_en), found in days.items()
        ]

    def kind_of(self, day: date) -> DayShown:
        """Return what any day is."""
        return BankCalendar().shown(day)

    @property
    def before(self) -> str:
        """The month before, ``2026-02``."""
        return f"{after_months(self.first, -1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{after_months(self.first, 1):%Y-%m}"


def span(days: Sequence[int]) -> str:
    """Return days of a month as a range.

    >>> span([1]), span([1, 2, 3])
    ('1', '1–3')
    """
    return f"{days[0]}–{days[-1]}" if len(days) > 1 else str(days[0])


def month_of(asked: str, otherwise: date) -> Month:
    """Return the month that a page was asked for; what is none is that of ``otherwise``.

    >>> month_of("2026-10", date(2026, 3, 2)).first, month_of("x", date(2026, 3, 2)).first
    (datetime.date(2026, 10, 1), datetime.date(2026, 3, 1))
    """
    first = first_of(asked) or otherwise.replace(day=1)
    calendar = BankCalendar()
    weeks = [
        [Cell(day, calendar.shown(day) if day.month == first.month else None) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    return Month(first, weeks, calendar.is_provisional(first.year))


def first_of(asked: str) -> date | None:
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else None
