"""What the banks settle with each other at the end of a business day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from pos_sim.domain.banks import BANKS
from pos_sim.domain.calendar import DEMO_START, SHANGHAI, StoppedClock
from pos_sim.domain.money import yuan
from pos_sim.engine.day_end import settle_now
from pos_sim.engine.post_group import post_group
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from pos_sim.store.settlements import settle, unsettled_days
from pos_sim.store.tables import settlements
from risk.walk import keep_up
from tests.counter import key, remittance, reversal, transfer, withdrawal
from tests.memory_bank import Suspicious
from tests.worlds import ATM, FACTS, OTHER_POS, RULES, SECRET, SECRETS

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
AT_CUT_OFF = datetime(2026, 3, 2, 23, 0, tzinfo=SHANGHAI)


def ask(connection: Connection, *requests: object) -> None:
    post_group(connection, requests, RULES, Suspicious())  # type: ignore[arg-type]


def lines_of(connection: Connection, day: date = MONDAY) -> dict[str, tuple[int, int]]:
    """Settle a day and return what each bank received and gave, without those who did neither."""
    lines = settle(connection, day)
    assert {line.bank_id for line in lines} == BANKS.keys()
    assert sum(line.net for line in lines) == 0
    return {s.bank_id: (s.received, s.given) for s in lines if s.received or s.given}


def test_a_quiet_day_settles_zeros(connection: Connection) -> None:
    assert lines_of(connection) == {}


def test_within_one_bank_there_is_nothing_to_settle(connection: Connection) -> None:
    ask(connection, withdrawal(), transfer(2, payee="gyb_rural"))
    assert lines_of(connection) == {}


def test_the_bank_of_the_card_gives_and_the_bank_of_the_point_receives(
    connection: Connection,
) -> None:
    ask(connection, withdrawal(card="grcu_debit", terminal=OTHER_POS, amount=yuan(500)))
    assert lines_of(connection) == {"abc": (50_250, 0), "grcu": (0, 50_250)}  # amount and fee


def test_what_is_taken_back_the_same_day_is_given_and_received(connection: Connection) -> None:
    ask(connection, transfer(1, payee="abc_debit"), reversal(2, of=1))
    assert lines_of(connection) == {"abc": (10_000, 10_000), "gyb": (10_000, 10_000)}


def test_what_is_taken_back_the_next_day_is_settled_the_next_day(connection: Connection) -> None:
    ask(connection, transfer(1, payee="abc_debit"), reversal(2, of=1, at=AT_CUT_OFF))
    assert lines_of(connection) == {"abc": (10_000, 0), "gyb": (0, 10_000)}
    assert lines_of(connection, TUESDAY) == {"abc": (0, 10_000), "gyb": (10_000, 0)}


def test_settling_again_gives_the_same_lines(connection: Connection) -> None:
    ask(connection, transfer(1, payee="abc_debit"))
    assert lines_of(connection) == lines_of(connection)
    assert len(connection.execute(select(settlements)).all()) == len(BANKS)


def test_many_banks_on_one_day(connection: Connection) -> None:
    ask(
        connection,
        transfer(1, card="ccb_debit", payee="abc_debit"),
        remittance(2, payee="grcu_debit"),
        withdrawal(3, card="out_debit", terminal=ATM),
    )
    assert lines_of(connection).keys() == {"abc", "ccb", "grcu", "gyb", "out"}


@pytest.mark.parametrize(
    ("before", "days"),
    [
        (MONDAY, []),
        (TUESDAY, [MONDAY]),
        (date(2026, 3, 5), [MONDAY, TUESDAY, date(2026, 3, 4)]),  # every calendar day is one
    ],
)
def test_the_days_that_wait_for_settlement(
    connection: Connection, before: date, days: list[date]
) -> None:
    ask(connection, transfer(1), transfer(2, at=AT_CUT_OFF))
    assert unsettled_days(connection, before) == days


def test_before_the_first_transaction_no_day_waits(connection: Connection) -> None:
    assert unsettled_days(connection, date(2026, 3, 9)) == []


def test_a_settled_day_waits_no_longer(connection: Connection) -> None:
    ask(connection, withdrawal(1), withdrawal(2, at=AT_CUT_OFF))
    settle(connection, MONDAY)
    assert unsettled_days(connection, date(2026, 3, 4)) == [TUESDAY]


def kept(connection: Connection, day: date) -> dict[str, tuple[int, int]]:
    """Return the lines of a day as they were written, without those who did neither."""
    found = connection.execute(select(settlements).where(settlements.c.business_date == day))
    rows = ((one.bank_id, one.received_fen, one.given_fen) for one in found)
    return {bank_id: (received, given) for bank_id, received, given in rows if received or given}


def test_what_comes_late_is_added_to_the_day_that_was_settled(connection: Connection) -> None:
    """The clock may be moved on while a request of the day is on its way."""
    ask(connection, transfer(1, payee="abc_debit"))
    settle(connection, MONDAY)
    ask(connection, transfer(2, payee="abc_debit"), transfer(3, payee="abc_debit", at=AT_CUT_OFF))
    assert kept(connection, MONDAY) == {"abc": (20_000, 0), "gyb": (0, 20_000)}
    assert kept(connection, TUESDAY) == {}  # its own settlement comes
    assert audit(connection, SECRETS.key) == []


def test_two_that_come_late_together_are_both_added(shared: Database) -> None:
    shared.run_now(lambda connection: ask(connection, withdrawal(1)))
    shared.run_now(lambda connection: settle(connection, MONDAY))
    late = [transfer(2, payee="abc_debit"),
            transfer(2, card="ccb_debit", payee="grcu_debit", terminal=OTHER_POS)]  # fmt: skip
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda one: shared.run_now(lambda c: ask(c, one)), late))
    assert shared.read_now(lambda connection: len(kept(connection, MONDAY))) == 4
    assert shared.read_now(lambda connection: audit(connection, SECRETS.key)) == []


# Day end ------------------------------------------------------------------------------------------


def sandbox_of(database: Database, clock: StoppedClock) -> Sandbox:
    return Sandbox.of(
        database, FACTS, RULES.policies, secret=SECRET, clock=clock, monitor=Suspicious()
    )


async def done_now(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(fired.kind, fired.subject_id) for fired in await keep_up(sandbox)]


MONDAY_SETTLED = ("settlement", "2026-03-02")


async def test_day_end_releases_and_settles_once(database: Database) -> None:
    clock = StoppedClock()
    sandbox = sandbox_of(database, clock)
    await sandbox.engine.perform(transfer(1, terminal=ATM))  # held for a day
    await sandbox.engine.perform(transfer(2))
    assert await done_now(sandbox) == []
    clock.advance(timedelta(hours=24))
    released = ("held_transaction", key(1, ATM).transaction_id)
    assert await done_now(sandbox) == [MONDAY_SETTLED, released]
    assert await done_now(sandbox) == []


@pytest.mark.parametrize(("minutes", "is_settled"), [(9, False), (10, True), (11, True)])
async def test_a_day_is_settled_when_nobody_can_be_late_any_more(
    database: Database, minutes: int, is_settled: bool
) -> None:
    clock = StoppedClock()
    sandbox = sandbox_of(database, clock)
    await sandbox.engine.perform(transfer(1))
    clock.advance(AT_CUT_OFF - DEMO_START + timedelta(minutes=minutes))
    assert bool(await done_now(sandbox)) is is_settled


async def test_a_day_without_other_banks_is_settled_once_too(database: Database) -> None:
    clock = StoppedClock()
    sandbox = sandbox_of(database, clock)
    await sandbox.engine.perform(withdrawal(1))
    clock.advance(timedelta(days=1))
    assert await done_now(sandbox) == [MONDAY_SETTLED]
    assert await done_now(sandbox) == []


async def test_a_day_on_which_only_held_money_moved_is_settled(database: Database) -> None:
    clock = StoppedClock()
    sandbox = sandbox_of(database, clock)
    await sandbox.engine.perform(transfer(1, terminal=ATM))
    clock.advance(timedelta(days=1))
    await done_now(sandbox)  # released on Tuesday, when nobody came to a counter
    clock.advance(timedelta(days=1))
    assert await done_now(sandbox) == [("settlement", "2026-03-03")]
    found = await database.read(lambda connection: connection.execute(select(settlements)).all())
    assert {row.bank_id for row in found if row.received_fen or row.given_fen} == {"abc", "gyb"}


def test_a_day_is_settled_without_an_event_loop(database: Database) -> None:
    sandbox = sandbox_of(database, StoppedClock())
    sandbox.engine.perform_now([transfer(1)])
    lines = settle_now(sandbox, MONDAY)
    assert [(s.bank_id, s.net) for s in lines if s.net] == [("gyb", -10_000), ("abc", 10_000)]
