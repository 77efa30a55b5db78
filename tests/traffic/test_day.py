"""One business day through the real engine, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from pos_sim.domain.authorize import Facts
from pos_sim.domain.book import Book
from pos_sim.domain.calendar import DEMO_START, business_date
from pos_sim.domain.decision import Decision
from pos_sim.domain.requests import Business, Request, Transfer
from pos_sim.domain.transactions import Refusal
from pos_sim.domain.watching import ALLOWED, Assessment, Verdict
from pos_sim.engine.holds import release_due_now
from pos_sim.engine.sandbox import Sandbox
from pos_sim.policies import shipped
from pos_sim.store.reads_along import ReadsNothing
from pos_sim.store.world import read_world
from risk.monitor import RiskMonitor
from seeds.sizes import Size
from seeds.traffic.day import DayRefused, prepare, run_day
from seeds.traffic.lines import BusinessLine, DayReport, Timing
from seeds.traffic.report import as_text
from tests.conftest import NewDatabase
from tests.postgres import Postgres
from tests.traffic.days import DAY, RHYTHM, SEED, sandbox_of, stock_of

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


def test_a_till_below_zero_is_the_operators_own_cash(
    new_empty_database: NewDatabase,
) -> None:
    with sandbox_of(new_empty_database()) as sandbox:
        sandbox.database.run_now(empty_tills)
        tills = run_day(sandbox, DAY, SEED).tills
    assert tills.below_zero_count > 0
    assert tills.below_zero_fen < 0
    assert tills.lowest[0].amount_fen == min(line.amount_fen for line in tills.lowest)


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


def test_the_next_day_follows(new_empty_database: NewDatabase) -> None:
    with sandbox_of(new_empty_database()) as sandbox:
        first = run_day(sandbox, DAY, SEED)
        second = run_day(sandbox, DAY + ONE_DAY, SEED)
    assert second.audit == []
    assert second.total_count == first.total_count
    assert second.refusals != first.refusals or second.settlements != first.settlements


@pytest.mark.parametrize("group_max", [1, 7, 10_000])
def test_cutting_into_groups_changes_nothing(
    new_empty_database: NewDatabase, group_max: int
) -> None:
    with sandbox_of(new_empty_database()) as sandbox:
        usual = run_day(sandbox, DAY, SEED)
    with sandbox_of(new_empty_database()) as sandbox:
        assert untimed(run_day(sandbox, DAY, SEED, group_max=group_max)) == untimed(usual)


def test_both_databases_give_one_report(postgres: Postgres, tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / 'bank.db'}", postgres.url(postgres.create())]
    reports = []
    for url in urls:
        with sandbox_of(url) as sandbox:
            reports.append(untimed(run_day(sandbox, DAY, SEED)))
    assert reports[0] == reports[1]


def test_what_the_monitor_holds_counts_and_is_released_a_day_later(
    new_empty_database: NewDatabase,
) -> None:
    with sandbox_of(new_empty_database(), monitor=HoldTransfers()) as sandbox:
        report = run_day(sandbox, DAY, SEED)
        held = line_of(report, Business.TRANSFER)
        assert held.held_count == held.count > 0
        assert report.audit == []
        next_day = run_day(sandbox, DAY + ONE_DAY, SEED)
        assert next_day.sent.released > 0
        assert next_day.audit == []
        release_due_now(sandbox, sandbox.clock.now() + 2 * ONE_DAY)
        assert number(sandbox, "select count(*) from transactions where status = 'held'") == 0


def test_the_watch_in_force_lets_an_ordinary_day_pass(new_empty_database: NewDatabase) -> None:
    """Few alerts, nothing declined, and the counts of the record all the same."""
    monitor = RiskMonitor(shipped())
    with sandbox_of(new_empty_database(), Size.COUNTY, monitor=monitor) as sandbox:
        days = [run_day(sandbox, DAY + n * ONE_DAY, SEED) for n in range(2)]
    quota = RHYTHM.record.quota(days[0].network_points)
    for report in days:
        assert report.audit == []
        assert report.total_count == sum(quota.values())
        assert sum(line.alerts for line in report.rules) <= 3
        assert sum(line.declined + line.errors for line in report.rules) == 0
        assert "风险监测 The watch" in as_text(report)


def test_elders_may_pay_much_to_whom_they_paid_before(tmp_path: Path) -> None:
    """The second day knows what the first one did."""
    with sandbox_of(f"sqlite:///{tmp_path / 'bank.db'}") as sandbox:
        assert stock_of(sandbox).paid == {}
        run_day(sandbox, DAY, SEED)
        paid = stock_of(sandbox, DAY + ONE_DAY).paid
    assert {last for payees in paid.values() for last in payees.values()} == {DAY.toordinal()}


def test_progress_tells_every_request(new_empty_database: NewDatabase) -> None:
    progress = Counting()
    with sandbox_of(new_empty_database()) as sandbox:
        report = run_day(sandbox, DAY, SEED, progress)
    assert progress.steps[f"营业日 Business day {DAY}"] == report.sent.requests
    assert progress.is_done


@pytest.mark.long
def test_a_day_of_the_whole_bank(tmp_path: Path) -> None:
    with sandbox_of(f"sqlite:///{tmp_path / 'bank.db'}", Size.BANK) as sandbox:
        report = run_day(sandbox, DAY, SEED)
    assert report.audit == []
    assert [line.count for line in report.businesses] == [990, 2, 1_051, 433, 3_194]
    for line in report.businesses:
        if line.business != Business.CASH_REMITTANCE.value:
            assert abs(line.count_deviation_percent or 0) < 1
            assert abs(line.amount_deviation_percent or 0) < 1
    assert report.market_points > 300


class HoldTransfers(ReadsNothing):
    """A monitor that holds every transfer."""

    def watch(self, connection: Connection, requests: Sequence[Request]) -> HoldTransfers:
        return self

    def see(self, book: Book) -> None:
        pass

    def lets_pass(self, facts: Facts) -> bool:
        return False

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        is_transfer = isinstance(facts.request, Transfer)
        return Assessment(Verdict.HOLD) if is_transfer else ALLOWED

    def record(self, decision: Decision) -> None:
        pass

    def save(self, connection: Connection) -> None:
        pass


class Counting:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.steps: dict[str, int] = {}
        self.title = ""
        self.is_done = False

    def start(self, title: str, total: int) -> None:
        self.title = title
        self.steps[title] = 0

    def advance(self, done: int) -> None:
        self.steps[self.title] += done

    def note(self, text: str) -> None:
        pass

    def done(self) -> None:
        self.is_done = True


def empty_tills(connection: Connection) -> None:
    """Let every till open without banknotes; its opening posting goes with them."""
    tills = "select account_id from accounts where kind = 'till'"
    connection.execute(text(f"delete from postings where debit_account_id in ({tills})"))
    connection.execute(text("update accounts set balance_fen = 0 where kind = 'till'"))


def line_of(report: DayReport, business: Business) -> BusinessLine:
    return next(line for line in report.businesses if line.business == business.value)


def untimed(report: DayReport) -> DayReport:
    return replace(report, timing=Timing(engine_s=0.0, requests_per_s=0))


def number(sandbox: Sandbox, query: str) -> int:
    """Return the one number that a query gives."""
    found = sandbox.database.read_now(lambda connection: connection.execute(text(query)).scalar())
    return int(found or 0)
