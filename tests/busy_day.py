"""A busy day on the small world: everything that can happen to money, once at least."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pos_sim.domain.calendar import DEMO_START, StoppedClock
from pos_sim.domain.money import yuan
from pos_sim.domain.requests import Request
from pos_sim.domain.transactions import Status
from pos_sim.engine.holds import cancel_held, due_ids, release_chunk
from pos_sim.engine.post_group import post_group
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.database import Database
from pos_sim.store.settlements import settle
from tests.chances import Cancel, Event, Release, busy_day, grouped
from tests.counter import (
    card_bill,
    cash_bill,
    inquiry,
    remittance,
    reversal,
    transfer,
    withdrawal,
)
from tests.memory_bank import Suspicious
from tests.state import in_database
from tests.worlds import ANY, ATM, FACTS, OTHER_POS, RULES, SECRET, WRONG_PIN

MORNING = DEMO_START + timedelta(days=3)

SHORTFALL: tuple[Event, ...] = (
    transfer(9_001, payee="poor", amount=yuan(100), at=MORNING),
    withdrawal(9_002, card="poor", amount=yuan(100), at=MORNING),
    reversal(9_003, of=9_001, at=MORNING),
)
"""The payee has spent the money when it is taken back."""

BILLS: tuple[Event, ...] = (
    card_bill(9_011, biller=ANY, bill_no="A1", at=MORNING),
    cash_bill(9_012, biller=ANY, bill_no="A2", at=MORNING),
    reversal(9_013, of=9_011, at=MORNING),
    reversal(9_014, of=9_012, at=MORNING),
    cash_bill(9_015, biller=ANY, bill_no="A1", at=MORNING),
    card_bill(9_016, biller=ANY, bill_no="A3", pin=WRONG_PIN, at=MORNING),
)
"""Paid, taken back, paid by somebody else; and one that nobody paid."""

HELD: tuple[Event, ...] = (
    transfer(9_001, terminal=ATM, amount=yuan(30), at=MORNING),
    transfer(9_002, terminal=ATM, amount=yuan(40), at=MORNING),
    Cancel(MORNING),
    transfer(9_003, terminal=ATM, amount=yuan(50), at=MORNING + timedelta(hours=1)),
    reversal(9_004, of=9_003, terminal=ATM, at=MORNING + timedelta(hours=2)),
    Release(MORNING + timedelta(hours=30)),
    transfer(9_005, terminal=ATM, amount=yuan(60), at=MORNING + timedelta(hours=30)),
    remittance(9_001, terminal=OTHER_POS, at=MORNING + timedelta(hours=31)),
    withdrawal(9_002, terminal=OTHER_POS, card="grcu_debit", at=MORNING + timedelta(hours=31)),
    inquiry(9_003, terminal=OTHER_POS, at=MORNING + timedelta(hours=31)),
)
"""Cancelled, reversed, released, and one that is still held in the evening."""


def live_through(connection: Connection, database: Database, stories: int = 250) -> None:
    """Let a busy day happen and settle it; the caller commits or rolls back."""
    day = [*busy_day(1, stories), *SHORTFALL, *BILLS, *HELD]
    clock = StoppedClock()
    sandbox = Sandbox.of(database, FACTS, RULES.policies, secret=SECRET, clock=clock)
    for group in grouped(day, [32, 1, 16]):
        happen(connection, sandbox, group)
    for business_day in {t.business_date for t in in_database(connection).transactions.values()}:
        settle(connection, business_day)


def happen(connection: Connection, sandbox: Sandbox, group: Sequence[Event]) -> None:
    first = group[0]
    if isinstance(first, Release):
        ids = due_ids(connection, first.received_at)
        release_chunk(connection, sandbox, first.received_at, ids)
    elif isinstance(first, Cancel):
        cancel_oldest(connection, sandbox, first.received_at)
    else:
        requests = [event for event in group if isinstance(event, Request)]
        post_group(connection, requests, RULES, Suspicious())


def cancel_oldest(connection: Connection, sandbox: Sandbox, now: datetime) -> None:
    found = in_database(connection).transactions.values()
    held = [t for t in found if t.status is Status.HELD]
    if held:
        oldest = min(held, key=lambda t: (t.decided_at, t.transaction_id))
        sandbox.clock = StoppedClock(now)
        cancel_held(connection, sandbox, oldest.transaction_id, "a checker")
