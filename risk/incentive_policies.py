"""The dated amounts of commission and subsidy: read strictly, the version in force by month."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pos_sim.domain.money import LARGEST, Fen
from pos_sim.domain.policy_rows import origin_of
from risk.dated import Dated, read_dated
from risk.grade_policies import steps_of
from risk.incentives import PAID, IncentivePolicy
from risk.pages import Page

FILE = "incentives.toml"


@cache
def shipped_incentives() -> Dated[IncentivePolicy]:
    """Return the versions that come with the program, read once.

    >>> from datetime import date
    >>> shipped_incentives().on(date(2026, 3, 31)).version
    '2026-1'
    """
    return read_incentives(files("risk").joinpath(FILE).read_text("utf-8"), FILE)


def read_incentives(text: str, file: str) -> Dated[IncentivePolicy]:
    """Read all versions; raises PolicyError on any mistake."""
    return read_dated(text, file, _policy)


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
