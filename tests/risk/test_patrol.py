"""The patrol on the evening of a day, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import update

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.store import tables
from pos_sim.store.database import Database
from risk.patrol import patrol_day
from tests.counter import cash_bill, inquiry, remittance, transfer
from tests.risk.watched import DAY, MINUTE, Watched, watched
from tests.worlds import ANY

TODAY = DEMO_START.date()


AROUND_ITS_BANDS = (1, 15, 28, 29, 30, 31, 32, 60, 88, 89, 90, 91, 92, 99)


def test_an_idle_point_is_noted_once_a_band(still_database: Database) -> None:
    with watched(still_database) as bank:
        bank.ask(cash_bill(1, biller=ANY, bill_no="1"))
        for days in AROUND_ITS_BANDS:
            patrol_day(bank.connection, TODAY + timedelta(days=days))
        hits = [hit for hit in bank.hits("R21") if hit.scope_value == "SP-GYB"]
        assert [(hit.observed, hit.severity) for hit in hits] == [(30, "low"), (90, "medium")]
        assert bank.alerts("R21") == []


def test_a_point_that_did_business_again_is_noted_again(still_database: Database) -> None:
    with watched(still_database) as bank:
        bank.ask(cash_bill(1, biller=ANY, bill_no="1"))
        patrol_day(bank.connection, TODAY + timedelta(days=40))
        bank.ask(cash_bill(2, biller=ANY, bill_no="2", at=DEMO_START + 41 * DAY))
        patrol_day(bank.connection, TODAY + timedelta(days=75))
        hits = [hit for hit in bank.hits("R21") if hit.scope_value == "SP-GYB"]
        assert [hit.observed for hit in hits] == [40, 34]


def test_a_point_that_was_never_used_is_visited(still_database: Database) -> None:
    with watched(still_database) as bank:
        bank.connection.execute(
            update(tables.service_points).values(opened_on=TODAY - timedelta(days=30))
        )
        patrol_day(bank.connection, TODAY)
        assert {hit.clause for hit in bank.hits("R21")} == {"never_used"}


def one_customer(bank: Watched, count: int) -> None:
    bank.ask(
        *(
            transfer(n, card="abc_debit", payee="poor", amount=yuan(5), at=DEMO_START + n * MINUTE)
            for n in range(1, count + 1)
        )
    )


def test_one_customer_must_not_be_the_point(still_database: Database) -> None:
    with watched(still_database) as bank:
        one_customer(bank, 15)
        bank.ask(
            *(
                remittance(50 + n, payer_name=f"客{n}", payee="gyb_debit", amount=yuan(20),
                           at=DEMO_START + n * MINUTE)
                for n in range(15)
            )
        )  # fmt: skip
        patrol_day(bank.connection, TODAY)
        (alert,) = bank.alerts("R22")
        assert (alert.scope_value, alert.observed) == ("SP-GYB", 5_000)
        assert "第一大客户15笔" in alert.explanation


def test_tiny_amounts_just_over_a_grade_are_farming(still_database: Database) -> None:
    with watched(still_database) as bank:
        one_customer(bank, 31)
        bank.ask(inquiry(90))
        patrol_day(bank.connection, date(2026, 3, 31))
        assert bank.alerts("R23") == []  # the grade was passed on the second, not at the end
    with watched(still_database) as bank:
        late = DEMO_START + 28 * DAY
        bank.ask(
            *(
                transfer(n, card="abc_debit", payee="poor", amount=yuan(5), at=late + n * MINUTE)
                for n in range(1, 32)
            )
        )
        patrol_day(bank.connection, date(2026, 3, 30))
        (alert,) = bank.alerts("R23")
        assert alert.proposes == "stop_subsidy"


def test_a_day_is_patrolled_once(still_database: Database) -> None:
    with watched(still_database) as bank:
        one_customer(bank, 31)
        assert patrol_day(bank.connection, TODAY)
        assert patrol_day(bank.connection, TODAY) == 0
        assert patrol_day(bank.connection, TODAY - timedelta(days=1)) == 0
        assert bank.alerts("R22")[0].hit_count == 1
