"""What the banks settle with each other for one business day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from pos_sim.domain.accounts import BANK_ACCOUNTS, Kind
from pos_sim.domain.money import Fen
from pos_sim.store.rows import day_or_none, to_day
from pos_sim.store.sql import InsertSet, Statement
from pos_sim.store.tables import settlements

OWNERS = {a.account_id: a.bank_id for a in BANK_ACCOUNTS.values() if a.kind is Kind.CLEARING}
IDS = ", ".join(str(account_id) for account_id in OWNERS)
OWNER = " ".join(f"when {account_id} then '{bank_id}'" for account_id, bank_id in OWNERS.items())

CLEARED = (
    f"select business_date, case account_id {OWNER} end as bank_id,"
    " sum(received) as received, sum(given) as given from ("
    " select business_date, debit_account_id as account_id, amount_fen as received, 0 as given"
    f" from postings where debit_account_id in ({IDS})"
    " union all"
    " select business_date, credit_account_id, 0, amount_fen"
    f" from postings where credit_account_id in ({IDS})) as sides"
    " group by business_date, account_id"
)
"""By business date and bank. A debit of its clearing account is money that a bank paid out for
others and gets back (received); a credit is money that it owes them (given)."""

CLEARED_ON = Statement(
    f"select bank_id, received, given from ({CLEARED}) as cleared"
    " where business_date = cast(:day as date) order by bank_id"
)
CLEARED_ON.sqlite = CLEARED_ON.sqlite.replace("cast(:day as date)", ":day")

SETTLE = InsertSet(
    settlements,
    ["business_date", "bank_id", "received_fen", "given_fen", "net_fen"],
    "on conflict (business_date, bank_id) do update set received_fen = excluded.received_fen,"
    " given_fen = excluded.given_fen, net_fen = excluded.net_fen",
)
LAST = Statement("select max(business_date) from settlements")
OPEN_DAYS = Statement(
    "select distinct business_date from transactions where business_date > :after"
    " and business_date < :before order by business_date"
)


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
    """Write the lines of a business day; doing it again gives the same lines."""
    found = CLEARED_ON.rows(connection, day=day.isoformat())
    lines = [Settlement(bank_id, Fen(int(r)), Fen(int(g))) for bank_id, r, g in found]
    assert sum(line.net for line in lines) == 0
    rows = [(day.isoformat(), s.bank_id, s.received, s.given, s.net) for s in lines]
    SETTLE.run(connection, rows)
    return lines


def unsettled_days(connection: Connection, before: date) -> list[date]:
    """Return the business dates with transactions that have no lines yet."""
    last = day_or_none(LAST.rows(connection)[0][0]) or date.min
    found = OPEN_DAYS.rows(connection, after=last.isoformat(), before=before.isoformat())
    return [to_day(row[0]) for row in found]
