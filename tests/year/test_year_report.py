"""What the first days of a year say: counts, incomes, the report as text, JSON and page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from pos_sim.domain.calendar import business_date
from seeds.progress import Silent
from seeds.sizes import Size
from seeds.year.html import page_of
from seeds.year.lines import YearReport
from seeds.year.report import as_dict, as_text, is_near, report_of
from seeds.year.run import YearRun
from tests.conftest import NewDatabase
from tests.year.years import LAST, number, year_in


@pytest.fixture(scope="module")
def lived(new_empty_database: NewDatabase) -> Iterator[YearRun]:
    """A county after its first days of the year."""
    with year_in(new_empty_database(), Size.COUNTY) as run:
        run.go_on(LAST, Silent())
        yield run


@pytest.fixture(scope="module")
def report(lived: YearRun) -> YearReport:
    return report_of(lived, LAST)


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
