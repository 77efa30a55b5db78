"""Evening after evening: what is carried on is what would have been read afresh."""

from __future__ import annotations

from datetime import timedelta

from pos_sim.domain.calendar import DEMO_START
from pos_sim.domain.money import yuan
from pos_sim.store.database import Database
from risk.store.evenings import Evenings
from risk.store.read_patrol import LATELY_DAYS, evening_of
from tests.counter import cash_bill, inquiry, transfer
from tests.risk.watched import DAY, MINUTE, Watched, watched
from tests.worlds import ANY

FIRST = DEMO_START.date().toordinal()


def a_day(bank: Watched, number: int) -> None:
    """Let somebody pay every third day, somebody else twice in the first week."""
    at, no = DEMO_START + number * DAY, 10 * number
    if number % 3 == 0:
        bank.ask(transfer(no + 1, card="abc_debit", payee="poor", amount=yuan(5), at=at))
    if number in (1, 5):
        bank.ask(cash_bill(no + 2, biller=ANY, bill_no=f"{number}", at=at + MINUTE))
    bank.ask(inquiry(no + 3, at=at + 2 * MINUTE))


def test_each_evening_is_as_if_read_afresh(still_database: Database) -> None:
    with watched(still_database) as bank:
        evenings = Evenings()
        for number in range(LATELY_DAYS + 8):  # over the end of a month and out of the window
            a_day(bank, number)
            day = FIRST + number
            assert evenings.on(bank.connection, day) == evening_of(bank.connection, day)


def test_what_comes_late_is_not_missed(still_database: Database) -> None:
    with watched(still_database) as bank:
        evenings = Evenings()
        for number in range(3):
            a_day(bank, number)
            evenings.on(bank.connection, FIRST + number)
        late = DEMO_START + timedelta(days=1, hours=1)
        bank.ask(transfer(15, card="abc_debit", payee="poor", amount=yuan(5), at=late))
        fresh = evening_of(bank.connection, FIRST + 3)
        assert evenings.on(bank.connection, FIRST + 3) == fresh
        assert list(fresh.lately["SP-GYB"].values()) == [2]
