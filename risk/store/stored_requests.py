"""Decided requests read back in the order of their time, for those who judge the past again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, text

from pos_sim.store.rows import day_or_none, to_day
from pos_sim.store.sql import Statement
from risk.live.rows import date_text

COLUMNS = (
    "t.transaction_id, t.decided_us, t.business, t.response_code, t.status, t.amount_fen,"
    " t.fee_charged_fen, t.balance_fen, t.service_point_id, t.terminal_id, t.card_id, t.region,"
    " t.payee_account_id, t.payee_account_no, x.biller_id, b.bill_no, b.payer_name, t.original_id,"
    " o.decided_us, o.ended_by, t.available_us, r.transaction_id, t.policy_version, t.details,"
    " c.account_id, c.birth_date, m.kind, m.serial"
)
TABLES = (
    " from transactions t left join cards c on c.card_id = t.card_id"
    " left join terminals m on m.terminal_id = t.terminal_id"
    " left join billers x on x.biller_id = t.biller_id"
    " left join bills b on b.biller_id = t.biller_id and b.bill_no = t.bill_no"
    " left join transactions o on o.transaction_id = t.original_id"
    " left join transactions r on r.transaction_id = t.ended_by and r.business = 'reversal'"
)
INSIDE = " t.business_date >= :first_day and t.business_date <= :last_day"
ORDERS = {
    "point": "coalesce(t.service_point_id, ''), t.decided_us, t.transaction_id",
    "card": "coalesce(t.card_id, 0), t.decided_us, t.transaction_id",
    "": "t.decided_us, t.transaction_id",
}
"""By what windows are kept apart: one subject after the other needs the memory of one."""

OUTSIDE = Statement(
    f"select {COLUMNS}{TABLES} where t.business <> 'charge' and t.transaction_id in"
    " (select n.original_id from transactions n where n.business = 'reversal'"
    " and n.business_date >= :first_day and n.business_date <= :last_day)"
    " and t.business_date < :first_day"
)
COUNT = Statement(
    "select count(*) from transactions t where t.business {in:businesses text}"
    " and t.business_date >= :first_day and t.business_date <= :last_day"
)
FIRST = Statement("select min(business_date) from transactions")
SAID = Statement(
    "select event_id from risk_hits where rule_id = :rule_id and at_us >= :since_us"
    " and at_us < :until_us and outcome <> 'error'"
)
CLAUSE_SAID = Statement(
    "select event_id from risk_hits where rule_id = :rule_id and at_us >= :since_us"
    " and at_us < :until_us and clause {in:clauses text}"
)
FOUND = Statement(
    "select h.event_id, a.verdict from risk_hits h join risk_alerts a on a.alert_id = h.alert_id"
    " where h.event_id {in:event_ids text} and a.verdict is not null"
)
SUCCESSES = Statement(
    "select service_point_id, max(business_date) from transactions where response_code = '00'"
    " and service_point_id is not null and business_date < :day"
    " and business in ('withdrawal', 'transfer', 'cash_remittance', 'bill_payment')"
    " group by service_point_id"
)
POINTS = Statement("select service_point_id from service_points order by service_point_id")
CHUNK = 2_000


class Stored(NamedTuple):
    """One decided request with what belongs to it; the register is that of today."""

    event_id: str
    at_us: int
    business: str
    code: str
    status: str
    amount: int | None
    fee: int
    balance: int | None
    point: str | None
    terminal: str
    card: int | None
    region: str | None
    payee: int | None
    payee_no: str | None
    biller: str | None
    bill_no: str | None
    bill_payer: str | None
    original_id: str | None
    original_us: int | None
    original_ended_by: str | None
    available_us: int | None
    undone_by: str | None
    policy_version: str
    details: dict[str, Any]
    account: int | None
    birth: date | None
    terminal_kind: str | None
    terminal_serial: str | None


def stored_requests(
    connection: Connection,
    first_day: int,
    last_day: int,
    order: str,
    businesses: Collection[str],
) -> Iterator[Stored]:
    """Give the requests of business dates, both included, without holding them in memory."""
    query = text(
        f"select {COLUMNS}{TABLES} where{INSIDE} and t.business in :businesses"
        f" order by {ORDERS[order]}"
    ).bindparams(bindparam("businesses", expanding=True))
    options = {"stream_results": True, "yield_per": CHUNK}
    asked = {
        "first_day": date_text(first_day),
        "last_day": date_text(last_day),
        "businesses": sorted(businesses),
    }
    with connection.execute(query, asked, execution_options=options) as result:
        for row in result:
            yield _stored(row)


def originals_before(connection: Connection, first_day: int, last_day: int) -> list[Stored]:
    """Return what reversals of these days name, as far as it was decided before them."""
    days = {"first_day": date_text(first_day), "last_day": date_text(last_day)}
    return [_stored(row) for row in OUTSIDE.rows(connection, **days)]


def count_requests(
    connection: Connection, first_day: int, last_day: int, businesses: Collection[str]
) -> int:
    found = COUNT.rows(
        connection,
        first_day=date_text(first_day),
        last_day=date_text(last_day),
        businesses=businesses,
    )
    return int(found[0][0])


def first_day_of_history(connection: Connection) -> int | None:
    """Return the business date of the first transaction, None where there is none."""
    day = day_or_none(FIRST.rows(connection)[0][0])
    return None if day is None else day.toordinal()


def said_between(
    connection: Connection,
    rule_id: str,
    since_us: int,
    until_us: int,
    clauses: Collection[str] | None = None,
) -> frozenset[str]:
    """Return about which events a rule, or some of its clauses, spoke when it was asked."""
    asked: dict[str, Any] = {"rule_id": rule_id, "since_us": since_us, "until_us": until_us}
    if clauses is None:
        return frozenset(row[0] for row in SAID.rows(connection, **asked))
    return frozenset(row[0] for row in CLAUSE_SAID.rows(connection, **asked, clauses=clauses))


def verdicts_about(connection: Connection, event_ids: Collection[str]) -> dict[str, set[str]]:
    """Return what investigations found about events, whichever rule had raised the alert."""
    found: dict[str, set[str]] = {}
    names = sorted(event_ids)
    for start in range(0, len(names), CHUNK):
        for event_id, verdict in FOUND.rows(connection, event_ids=names[start : start + CHUNK]):
            found.setdefault(event_id, set()).add(verdict)
    return found


def successes_before(connection: Connection, day: int) -> dict[str, int]:
    """Return the business date of each point's last success before a day."""
    found = SUCCESSES.rows(connection, day=date_text(day))
    return {row[0]: to_day(row[1]).toordinal() for row in found}


def all_points(connection: Connection) -> list[str]:
    return [row[0] for row in POINTS.rows(connection)]


def _stored(row: Any) -> Stored:
    *before, details, account, birth, kind, serial = row
    read = orjson.loads(details) if details else {}
    return Stored._make([*before, read, account, day_or_none(birth), kind, serial])
