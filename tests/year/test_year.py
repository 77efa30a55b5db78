"""A few days of a year through engine and watch, whole and interrupted, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from pos_sim.domain.calendar import SHANGHAI
from pos_sim.domain.requests import Business
from seeds.digest import world_digest
from seeds.progress import Silent
from seeds.sizes import Size
from seeds.traffic.habits import Misdeed
from seeds.traffic.stock import read_stock
from seeds.year import alert_desk, staff
from seeds.year.opening import YearRefused
from seeds.year.report import report_of
from seeds.year.seasons import MisdeedCounts
from tests.conftest import NewDatabase
from tests.year.years import LAST, NEW_YEAR, SEED, YEAR, Killed, number, year_in


def test_an_interrupted_year_ends_as_one_that_ran_through(new_empty_database: NewDatabase) -> None:
    whole, broken = new_empty_database(), new_empty_database()
    with year_in(whole, most=4) as run:
        run.go_on(LAST, Silent())
        expected = run.sandbox.database.read_now(world_digest)
    for groups in (0, 5, 3, 9):
        with year_in(broken, groups=groups, most=4) as run, pytest.raises(Killed):
            run.go_on(LAST, Silent())
    with year_in(broken, most=4) as run:
        run.go_on(LAST, Silent())
        assert run.sandbox.database.read_now(world_digest) == expected
        assert report_of(run, LAST).audit == []


def test_a_year_may_be_lived_through_in_parts(new_empty_database: NewDatabase) -> None:
    whole, parts = new_empty_database(), new_empty_database()
    last_day = NEW_YEAR + timedelta(days=1)
    with year_in(whole) as run:
        run.go_on(last_day, Silent())
        expected = run.sandbox.database.read_now(world_digest)
    for last in (NEW_YEAR, NEW_YEAR, last_day):
        with year_in(parts) as run:
            run.go_on(last, Silent())
    with year_in(parts) as run:
        assert run.sandbox.database.read_now(world_digest) == expected


def test_another_year_is_refused_in_a_world_that_has_begun_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bank.db'}"
    with year_in(url) as run:
        run.go_on(NEW_YEAR, Silent())
        before = number(run.sandbox, "select count(*) from transactions")
    with year_in(url, seed=SEED + 1) as run:
        with pytest.raises(YearRefused, match="another year"):
            run.go_on(LAST, Silent())
        assert number(run.sandbox, "select count(*) from transactions") == before


def test_one_remittance_a_day_still_has_the_shape_of_a_year(tmp_path: Path) -> None:
    with year_in(f"sqlite:///{tmp_path / 'bank.db'}", Size.COUNTY) as run:
        days = run.plan.days()
        amounts = [amount for day in days for amount in run.rare.on(day)]
        quotas = run.plan.quotas()
    assert len(amounts) == sum(quotas[day][Business.CASH_REMITTANCE] for day in days)
    assert len(set(amounts)) > 8
    mean = run.plan.record.volumes[Business.CASH_REMITTANCE].mean
    assert abs(sum(amounts) - len(amounts) * mean) < len(amounts) * mean / 100


def test_misdeeds_happen_as_often_as_the_document_says(tmp_path: Path) -> None:
    with year_in(f"sqlite:///{tmp_path / 'bank.db'}", Size.COUNTY) as run:
        counts = [run.wrongs.in_visits(day) for day in run.plan.days()]
        shops = run.sandbox.database.read_now(partial(read_stock, day=NEW_YEAR)).shops
        wrong = [run.wrongs.at_points(day, shops) for day in run.plan.days()]
    part = run.plan.points / run.plan.record.points
    bypasses = sum(count[Misdeed.BYPASS] for count in counts)
    assert abs(bypasses - run.plan.seasons.misdeeds.bypass * part) <= 10
    changed = sum(seen != shops for seen in wrong)
    assert 0 < changed <= 3 * len(run.plan.days()) / 10


def test_the_watch_sees_what_is_done_wrong(tmp_path: Path) -> None:
    """Many misdeeds in a few days: each is what its rule is about."""
    with year_in(f"sqlite:///{tmp_path / 'bank.db'}", Size.COUNTY) as run:
        often = MisdeedCounts(bypass=20_000, by_hand=20_000, moved=5_000, swapped=5_000)
        run.plan = replace(run.plan, seasons=replace(run.plan.seasons, misdeeds=often))
        run.__post_init__()
        run.go_on(LAST, Silent())
        report = report_of(run, LAST)
    found = {line.rule_id: line for line in report.rules}
    assert found["R02"].declined > 5
    assert found["R18"].hits > 5
    assert found["R11"].alerts > 0
    assert found["R12"].declined > 0
    assert report.audit == []


def test_staff_look_into_what_the_watch_and_the_calendar_ask_for(tmp_path: Path) -> None:
    """Reviews are handed in and passed by two, what is confirmed leads on, nothing breaks."""
    with year_in(f"sqlite:///{tmp_path / 'bank.db'}", Size.COUNTY) as run:
        often = MisdeedCounts(bypass=3_000, by_hand=3_000, moved=1_000, swapped=1_000)
        run.plan = replace(run.plan, seasons=replace(run.plan.seasons, misdeeds=often))
        run.__post_init__()
        last = NEW_YEAR + timedelta(days=8)
        run.go_on(last, Silent())
        report = report_of(run, last)
        same = "select count(*) from approvals where maker = checker"
        assert number(run.sandbox, same) == 0
        assert number(run.sandbox, "select count(*) from approvals where decision = 'approve'") > 0
    found = {line.key: line.count for line in report.workflows}
    assert found["verification.concluded"] > 0
    assert found["annual_review.passed"] > 0
    assert found["annual_review"] >= found["annual_review.passed"]
    assert found["freeze"] + found["rectification"] > 0
    assert report.audit == []


def test_a_month_ends_with_grades_and_alerts_without_a_case_are_closed(tmp_path: Path) -> None:
    """A burst of wrong PINs, for one: an alert and no case, and somebody looks into it."""
    with year_in(f"sqlite:///{tmp_path / 'bank.db'}") as run:
        last = date(YEAR, 1, 31)
        run.go_on(last, Silent())
        report = report_of(run, last)
        database = run.sandbox.database
        alerts = number(run.sandbox, "select count(*) from risk_alerts")
        database.run_now(lambda connection: connection.execute(text(ANEW)))
        for day in range(1, 29):
            morning = datetime.combine(date(YEAR, 2, day), staff.OPENS, SHANGHAI)
            work = partial(alert_desk.work, clerks=staff.CLERKS, at=morning, seed=SEED)
            database.run_now(work)
        closed = number(run.sandbox, "select count(*) from risk_alerts where state = 'closed'")
        assert closed == alerts > 0
        assert number(run.sandbox, "select count(*) from approvals where maker = checker") == 0
    grades = {line.key: line.count for line in report.grades}
    points = sum(grades[f"star-{n}"] for n in range(1, 6))
    assert points == sum(grades[f"tier-{t}"] for t in "ABCD") > 0
    assert all(line.title.startswith("2025-01") for line in report.grades[:-1])
    assert sum(line.count for line in report.alerts) == alerts
    assert report.audit == []


ANEW = "update risk_alerts set state = 'new', verdict = null, closed_us = null, case_id = null"
