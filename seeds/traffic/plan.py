"""One day as the list of everything that the terminals send: planned ahead, decided nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pos_sim.domain.policy import Policy
from pos_sim.domain.requests import Business, Request
from seeds.dice import Dice
from seeds.traffic.crowd import Crowd
from seeds.traffic.errands import NOT_GIVEN, Given, Quota, errands_of
from seeds.traffic.habits import Habits, Misdeed
from seeds.traffic.queues import requests_of
from seeds.traffic.scripts import script_of
from seeds.traffic.stock import Stock
from seeds.traffic.troubles import vain_visits, with_misdeeds, with_mishaps
from seeds.traffic.visits import visits_of
from seeds.traffic.volumes import YearVolumes

NO_MISDEEDS: Mapping[Misdeed, int] = {}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What days are made of: the record of a year, and the habits that fit it."""

    record: YearVolumes
    habits: Habits


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The requests of a day in the order of time, and who comes or is paid (`Crowd.people`)."""

    requests: list[Request]
    people: frozenset[int]


def plan_day(
    stock: Stock,
    rhythm: Rhythm,
    quota: Quota,
    day: date,
    policy: Policy,
    seed: int,
) -> list[Request]:
    """Return the requests of a day; see `plan_of`."""
    return plan_of(stock, rhythm, quota, day, policy, seed).requests


def plan_of(
    stock: Stock,
    rhythm: Rhythm,
    quota: Quota,
    day: date,
    policy: Policy,
    seed: int,
    given: Given = NOT_GIVEN,
    misdeeds: Mapping[Misdeed, int] = NO_MISDEEDS,
) -> DayPlan:
    """Plan ``day``.

    ``quota`` says how often each business shall succeed; a day of a year may give another one.
    ``seed`` is the chance of this traffic, not the world's; ``given`` see `errands_of`.
    ``misdeeds``: in how many visits somebody does wrong.
    """
    habits = rhythm.habits
    dice = Dice(seed, "day", day)
    errands = errands_of(quota, habits, rhythm.record, stock, day, dice, given)
    crowd = Crowd(stock, habits, day, dice)
    visits = with_mishaps(visits_of(errands, stock, habits, crowd, dice), habits, policy, dice)
    visits = with_misdeeds(visits, misdeeds, policy, dice)
    visits += vain_visits(quota[Business.WITHDRAWAL], stock, habits, crowd, dice)
    scripts = [script_of(visit, policy, stock.seed) for visit in visits]
    return DayPlan(requests_of(visits, scripts, day, dice), crowd.people)
