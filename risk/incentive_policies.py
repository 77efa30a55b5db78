"""The dated amounts of commission and subsidy: read strictly, the version in force by month."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise

from pos_sim.domain.money import LARGEST, Fen
from pos_sim.domain.policy_rows import origin_of
from risk.grade_policies import steps_of
from risk.incentives import PAID, IncentivePolicy
from risk.pages import Page

FILE = "incentives.toml"


@dataclass(frozen=True, slots=True)
class IncentivePolicies:
    """All versions, the oldest first."""

    versions: tuple[IncentivePolicy, ...]

    def on(self, day: date) -> IncentivePolicy:
        """Return the version in force on a day; before the first, the first."""
        known = [one for one in self.versions if one.effective_from <= day]
        return known[-1] if known else self.versions[0]


@cache
def shipped_incentives() -> IncentivePolicies:
    """Return the versions that come with the program, read once.

    >>> shipped_incentives().on(date(2026, 3, 31)).version
    '2026-1'
    """
    return read_incentives(files("risk").joinpath(FILE).read_text("utf-8"), FILE)


def read_incentives(text: str, file: str) -> IncentivePolicies:
    """Read all versions; raises PolicyError on any mistake."""
    document = Page(tomllib.loads(text), file)
    versions = sorted(
        (_policy(page) for page in document.pages("version")), key=lambda one: one.effective_from
    )
    document.no_more()
    for earlier, later in pairwise(versions):
        if earlier.effective_from == later.effective_from:
            raise document.error("version", f"{later.version} starts on another's day")
    return IncentivePolicies(tuple(versions))


def _policy(page: Page) -> IncentivePolicy:
    commission = page.table("commission")
    if commission is None:
        raise page.error("commission", "missing")
    policy = IncentivePolicy(
        version=page.text("version"),
        effective_from=page.day("effective_from"),
        title=page.text("title"),
        title_en=page.text("title_en"),
        origin=origin_of(page),
        commission={
            business: Fen(commission.whole(business.value, 0, LARGEST)) for business in PAID
        },
        commission_max=Fen(page.whole("commission_max_fen", 0, LARGEST)),
        subsidy=steps_of(page, "subsidy", "fen", rises=True, first=1),
        bonus=steps_of(page, "bonus", "fen", rises=True),
    )
    commission.no_more()
    page.no_more()
    return policy
