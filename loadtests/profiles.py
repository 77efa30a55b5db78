"""Profiles as data: what is asked for, how much of it, when, and which answers are expected."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.resources import files
from itertools import accumulate
from random import Random

from loadtests.scripts import PLAIN, SCRIPTS, answers_of

MEAN_MAY_DIFFER = Fraction(1, 100)
"""How far the mean of the bands may lie from the transcript's mean."""


class BadProfile(Exception):
    """A document of profiles that cannot be used; says what and where."""


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts from ``low`` to ``high`` in steps, fen; so many in a thousand fall into it."""

    low: int
    high: int
    step: int
    permille: int

    def draw(self, dice: Random) -> int:
        """Return one amount of the band, fen."""
        return self.low + self.step * dice.randint(0, (self.high - self.low) // self.step)


@dataclass(frozen=True, slots=True)
class Mishap:
    """So many of 10,000 visits of these businesses follow this script."""

    kind: str
    businesses: frozenset[str]
    per_10_000: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the run, as long as its weight says, with this part of the users."""

    weight: int
    users_percent: int


@dataclass(frozen=True, slots=True)
class Knee:
    """When a step is too much: p99 later than ``late_ms``.

    Latency counts from when a visit was due, so a bank that falls behind is late within a second.
    """

    late_ms: int


@dataclass(frozen=True, slots=True)
class Habits:
    """What every profile shares; permille, km/h, years and fen."""

    cash_bill_permille: int
    waiting_bill_permille: int
    trip_permille: int
    trip_kmh: int
    quote_permille: int
    elder_age: int
    withdrawal_limit_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profile; ``mix`` is the share of visits of each business, summing to one."""

    name: str
    title: str
    title_en: str
    seconds: int
    stages: Sequence[Stage]
    mix: Mapping[str, float]
    bands: Mapping[str, Sequence[Band]]
    mishaps: Sequence[Mishap]
    habits: Habits
    crowd_permille: int = 0
    crowd_points_permille: int = 0
    elders_first: bool = False
    seconds_before_cut_off: int | None = None
    knee: Knee | None = None

    def business(self, dice: Random) -> str:
        """Draw the business of a visit."""
        return dice.choices(list(self.mix), list(self.mix.values()))[0]

    def amount(self, business: str, dice: Random) -> int:
        """Draw the amount of a visit, fen."""
        bands = self.bands[business]
        return dice.choices(bands, [band.permille for band in bands])[0].draw(dice)

    def script(self, business: str, dice: Random) -> str:
        """Draw how a visit goes."""
        mishaps = [mishap for mishap in self.mishaps if business in mishap.businesses]
        place, ends = dice.random() * 10_000, accumulate(m.per_10_000 for m in mishaps)
        hits = (m.kind for m, end in zip(mishaps, ends, strict=True) if place < end)
        return next(hits, PLAIN)

    def users_at(self, second: float, users: int, seconds: float) -> int | None:
        """Return how many users work at a moment of a run of ``seconds``; None: it is over."""
        stage = self.stage_at(second, seconds)
        return None if stage is None else max(1, users * self.stages[stage].users_percent // 100)

    def stage_at(self, second: float, seconds: float) -> int | None:
        """Return the number of the stage at a moment of a run of ``seconds``; None: it is over."""
        whole = sum(stage.weight for stage in self.stages)
        ends = accumulate(stage.weight for stage in self.stages)
        return next((n for n, end in enumerate(ends) if second < seconds * end / whole), None)


def expected_shares(profile: Profile) -> dict[tuple[str, str], float]:
    """Return the expected share of each (business, code) in all answers of the profile."""
    counts: dict[tuple[str, str], float] = {}
    for business, share in profile.mix.items():
        rates = {m.kind: m.per_10_000 for m in profile.mishaps if business in m.businesses}
        rates[PLAIN] = 10_000 - sum(rates.values())
        for script, rate in rates.items():
            for answer in answers_of(business, script):
                counts[answer] = counts.get(answer, 0) + share * rate / 10_000
    whole = sum(counts.values())
    return {answer: count / whole for answer, count in counts.items()}


def shipped() -> dict[str, Profile]:
    """Return the shipped profiles by name."""
    return read(files("loadtests").joinpath("profiles.toml").read_text("utf-8"))


def read(text: str) -> dict[str, Profile]:
    """Read a document of profiles; raise BadProfile on what is wrong."""
    document = tomllib.loads(text)
    try:
        bands = {row["business"]: _bands(row) for row in document["amount"]}
        mishaps = tuple(
            Mishap(row["kind"], frozenset(row["businesses"]), row["per_10_000"])
            for row in document["mishap"]
        )
        habits = Habits(**document["habits"])
        profiles = [
            _profile(row, document["mix"], bands, mishaps, habits) for row in document["profile"]
        ]
    except (KeyError, TypeError) as error:
        raise BadProfile(str(error)) from error
    if unknown := {mishap.kind for mishap in mishaps} - SCRIPTS.keys():
        raise BadProfile(f"no script for {', '.join(sorted(unknown))}")
    return {profile.name: profile for profile in profiles}


def mean_of(bands: Sequence[Band]) -> Fraction:
    """Return the mean amount of bands, fen: each band is as good as the middle of its ends.

    >>> mean_of([Band(100, 300, 100, 500), Band(1_000, 1_000, 1, 500)])
    Fraction(600, 1)
    """
    return sum(
        (Fraction(band.permille * (band.low + band.high), 2_000) for band in bands), Fraction()
    )


def _bands(row: Mapping[str, object]) -> tuple[Band, ...]:
    rows = row["bands"]
    assert isinstance(rows, list)
    bands = tuple(
        Band(band["from_fen"], band["to_fen"], band["step_fen"], band["permille"]) for band in rows
    )
    if sum(band.permille for band in bands) != 1_000:
        raise BadProfile(f"{row['business']}: the bands are not a thousand permille")
    mean, asked = mean_of(bands), row["mean_fen"]
    assert isinstance(asked, int)
    if abs(mean - asked) > asked * MEAN_MAY_DIFFER:
        raise BadProfile(f"{row['business']}: the mean is {int(mean)} fen, the record's {asked}")
    return bands


def _profile(
    row: dict[str, object],
    mix: Mapping[str, int],
    bands: Mapping[str, Sequence[Band]],
    mishaps: Sequence[Mishap],
    habits: Habits,
) -> Profile:
    row = dict(row)
    percent, knee, stages = row.pop("mix_percent", {}), row.pop("knee", None), row.pop("stages")
    often = row.pop("mishap_percent", 100)
    assert isinstance(often, int)
    assert isinstance(percent, dict)
    assert isinstance(stages, list)
    if unknown := percent.keys() - mix.keys():
        raise BadProfile(f"{row['name']}: no such business: {', '.join(sorted(unknown))}")
    weights = {business: weight * percent.get(business, 100) for business, weight in mix.items()}
    whole = sum(weights.values())
    return Profile(
        stages=[Stage(**stage) for stage in stages],
        mix={business: weight / whole for business, weight in weights.items()},
        bands=bands,
        mishaps=[replace(m, per_10_000=m.per_10_000 * often // 100) for m in mishaps],
        habits=habits,
        knee=Knee(**knee) if isinstance(knee, dict) else None,
        **row,  # type: ignore[arg-type] # a wrong field is a TypeError, which read() reports
    )
