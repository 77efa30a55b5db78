"""Two processes on one PostgreSQL ask at the same moment: the second waits for the first.

Who is second must find what the first decided; so it waits before it looks.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from pos_sim.domain.calendar import DEMO_START, StoppedClock
from pos_sim.domain.decision import Decision
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request
from pos_sim.engine.holds import NotHeld, cancel_held, release_chunk
from pos_sim.engine.post_group import post_group
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.audit import audit
from pos_sim.store.database import Database
from tests.counter import (
    card_bill,
    cash_bill,
    charge,
    inquiry,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.memory_bank import Suspicious
from tests.state import check_all, in_database
from tests.worlds import (
    ANY,
    ATM,
    FACTS,
    MOBILE,
    OTHER_POS,
    POS,
    RULES,
    SECRET,
    SECRETS,
    UNBOUND,
    UNKNOWN,
    WRONG_PIN,
)


def decided(database: Database, requests: list[Request]) -> list[Decision]:
    return database.run_now(
        lambda connection: post_group(connection, requests, RULES, Suspicious())
    )


@dataclass
class Second:
    """The other process: it asks while the first has decided, but not yet committed."""

    database: Database
    requests: list[Request]

    def __post_init__(self) -> None:
        self.decisions: list[Decision] = []
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        try:
            self.decisions = decided(self.database, self.requests)
        except Exception as error:
            self.error = error


WAITING = text("select count(*) from pg_locks where not granted")


def waits(database: Database, thread: threading.Thread) -> bool:
    """Say whether somebody comes to wait for a lock before the thread is done."""
    while thread.is_alive():
        if database.read_now(lambda connection: connection.execute(WAITING).scalar_one()):
            return True
        thread.join(0.005)
    return False


def race(
    database: Database, first: list[Request], second: list[Request]
) -> tuple[list[Decision], list[Decision]]:
    """Let the second ask in the middle of the first; return what both were answered."""
    other = Second(database, second)
    with database.sync_engine.connect() as connection, connection.begin():
        decisions = post_group(connection, first, RULES, Suspicious())
        other.thread.start()
        assert waits(database, other.thread), f"it did not wait: {other.error or other.decisions}"
    other.thread.join(5)
    assert other.error is None, other.error
    return decisions, other.decisions


ONE_BY_ONE: list[Request] = [
    *(withdrawal(terminal=t) for t in (POS, ATM, OTHER_POS, MOBILE, UNBOUND, UNKNOWN)),
    *(remittance(terminal=t) for t in (POS, UNBOUND, UNKNOWN)),
    *(inquiry(terminal=t) for t in (POS, UNBOUND, UNKNOWN)),
    *(cash_bill(terminal=t, bill_no="none") for t in (POS, UNBOUND, UNKNOWN)),
    *(reversal(terminal=t) for t in (POS, ATM, UNBOUND, UNKNOWN)),
    card_bill(biller=ANY, bill_no="new"),
    charge(),
]


def named(request: Request) -> str:
    return f"{type(request).__name__}-{request.key.terminal_id}"


@pytest.mark.parametrize("request_", ONE_BY_ONE, ids=named)
def test_who_asks_the_same_at_the_same_moment_gets_the_same_answer(
    shared: Database, request_: Request
) -> None:
    (first,), (second,) = race(shared, [request_], [request_])
    assert second.is_replay
    assert second.transaction == first.transaction


@pytest.mark.parametrize("terminal", [POS, ATM, MOBILE, UNBOUND, UNKNOWN])
def test_a_reversal_beside_its_original_finds_it(shared: Database, terminal: str) -> None:
    original, undo = inquiry(terminal=terminal), reversal(terminal=terminal)
    (_,), (second,) = race(shared, [original], [undo])
    assert second.transaction is not None
    assert second.transaction.response_code == ("97" if terminal == UNKNOWN else "12")


@pytest.mark.parametrize("terminal", [POS, ATM, MOBILE, UNBOUND])
def test_an_original_beside_its_reversal_finds_the_tombstone(
    shared: Database, terminal: str
) -> None:
    (_,), (second,) = race(shared, [reversal(terminal=terminal)], [inquiry(terminal=terminal)])
    assert second.transaction is not None
    assert second.transaction.response_code == "94"


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        # one card at two points: together over the limit
        (withdrawal(amount=yuan(2_000)), withdrawal(terminal=OTHER_POS), "61"),
        # one payee at two points
        (remittance(amount=yuan(2_000)), remittance(terminal=OTHER_POS), "61"),
        # one bill, twice
        (cash_bill(), cash_bill(terminal=OTHER_POS), "94"),
        (
            card_bill(biller=ANY, bill_no="new"),
            cash_bill(biller=ANY, bill_no="new", terminal=OTHER_POS),
            "94",
        ),
        # what one receives the other may spend
        (
            transfer(card="ccb_debit", payee="poor"),
            withdrawal(card="poor", terminal=OTHER_POS),
            "00",
        ),
    ],
    ids=["card", "payee", "bill", "new bill", "balance"],
)
def test_what_two_points_share_is_counted_together(
    shared: Database, first: Request, second: Request, code: str
) -> None:
    _, (decision,) = race(shared, [first], [second])
    assert decision.transaction is not None
    assert decision.transaction.response_code == code
    assert_sound(shared)


def test_wrong_pins_at_two_points_are_both_counted(shared: Database) -> None:
    wrong: list[Request] = [
        inquiry(terminal=terminal, pin=WRONG_PIN) for terminal in (POS, OTHER_POS, MOBILE)
    ]
    race(shared, wrong[:1], wrong[1:2])
    (third,) = decided(shared, wrong[2:])
    assert third.transaction is not None
    assert third.transaction.response_code == "75"


def test_two_points_that_share_nothing_do_not_wait(shared: Database) -> None:
    other = Second(shared, [withdrawal(card="abc_debit", terminal=OTHER_POS)])
    with shared.sync_engine.connect() as connection, connection.begin():
        post_group(connection, [withdrawal()], RULES, Suspicious())
        other.thread.start()
        other.thread.join(5)
        assert not other.thread.is_alive()
    assert other.error is None
    assert_sound(shared)


def assert_sound(database: Database) -> None:
    check_all(database.read_now(in_database))
    assert database.read_now(lambda connection: audit(connection, SECRETS.key)) == []


# Held money ---------------------------------------------------------------------------------------

LATER = DEMO_START + timedelta(hours=25)
TRANSFER = transfer(terminal=ATM)
HELD = TRANSFER.key.transaction_id


def sandbox_of(database: Database) -> Sandbox:
    clock = StoppedClock(LATER)
    return Sandbox.of(database, FACTS, RULES.policies, secret=SECRET, clock=clock)


def test_a_reversal_beside_the_release_takes_back_what_was_released(shared: Database) -> None:
    decided(shared, [TRANSFER])
    other = Second(shared, [reversal(terminal=ATM, at=LATER)])
    with shared.sync_engine.connect() as connection, connection.begin():
        assert release_chunk(connection, sandbox_of(shared), LATER, [HELD]) == [HELD]
        other.thread.start()
        assert waits(shared, other.thread)
    other.thread.join(5)
    assert other.error is None
    assert_sound(shared)
    state = shared.read_now(in_database)
    assert state.transactions[HELD].ended_by == reversal(terminal=ATM).key.transaction_id


@pytest.mark.parametrize("what", ["release", "cancel"])
def test_held_money_that_was_taken_back_meanwhile_goes_nowhere(shared: Database, what: str) -> None:
    decided(shared, [TRANSFER])
    sandbox, results = sandbox_of(shared), list[object]()

    def end_it() -> None:
        try:
            if what == "release":
                results.append(shared.run_now(lambda c: release_chunk(c, sandbox, LATER, [HELD])))
            else:
                results.append(shared.run_now(lambda c: cancel_held(c, sandbox, HELD, "somebody")))
        except NotHeld as error:
            results.append(error)

    thread = threading.Thread(target=end_it)
    with shared.sync_engine.connect() as connection, connection.begin():
        post_group(connection, [reversal(terminal=ATM, at=LATER)], RULES, Suspicious())
        thread.start()
        assert waits(shared, thread)
    thread.join(5)
    assert results == [[]] if what == "release" else isinstance(results[0], NotHeld)
    assert_sound(shared)


def test_two_processes_release_the_same_money_once(shared: Database) -> None:
    decided(shared, [TRANSFER])
    sandbox, released = sandbox_of(shared), list[list[str]]()

    def release_too() -> None:
        released.append(shared.run_now(lambda c: release_chunk(c, sandbox, LATER, [HELD])))

    thread = threading.Thread(target=release_too)
    with shared.sync_engine.connect() as connection, connection.begin():
        assert release_chunk(connection, sandbox, LATER, [HELD]) == [HELD]
        thread.start()
        assert waits(shared, thread)
    thread.join(5)
    assert released == [[]]
    assert_sound(shared)
