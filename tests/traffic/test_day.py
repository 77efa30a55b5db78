"""A day of business through the engine, and its report beside the record and the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pos_sim.domain.calendar import DEMO_START, business_date
from pos_sim.domain.requests import Business
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.world import read_world
from seeds.sizes import Size
from seeds.traffic.day import DayRefused, prepare, run_day
from seeds.traffic.lines import DayReport
from tests.conftest import NewDatabase
from tests.traffic.days import DAY, RHYTHM, SEED, line_of, number, sandbox_of

ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def ran(new_empty_database: NewDatabase) -> Iterator[tuple[Sandbox, DayReport]]:
    """A county after its day."""
    with sandbox_of(new_empty_database(), Size.COUNTY) as sandbox:
        yield sandbox, run_day(sandbox, DAY, SEED)


@pytest.fixture(scope="module")
def sandbox(ran: tuple[Sandbox, DayReport]) -> Sandbox:
    return ran[0]


@pytest.fixture(scope="module")
def report(ran: tuple[Sandbox, DayReport]) -> DayReport:
    return ran[1]


def test_nothing_is_broken_afterwards(report: DayReport) -> None:
    assert report.audit == []


def test_what_stands_is_a_365th_of_the_record(report: DayReport) -> None:
    quota = RHYTHM.record.quota(report.network_points)
    assert {line.business: line.count for line in report.businesses} == {
        business.value: count for business, count in quota.items()
    }
    assert report.total_count == sum(quota.values())


def test_the_yuan_are_a_365th_of_the_record_within_two_percent(report: DayReport) -> None:
    compared = [d for line in report.businesses if (d := line.amount_deviation_percent) is not None]
    assert len(compared) == 2  # withdrawals and bills; remittances are less than one a day here
    assert max(map(abs, compared)) < 2


def test_a_garbled_amount_is_shown_and_not_compared(report: DayReport) -> None:
    transfers = line_of(report, Business.TRANSFER)
    assert transfers.record_amount_fen is not None
    assert not transfers.amount_is_compared
    assert transfers.amount_deviation_percent is None
    assert "garbled" in transfers.note


def test_the_policy_of_2014_is_in_force(report: DayReport) -> None:
    assert report.policy_version == "2014-235"


def test_refusals_of_many_kinds_happen(report: DayReport) -> None:
    codes = {line.response_code for line in report.refusals}
    assert {"51", "55", "61", "A3"} <= codes
    assert sum(line.count for line in report.refusals) < 0.05 * report.sent.requests


def test_the_figures_are_those_of_the_database(sandbox: Sandbox, report: DayReport) -> None:
    where = f"business_date = '{DAY}' and status in ('approved', 'held')"
    for line in report.businesses:
        one = f"from transactions where {where} and business = '{line.business}'"
        assert number(sandbox, f"select count(*) {one}") == line.count
        assert number(sandbox, f"select sum(amount_fen) {one}") == line.amount_fen
    fees = f"from transactions where {where} and business <> 'reversal'"
    assert number(sandbox, f"select sum(fee_before_fen) {fees}") == report.fees.before_waiver_fen
    assert number(sandbox, f"select sum(fee_waived_fen) {fees}") == report.fees.waived_fen
    assert number(sandbox, f"select sum(fee_charged_fen) {fees}") == report.fees.charged_fen
    refused = "from transactions where status = 'declined' and business <> 'reversal'"
    assert number(sandbox, f"select count(*) {refused}") == sum(r.count for r in report.refusals)
    reversed_ = "from transactions where status = 'reversed'"
    assert number(sandbox, f"select count(*) {reversed_}") == report.reversals.count


def test_every_request_has_an_answer_and_replays_have_no_second_one(
    sandbox: Sandbox, report: DayReport
) -> None:
    answers = number(sandbox, "select count(*) from transactions")
    assert answers == report.sent.requests - report.sent.replays


def test_each_waived_fee_has_a_title_and_a_bearer(report: DayReport) -> None:
    lines = report.fees.waived
    assert sum(line.waived_fen for line in lines) == report.fees.waived_fen > 0
    assert all(line.borne_by in {"issuer", "acquirer", "platform"} for line in lines)
    assert all(f": {line.count:,} 笔, 减免 " in line.text for line in lines)


def test_operators_got_what_the_tills_paid_out(report: DayReport) -> None:
    """Withdrawals credit the operator and empty the till; cash businesses do the opposite."""
    operators, tills = report.operators, report.tills
    assert operators.received_fen == tills.paid_out_fen > 0
    assert operators.paid_fen == tills.taken_in_fen
    assert operators.net_fen == tills.paid_out_fen - tills.taken_in_fen
    assert [line.amount_fen for line in operators.top] == sorted(
        (line.amount_fen for line in operators.top), reverse=True
    )


def test_the_day_is_settled_and_the_banks_are_even(sandbox: Sandbox, report: DayReport) -> None:
    assert sum(line.net_fen for line in report.settlements) == 0
    kept = number(sandbox, f"select count(*) from settlements where business_date = '{DAY}'")
    assert kept == len(report.settlements) > 1


def test_the_clock_of_the_world_is_past_the_day(sandbox: Sandbox, report: DayReport) -> None:
    assert report.date == DAY.isoformat()
    assert business_date(sandbox.clock.now()) == DAY + ONE_DAY
    world = sandbox.database.read_now(read_world)
    assert world is not None
    assert business_date(DEMO_START + world.clock_offset) == DAY + ONE_DAY


def test_the_same_day_cannot_be_run_twice(sandbox: Sandbox, report: DayReport) -> None:
    before = number(sandbox, "select count(*) from transactions")
    with pytest.raises(DayRefused, match=report.date):
        run_day(sandbox, DAY, SEED)
    with pytest.raises(DayRefused, match="2025-06-18 23:10"):
        prepare(sandbox.database, Size.COUNTY, SEED, DAY, now=DEMO_START)
    assert number(sandbox, "select count(*) from transactions") == before
