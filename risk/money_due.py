"""The bank's own work on the clock: held money moves on, business days are settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pos_sim.domain.calendar import business_date, start_of
from pos_sim.engine.day_end import GRACE
from pos_sim.engine.holds import due_ids, first_available, release_chunk
from pos_sim.engine.sandbox import Sandbox
from pos_sim.store.settlements import first_unsettled, settle, unsettled_days
from risk.due import Due, Fired

ONE_DAY = timedelta(days=1)
HELD, SETTLEMENT = "held_transaction", "settlement"


def held_due(sandbox: Sandbox) -> Due:
    """Held transfers and remittances reach their payees when their time has come."""

    def work(connection: Connection, moment: datetime) -> Sequence[Fired]:
        # One chunk: another one would lock points while it holds accounts.
        released = release_chunk(connection, sandbox, moment, due_ids(connection, moment))
        return [_released(moment, transaction_id) for transaction_id in released]

    return Due(HELD, lambda connection, now: first_available(connection), work)


def _released(at: datetime, transaction_id: str) -> Fired:
    text_en = "The held transaction was released to its payee"
    return Fired(at, HELD, transaction_id, "暂挂交易已入账", text_en)


def settlement_due() -> Due:
    """A business day is settled a little after its cut-off, once."""
    return Due(SETTLEMENT, _settled_at, _settle)


def _settled_at(connection: Connection, now: datetime) -> datetime | None:
    day = first_unsettled(connection)
    return None if day is None else start_of(day + ONE_DAY) + GRACE


def _settle(connection: Connection, moment: datetime) -> Sequence[Fired]:
    days = unsettled_days(connection, before=business_date(moment - GRACE))
    for day in days:
        settle(connection, day)
    return [
        Fired(
            moment, SETTLEMENT, day.isoformat(), f"会计日 {day} 已清算", f"{day} has been settled"
        )
        for day in days
    ]
