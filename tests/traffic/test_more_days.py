"""Days of business run otherwise: one after another, cut, held, watched, without banknotes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from pos_sim.domain.authorize import Facts
from pos_sim.domain.requests import Business, Transfer
from pos_sim.domain.transactions import Refusal
from pos_sim.domain.watching import ALLOWED, Assessment, Verdict
from pos_sim.engine.holds import release_due_now
from pos_sim.engine.monitor import AllowAll
from pos_sim.policies import shipped
from risk.monitor import RiskMonitor
from seeds.sizes import Size
from seeds.traffic.day import run_day
from seeds.traffic.report import as_text
from tests.conftest import NewDatabase
from tests.postgres import Postgres
from tests.traffic.days import DAY, RHYTHM, SEED, line_of, number, sandbox_of, stock_of, untimed

ONE_DAY = timedelta(days=1)


def test_a_till_below_zero_is_the_operators_own_cash(
    new_empty_database: NewDatabase,
) -> None:
    with sandbox_of(new_empty_database()) as sandbox:
        sandbox.database.run_now(empty_tills)
        tills = run_day(sandbox, DAY, SEED).tills
    assert tills.below_zero_count > 0
    assert tills.below_zero_fen < 0
    assert tills.lowest[0].amount_fen == min(line.amount_fen for line in tills.lowest)


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


class HoldTransfers(AllowAll):
    """A monitor that holds every transfer."""

    def assess(self, facts: Facts, refusal: Refusal | None) -> Assessment:
        is_transfer = isinstance(facts.request, Transfer)
        return Assessment(Verdict.HOLD) if is_transfer else ALLOWED


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
