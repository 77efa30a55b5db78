"""What the banks settle with each other for one business day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from pos_sim.domain.accounts import BANK_ACCOUNTS, Kind
from pos_sim.domain.banks import BANKS
from pos_sim.domain.money import ZERO, Fen
from pos_sim.store.rows import day_or_none
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import settlements

OWNERS = {a.account_id: a.bank_id for a in BANK_ACCOUNTS.values() if a.kind is Kind.CLEARING}
IDS = ", ".join(str(account_id) for account_id in OWNERS)
OWNER = " ".join(f"when {account_id} then '{bank_id}'" for account_id, bank_id in OWNERS.items())


def cleared(on: str = "") -> str:
    """Return the query for what was cleared, by business date and bank; ``on`` narrows postings.

    A debit of its clearing account is money that a bank paid out for others and gets back
    (received); a credit is money that it owes them (given).
    """
    return (
        f"select business_date, case account_id {OWNER} end as bank_id,"
        " sum(received) as received, sum(given) as given from ("
        " select business_date, debit_account_id as account_id, amount_fen as received, 0 as given"
        f" from postings where {on} debit_account_id in ({IDS})"
        " union all"
        " select business_date, credit_account_id, 0, amount_fen"
        f" from postings where {on} credit_account_id in ({IDS})) as sides"
        " group by business_date, account_id"
    )


CLEARED = cleared()
# The day is asked for in both halves: SQLite would read the whole journal for one of its days.
CLEARED_ON = Statement(
    "select bank_id, received, given from"
    f" ({cleared('business_date = cast(:day as date) and')}) as cleared order by bank_id"
)
CLEARED_ON.sqlite = CLEARED_ON.sqlite.replace("cast(:day as date)", ":day")

SETTLE = InsertSet(
    settlements,
    ["business_date", "bank_id", "received_fen", "given_fen", "net_fen"],
    "on conflict (business_date, bank_id) do update set received_fen = excluded.received_fen,"
    " given_fen = excluded.given_fen, net_fen = excluded.net_fen",
)
SETTLED_BY_NOBODY = "pg_advisory_xact_lock_shared(730, 1)"
"""What a group holds on PostgreSQL while it decides: no day is settled meanwhile, so that it knows
which days are."""

NOBODY_DECIDES = Statement("select pg_advisory_xact_lock(730, 1)")
NOBODY_CORRECTS = Statement("select pg_advisory_xact_lock(730, 2)")
LAST = Statement("select max(business_date) from settlements")
FIRST = Statement("select min(business_date) from transactions")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One bank's line: fen that it gets from the others, fen that it gives them, and the net."""

    bank_id: str
    received: Fen
    given: Fen

    @property
    def net(self) -> int:
        return self.received - self.given


def settle(connection: Connection, day: date) -> list[Settlement]:
    """Write a line for every bank of the network, zeros too; doing it again gives the same."""
    if connection.dialect.name != "sqlite":
        NOBODY_DECIDES.rows(connection)
    return write_lines(connection, day)


def correct_settlements(connection: Connection, days: Collection[date]) -> None:
    """Settle days again to which a group has just added something late."""
    if days and connection.dialect.name != "sqlite":
        NOBODY_CORRECTS.rows(connection)  # what another one adds is seen, once it is committed
    for day in sorted(days):
        write_lines(connection, day)


def write_lines(connection: Connection, day: date) -> list[Settlement]:
    found = CLEARED_ON.rows(connection, day=day.isoformat())
    cleared = {bank_id: (Fen(int(r)), Fen(int(g))) for bank_id, r, g in found}
    lines = [Settlement(bank_id, *cleared.get(bank_id, (ZERO, ZERO))) for bank_id in BANKS]
    assert sum(line.net for line in lines) == 0
    rows = [(day.isoformat(), s.bank_id, s.received, s.given, s.net) for s in lines]
    SETTLE.run(connection, rows)
    return lines


def first_unsettled(connection: Connection) -> date | None:
    """Return the business date after the last settled one, or that of the first transaction."""
    last = day_or_none(LAST.rows(connection)[0][0])
    return last + ONE_DAY if last else day_or_none(FIRST.rows(connection)[0][0])


def unsettled_days(connection: Connection, before: date) -> list[date]:
    """Return the business dates since the last settled one, or since the first transaction.

    Every calendar day is one: where nobody came to a counter, held money may have been released.
    """
    first = first_unsettled(connection)
    if first is None:
        return []
    return [first + n * ONE_DAY for n in range((before - first).days)]
