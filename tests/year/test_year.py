"""A few days of a year through engine and watch, whole and interrupted, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import migrations
from pos_sim.domain.calendar import DEMO_START, SHANGHAI, business_date
from pos_sim.domain.decision import Decision
from pos_sim.domain.requests import Business, Request
from pos_sim.engine.sandbox import Sandbox
from pos_sim.engine.transaction_engine import TransactionEngine
from pos_sim.policies import shipped
from pos_sim.store.database import Database
from pos_sim.store.world import read_world
from risk.monitor import RiskMonitor
from seeds.digest import world_digest
from seeds.progress import Silent
from seeds.sizes import Size
from seeds.traffic.day import shipped_rhythm
from seeds.traffic.habits import Misdeed
from seeds.traffic.stock import read_stock
from seeds.year import alert_desk, staff
from seeds.year.html import page_of
from seeds.year.lines import YearReport
from seeds.year.opening import YearRefused, plan_for, prepare_year
from seeds.year.report import as_dict, as_text, is_near, report_of
from seeds.year.run import YearRun
from seeds.year.seasons import MisdeedCounts, shipped_seasons
from tests.conftest import NewDatabase

SEED, YEAR = 7, 2025
NEW_YEAR = date(YEAR, 1, 1)
LAST = NEW_YEAR + timedelta(days=2)


class Killed(Exception):
    """The process is gone."""


class Fragile(TransactionEngine):
    """An engine whose process is killed before its so manieth group."""

    def __init__(self, engine: TransactionEngine, groups: int) -> None:
        self.inner, self.left = engine, groups

    def perform_now(self, requests: Sequence[Request]) -> list[Decision]:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return self.inner.perform_now(requests)


@contextmanager
def year_in(
    url: str,
    size: Size = Size.VILLAGE,
    *,
    seed: int = SEED,
    groups: int | None = None,
    most: int = 128,
) -> Iterator[YearRun]:
    """Give the run of a year as a new process finds it; it is killed after so many groups."""
    database = Database(url)
    try:
        migrations.upgrade(database.sync_engine)
        clock = prepare_year(database, size, SEED, YEAR, DEMO_START, Silent())
        world = database.read_now(read_world)
        assert world is not None
        monitor = RiskMonitor(shipped())
        sandbox = Sandbox.of(database, world, shipped(), clock=clock, monitor=monitor)
        if groups is not None:
            sandbox.engine = Fragile(sandbox.engine, groups)
        rhythm = shipped_rhythm()
        work = partial(plan_for, year=YEAR, record=rhythm.record, seasons=shipped_seasons())
        yield YearRun(sandbox, database.read_now(work), rhythm, seed, group_max=most)
    finally:
        database.close_now()


def number(sandbox: Sandbox, query: str) -> int:
    found = sandbox.database.read_now(lambda connection: connection.execute(text(query)).scalar())
    return int(found or 0)


@pytest.fixture(scope="module")
def lived(new_empty_database: NewDatabase) -> Iterator[YearRun]:
    """A county after its first days of the year."""
    with year_in(new_empty_database(), Size.COUNTY) as run:
        run.go_on(LAST, Silent())
        yield run


@pytest.fixture(scope="module")
def report(lived: YearRun) -> YearReport:
    return report_of(lived, LAST)


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


def test_the_counts_are_the_records_share_of_these_days(report: YearReport) -> None:
    assert report.audit == []
    assert is_near(report)
    assert [line.count for line in report.businesses] == [
        round(line.record_count) for line in report.businesses
    ]
    assert report.total_count == sum(line.count for line in report.by_day)
    assert report.total_count == sum(line.count for line in report.by_hour)
    assert report.total_count == sum(point.count for point in report.points)


def test_nobody_comes_at_night(report: YearReport) -> None:
    awake = {line.hour for line in report.by_hour if line.count}
    assert awake
    assert awake <= set(range(7, 22))


def test_every_point_that_serves_was_used_before_the_year_began(lived: YearRun) -> None:
    """Else the patrol would send visitors to the whole network on New Year's Day."""
    notes = "select count(distinct service_point_id) from risk_hits where rule_id = 'R21'"
    used = "select count(distinct service_point_id) from transactions where response_code = '00'"
    assert number(lived.sandbox, notes) < lived.plan.points / 10
    assert number(lived.sandbox, used) > lived.plan.points * 0.9


def test_income_arrives_once_and_from_outside(lived: YearRun) -> None:
    entries = "from postings where entry_id like 'credit-income-%'"
    twice = (
        f"select count(*) from (select entry_id, credit_account_id {entries}"
        " group by entry_id, credit_account_id having count(*) > 1) as repeated"
    )
    assert number(lived.sandbox, f"select count(*) {entries}") > 0
    assert number(lived.sandbox, twice) == 0


def test_the_clock_stands_after_the_last_day(lived: YearRun) -> None:
    assert business_date(lived.sandbox.clock.now()) == LAST + timedelta(days=1)


def test_the_text_says_what_the_json_says(report: YearReport) -> None:
    again = json.loads(json.dumps(as_dict(report)))
    assert again == as_dict(report)
    words = as_text(report)
    assert all(line.title in words and f"{line.count:,}" in words for line in report.businesses)
    assert all(line.text in words for line in report.fees.waived)
    assert all(line.rule_id in words for line in report.rules)
    assert "只列示不对照" in words
    assert "nothing is broken" in words


class Seen(HTMLParser):
    """What a browser would fetch, and which tags are open."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "action")]


def test_the_page_needs_nothing_from_elsewhere(report: YearReport) -> None:
    page = page_of(report)
    seen = Seen()
    seen.feed(page)
    assert seen.links == []
    assert not {"script", "link", "img", "iframe"} & set(seen.tags)
    assert "@import" not in page
    assert "url(" not in page
    assert seen.tags.count("svg") >= 5
    assert "示意图，不作为划界依据" in page
    assert all(line.title in page for line in report.businesses)


def test_names_cannot_break_the_page(report: YearReport) -> None:
    points: list[Any] = [*report.points]
    evil = replace(points[0], name="<script>alert(1)</script>")
    page = page_of(replace(report, points=[evil, *points[1:]]))
    assert "<script" not in page


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
