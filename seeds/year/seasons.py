"""How a year's operations fall on its days: a document of example values, read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from importlib.resources import files

from pos_sim.domain.documents import Row
from pos_sim.domain.policy_rows import origin_of
from pos_sim.domain.requests import Business
from pos_sim.domain.tariff import Origin
from risk.places import PENSION_DAY
from seeds.dice import Dice
from seeds.traffic.errands import Quota
from seeds.traffic.volumes import COUNTED, YearVolumes, nearest, row_of

ONE_DAY = timedelta(days=1)
MOST_PERCENT = 1_000
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Season:
    """Some weeks of every year; ``first`` and ``last`` are months with days, both included."""

    title: str
    title_en: str
    first: tuple[int, int]
    last: tuple[int, int]
    percent: Mapping[Business, int]

    def holds(self, day: date) -> bool:
        return self.first <= (day.month, day.day) <= self.last


@dataclass(frozen=True, slots=True)
class Idleness:
    """How many points are never used, and how many fall asleep for a while."""

    never_permille: int
    asleep_permille: int
    least_days: int
    most_days: int


@dataclass(frozen=True, slots=True)
class MisdeedCounts:
    """How often a year sees what people do wrong, in the record's network."""

    bypass: int
    by_hand: int
    moved: int
    swapped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seasons:
    """The whole document."""

    title: str
    title_en: str
    origin: Origin
    weekdays: Sequence[int]
    pension_day: Mapping[Business, int]
    seasons: Sequence[Season]
    idle: Idleness
    misdeeds: MisdeedCounts

    def weight(self, business: Business, day: date) -> int:
        """Return how much of a business falls on a day, relative to the others."""
        season = next((s.percent[business] for s in self.seasons if s.holds(day)), 100)
        pension = self.pension_day[business] if day.day == PENSION_DAY else 100
        return self.weekdays[day.weekday()] * season * pension


@dataclass(frozen=True, slots=True)
class YearPlan:
    """What every day of a year shall do at ``points`` service points."""

    year: int
    points: int
    record: YearVolumes
    seasons: Seasons

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    def days(self) -> list[date]:
        """Return all days of the year, in order."""
        return [self.first_day + n * ONE_DAY for n in range(days_in(self.year))]

    def quotas(self) -> dict[date, Quota]:
        """Return how often each business shall succeed on every day; a year's sum is the record's.

        Each day gets what is missing up to it, so that nothing is lost to rounding.
        """
        days = self.days()
        by_day: dict[date, dict[Business, int]] = {day: {} for day in days}
        for business, volume in self.record.volumes.items():
            total = volume.count * Fraction(self.points, self.record.points)
            weights = [self.seasons.weight(business, day) for day in days]
            whole, so_far, given = sum(weights), 0, 0
            for day, weight in zip(days, weights, strict=True):
                so_far += weight
                by_day[day][business] = nearest(total * so_far / whole) - given
                given += by_day[day][business]
        return dict(by_day)


def days_in(year: int) -> int:
    """Return how many days a year has.

    >>> days_in(2024), days_in(2025)
    (366, 365)
    """
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def sleeps(idle: Idleness, seed: int, point_id: str, day: date) -> bool:
    """Say whether nobody comes to a point on a day, as the world's seed has it."""
    first, last = sleep_of(idle, seed, point_id, day.year)
    return first <= day <= last


@cache
def sleep_of(idle: Idleness, seed: int, point_id: str, year: int) -> tuple[date, date]:
    """Return the first and the last day on which nobody comes; an empty span for most points."""
    dice = Dice(seed, "sleep", point_id)
    luck = dice.below(1_000)
    new_year = date(year, 1, 1)
    if luck < idle.never_permille:
        return date.min, date.max
    if luck >= idle.never_permille + idle.asleep_permille:
        return date.max, date.min
    first = new_year + dice.below(days_in(year)) * ONE_DAY
    return first, first + dice.between(idle.least_days, idle.most_days) * ONE_DAY


def shipped_seasons() -> Seasons:
    """Read the shipped document."""
    name = "seasons.toml"
    return read_seasons(files("seeds.year").joinpath(name).read_text("utf-8"), name)


def read_seasons(text: str, name: str) -> Seasons:
    """Read a document; PolicyError on anything missing, unknown or out of bounds."""
    document = row_of(text, name)
    seasons = Seasons(
        title=document.text("title"),
        title_en=document.text("title_en"),
        origin=origin_of(document),
        weekdays=weekdays_of(only(document, "week")),
        pension_day=percents_of(only(document, "pension_day")),
        seasons=tuple(season_of(row) for row in document.rows("season")),
        idle=idle_of(only(document, "idle")),
        misdeeds=misdeeds_of(only(document, "misdeeds")),
    )
    for one, other in zip(seasons.seasons, seasons.seasons[1:], strict=False):
        if one.last >= other.first:
            raise document.error("season", f"{one.title_en} and {other.title_en} overlap")
    document.no_more()
    return seasons


def only(document: Row, key: str) -> Row:
    """Return the one table of that name."""
    rows = list(document.rows(key))
    if len(rows) != 1:
        raise document.error(key, f"expected one table, found {len(rows)}")
    return rows[0]


def weekdays_of(row: Row) -> list[int]:
    percents = [row.whole(name, 1, MOST_PERCENT) for name in WEEK]
    row.no_more()
    return percents


def season_of(row: Row) -> Season:
    first, last = (day_of_year(row, key) for key in ("from", "to"))
    if first > last:
        raise row.error("to", "before it begins")
    return Season(row.text("title"), row.text("title_en"), first, last, percents_of(row))


def day_of_year(row: Row, key: str) -> tuple[int, int]:
    """Read a month and a day, as in "01-14"."""
    text = row.text(key)
    try:
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise row.error(key, f"{text!r} is no month and day") from None
    return day.month, day.day


def percents_of(row: Row) -> dict[Business, int]:
    """Read one percentage a business, and nothing else."""
    percents = {business: row.whole(business.value, 1, MOST_PERCENT) for business in COUNTED}
    row.no_more()
    return percents


def idle_of(row: Row) -> Idleness:
    never, asleep = (row.whole(f"{key}_permille", 0, 500) for key in ("never", "asleep"))
    least = row.whole("least_days", 1, 366)
    idle = Idleness(never, asleep, least, row.whole("most_days", least, 366))
    row.no_more()
    return idle


def misdeeds_of(row: Row) -> MisdeedCounts:
    kinds = ("bypass", "by_hand", "moved", "swapped")
    counts = MisdeedCounts(*(row.whole(kind, 0, 100_000) for kind in kinds))
    row.no_more()
    return counts
