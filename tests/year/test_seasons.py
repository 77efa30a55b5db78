"""How a year falls on its days: nothing added, nothing lost."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest

from pos_sim.domain.documents import PolicyError
from pos_sim.domain.requests import Business
from risk.places import PENSION_DAY
from seeds.traffic.volumes import shipped_volumes
from seeds.year.seasons import YearPlan, read_seasons, shipped_seasons, sleeps

TEXT = files("seeds.year").joinpath("seasons.toml").read_text("utf-8")
RECORD = shipped_volumes()
PLAN = YearPlan(2025, RECORD.points, RECORD, shipped_seasons())
QUOTAS = PLAN.quotas()


@pytest.mark.parametrize("business", RECORD.volumes)
def test_the_days_of_a_year_add_up_to_the_record(business: Business) -> None:
    assert len(QUOTAS) == RECORD.days
    assert sum(quota[business] for quota in QUOTAS.values()) == RECORD.volumes[business].count
    assert min(quota[business] for quota in QUOTAS.values()) >= 0


def test_a_smaller_network_does_its_part() -> None:
    half = YearPlan(2025, RECORD.points // 2, RECORD, shipped_seasons()).quotas()
    done = sum(quota[Business.WITHDRAWAL] for quota in half.values())
    assert done == RECORD.volumes[Business.WITHDRAWAL].count // 2


def test_people_come_before_the_festival_and_not_during_it() -> None:
    def drawn(day: date) -> int:
        return QUOTAS[day][Business.WITHDRAWAL]

    assert drawn(date(2025, 1, 22)) > 1.3 * drawn(date(2025, 2, 19))
    assert drawn(date(2025, 1, 29)) < 0.8 * drawn(date(2025, 2, 19))


def test_pension_day_brings_more_withdrawals_and_no_more_bills() -> None:
    that, next_week = date(2025, 6, PENSION_DAY), date(2025, 6, PENSION_DAY + 7)
    assert QUOTAS[that][Business.WITHDRAWAL] > 1.4 * QUOTAS[next_week][Business.WITHDRAWAL]
    assert abs(QUOTAS[that][Business.BILL_PAYMENT] - QUOTAS[next_week][Business.BILL_PAYMENT]) <= 1


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ('from = "01-14"', 'from = "13-14"', "season[1].from", "no month and day"),
        ('to = "01-27"', 'to = "01-07"', "season[1].to", "before it begins"),
        ('to = "01-27"', 'to = "01-28"', "season", "overlap"),
        ("monday = 101", "monday = 0", "week[1].monday", "between"),
        ("sunday = 98", "", "week[1].sunday", "missing"),
        ("sunday = 98", "sunday = 98\nholiday = 1", "week[1].holiday", "unknown key"),
        ("most_days = 260", "most_days = 2", "idle[1].most_days", "between"),
    ],
)
def test_a_document_that_cannot_be_right_is_refused(
    old: str, new: str, field: str, message: str
) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError) as refused:
        read_seasons(TEXT.replace(old, new, 1), "seasons.toml")
    assert refused.value.field == field
    assert message in refused.value.message


def test_some_points_are_never_used_and_some_fall_asleep() -> None:
    idle = shipped_seasons().idle
    names = [f"SP{number:06d}-0001" for number in range(2_000)]
    asleep = [[sleeps(idle, 1, name, day) for day in PLAN.days()[::10]] for name in names]
    never = sum(all(days) for days in asleep)
    for_a_while = sum(any(days) and not all(days) for days in asleep)
    assert 2 <= never <= 16
    assert 12 <= for_a_while <= 45
