"""The dated weights of the grades: read strictly, the version in force by month."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from pos_sim.domain.policy_rows import origin_of
from pos_sim.domain.service_points import PointStatus
from risk.dated import Dated, read_dated
from risk.grades import GradePolicy, Review, Step, Steps
from risk.pages import Page
from risk.vocabulary import Severity

FILE = "grades.toml"
MOST = 1_000_000
MOST_MONTHS, MOST_DAYS = 60, 31


@cache
def shipped_grade_policies() -> Dated[GradePolicy]:
    """Return the versions that come with the program, read once.

    >>> from datetime import date
    >>> shipped_grade_policies().on(date(2026, 3, 31)).version
    '2026-1'
    """
    return read_grade_policies(files("risk").joinpath(FILE).read_text("utf-8"), FILE)


def read_grade_policies(text: str, file: str) -> Dated[GradePolicy]:
    """Read all versions; raises PolicyError on any mistake."""
    return read_dated(text, file, _policy)


def _policy(page: Page) -> GradePolicy:
    policy = GradePolicy(
        version=page.text("version"),
        effective_from=page.day("effective_from"),
        title=page.text("title"),
        title_en=page.text("title_en"),
        origin=origin_of(page),
        history_days=page.whole("history_days", 1, MOST_DAYS),
        alert_months=page.whole("alert_months", 1, MOST_MONTHS),
        review_months=page.whole("review_months", 1, MOST_MONTHS),
        volume=steps_of(page, "volume", "points", rises=True),
        idle_days=steps_of(page, "idle_days", "points", rises=False),
        review={Review(word): n for word, n in _numbers(page, "review", Review).items()},
        conduct=page.whole("conduct", 0, MOST),
        stars=steps_of(page, "stars", "stars", rises=True),
        alert_weight={
            Severity(word): n for word, n in _numbers(page, "alert_weight", Severity).items()
        },
        failed_review_weight=page.whole("failed_review_weight", 0, MOST),
        status_weight={
            PointStatus.RECTIFYING: page.whole("rectifying_weight", 0, MOST),
            PointStatus.FROZEN: page.whole("frozen_weight", 0, MOST),
        },
        tier_d=page.whole("tier_d", 1, MOST),
        tier_c=page.whole("tier_c", 1, MOST),
        tier_a_stars=page.whole("tier_a_stars", 1, 5),
    )
    if policy.tier_c > policy.tier_d:
        raise page.error("tier_c", "C must not begin after D")
    if [step.worth for step in policy.stars] != [1, 2, 3, 4, 5]:
        raise page.error("stars", "expected one row for each of 1 to 5")
    page.no_more()
    return policy


def steps_of(page: Page, key: str, worth: str, *, rises: bool, first: int = 0) -> Steps:
    """Read steps that begin at ``first``, each later than the one before, all in one direction."""
    steps: list[Step] = []
    for row in page.pages(key):
        steps.append(Step(row.whole("from", 0, MOST), row.whole(worth, 0, MOST)))
        row.no_more()
    if steps[0].start != first:
        raise page.error(key, f"the first row must begin at {first}")
    for before, after in pairwise(steps):
        if after.start <= before.start:
            raise page.error(key, "each row must begin after the one before")
        if before.worth > after.worth if rises else before.worth < after.worth:
            raise page.error(key, "more must never be worth less" if rises else "idle is no merit")
    return tuple(steps)


def _numbers(page: Page, key: str, words: type[StrEnum]) -> dict[str, int]:
    """Read one number for every word of a vocabulary."""
    table = page.table(key)
    if table is None:
        raise page.error(key, "missing")
    numbers = {word.value: table.whole(word.value, 0, MOST) for word in words}
    table.no_more()
    return numbers
