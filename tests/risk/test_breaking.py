"""The circuit breaker at work: what stops too much drops to alerts, and its owner is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from pos_sim.domain.calendar import DEMO_START, business_date
from pos_sim.domain.watching import Verdict
from pos_sim.store.database import Database
from pos_sim.store.rows import to_us
from pos_sim.store.tables import transactions
from risk.audit_log import Wanted, list_entries
from risk.bank_calendar import BankCalendar
from risk.breaking import breaker_due
from risk.due import Fired
from risk.store.register import read_register
from risk.store.rule_tables import risk_breaks
from risk.store.save_hits import Said, save_said
from risk.store.tables import risk_alerts
from risk.vocabulary import Mode
from tests.counter import withdrawal
from tests.risk.ordinary import hits_of

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TRAVEL = hits_of("R07", travel_km=90, travel_min=30)[0]
LISTED = hits_of("R24", list_matches=("card",))[0]
DUE = breaker_due(BankCalendar())


def stop(database: Database, count: int, *, of: int, at: datetime = DEMO_START) -> None:
    """Let ``count`` of so many withdrawals be declined by R07, one a second."""
    hits = [
        Said(replace(TRAVEL, scope_value=str(n)), f"E{n}", "SP-GYB", to_us(at + n * SECOND))
        for n in range(count)
    ]
    database.run_now(lambda c: save_said(c, hits, BankCalendar()))
    database.run_now(lambda c: decide(c, of, at))


def decide(connection: Connection, count: int, at: datetime) -> None:
    """Write so many decided withdrawals, as rows: the breaker only counts them."""
    row = {
        "business": "withdrawal", "first_status": "declined", "status": "declined",
        "response_code": "59", "fingerprint": "x", "business_date": business_date(at),
        "policy_version": "x", "fee_before_fen": 0, "fee_waived_fen": 0, "fee_charged_fen": 0,
        "is_first_of_month": False, "seal": "x",
    }  # fmt: skip
    keys = [withdrawal(n).key for n in range(1, count + 1)]
    connection.execute(
        insert(transactions),
        [
            row
            | {
                "transaction_id": key.transaction_id,
                "terminal_id": key.terminal_id,
                "batch_no": key.batch_no,
                "trace_no": key.trace_no,
                "decided_us": to_us(at),
            }
            for key in keys
        ],
    )


def judged(database: Database, at: datetime) -> list[Fired]:
    return list(database.run_now(lambda c: DUE.work(c, at)))


def next_at(database: Database) -> datetime | None:
    return database.read_now(lambda c: DUE.next_at(c, DEMO_START))


def test_where_nothing_was_stopped_nothing_is_judged(database: Database) -> None:
    assert next_at(database) is None


def test_it_is_judged_at_every_full_minute_until_the_window_has_passed(database: Database) -> None:
    stop(database, 1, of=1, at=DEMO_START + 30 * SECOND)
    moments = []
    while moment := next_at(database):
        assert judged(database, moment) == []
        moments.append(moment)
    assert moments == [DEMO_START + n * MINUTE for n in range(1, len(moments) + 1)]
    assert 10 <= len(moments) <= 11


@pytest.mark.parametrize(
    ("stopped", "of", "drops"),
    [(20, 20, False), (21, 1_050, False), (21, 1_049, True)],
    ids=["too few", "exactly two in a hundred", "more"],
)
def test_it_drops_what_passes_both_limits(
    database: Database, stopped: int, of: int, drops: bool
) -> None:
    stop(database, stopped, of=of)
    fired = judged(database, DEMO_START + MINUTE)
    assert [one.subject_id for one in fired] == (["R07-1"] if drops else [])
    release = database.read_now(read_register).release(DEMO_START.date().toordinal())
    assert release.versions["R07"].mode is (Mode.ALERT_ONLY if drops else Mode.ENFORCE)


def test_its_owner_is_called_once_and_the_log_says_why(database: Database) -> None:
    stop(database, 25, of=100)
    assert len(judged(database, DEMO_START + MINUTE)) == 1
    assert judged(database, DEMO_START + 2 * MINUTE) == []
    query = select(risk_alerts).where(risk_alerts.c.scope_kind == "monitor")
    (alert,) = database.read_now(lambda c: c.execute(query).all())
    assert (alert.rule_id, alert.severity, alert.title) == ("R07", "high", "规则熔断")
    (entry,) = database.read_now(lambda c: list_entries(c, Wanted(actor="clock"), 9, None)).items
    assert (entry.action, entry.subject_id) == ("drop_to_alerts", "R07-1")
    assert entry.after == {"mode": "alert_only", "stopped": 25, "judged": 100}


def test_a_list_may_stop_as_much_as_it_must(database: Database) -> None:
    assert LISTED.decision is Verdict.DECLINE
    hits = [
        Said(replace(LISTED, scope_value=str(n)), f"E{n}", "SP-GYB", to_us(DEMO_START))
        for n in range(50)
    ]
    database.run_now(lambda c: save_said(c, hits, BankCalendar()))
    database.run_now(lambda c: decide(c, 50, DEMO_START))
    assert judged(database, DEMO_START + MINUTE) == []
    breaks = database.read_now(lambda c: c.execute(select(risk_breaks)).all())
    assert breaks == []
